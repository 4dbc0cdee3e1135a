// How a wait ends without a verdict: time over, or cancelled; as data; must not know how it is noticed.
import type { Message } from './message.js';

const TIME_OVER =
  'The retrain job did not finish within {allowed} (timeout_minutes); stopped after {elapsed}.{more?}';
const RESUME =
  'Training goes on at the vendor: run this action again with the same retrain_job_id to resume, or raise timeout_minutes.';

export const TIMED_OUT = {
  training: {
    id: 'timed-out',
    results: ['timed_out'],
    title: 'The training takes longer than timeout_minutes',
    what: TIME_OVER,
    likelyCause: 'Training takes longer than the time allowed, or the vendor’s queue is long.',
    nextStep: RESUME,
  },
  noAnswer: {
    id: 'timed-out-without-answer',
    results: ['timed_out'],
    title: 'The API gives no usable answer within timeout_minutes',
    what: TIME_OVER,
    likelyCause: 'The API gave no usable answer in all that time.',
    nextStep: RESUME,
  },
  noKey: {
    id: 'timed-out-without-key',
    results: ['timed_out'],
    title: 'No API key can be got within timeout_minutes',
    what: 'No API key could be got from the secret key within {allowed} (timeout_minutes); stopped after {elapsed}, before the first status check.{more?}',
    likelyCause: 'The API does not answer the Get API Key call.',
    nextStep:
      'Training goes on at the vendor: run this action again with the same retrain_job_id, or raise timeout_minutes.',
  },
} as const satisfies Record<string, Message>;

const CANCELLED_BY = 'The step was cancelled ({signal}).';
const WHO = 'Somebody cancelled the run, or the job or step reached its timeout-minutes.';

/** By what the cancel left behind; `START` before anything else is known. */
export const CANCELLED = {
  start: {
    id: 'step-cancelled',
    results: ['cancelled'],
    title: 'The step is cancelled',
    what: CANCELLED_BY,
    likelyCause: WHO,
    nextStep: 'Run it again.',
  },
  wait: {
    id: 'cancelled-wait',
    results: ['cancelled'],
    title: 'The wait is cancelled',
    what: CANCELLED_BY,
    likelyCause: WHO,
    nextStep:
      'Training goes on at the vendor, since no call stops it: run this action again with the same retrain_job_id to resume waiting.',
  },
  uploaded: {
    id: 'cancelled-after-upload',
    results: ['cancelled'],
    title: 'The upload is cancelled after its last byte',
    what: CANCELLED_BY,
    likelyCause: WHO,
    nextStep:
      'All data had arrived, and training goes on at the vendor, since no call stops it: wait for it with the status check action and the output retrain_job_id.',
  },
  uploading: {
    id: 'cancelled-upload',
    results: ['cancelled'],
    title: 'The upload is cancelled',
    what: CANCELLED_BY,
    likelyCause: WHO,
    nextStep:
      'The storage had not confirmed the data, and training starts only with whole data: if all of it had gone out, training may have begun; the live model is unchanged. Ask for the status of the output retrain_job_id before you run the job again to upload anew.',
  },
  notUploaded: {
    id: 'cancelled-before-upload',
    results: ['cancelled'],
    title: 'The upload is cancelled before anything was sent',
    what: CANCELLED_BY,
    likelyCause: WHO,
    nextStep:
      'No data had gone out, and training starts only with whole data; the live model is unchanged. Run the job again to upload.',
  },
  switched: {
    id: 'cancelled-after-switch',
    results: ['cancelled'],
    title: 'The switch is cancelled after the model was put into service',
    what: CANCELLED_BY,
    likelyCause: WHO,
    nextStep: 'The switch had been made: the new model is in service, and nothing is left to do.',
  },
  switching: {
    id: 'cancelled-switch',
    results: ['cancelled'],
    title: 'The switch is cancelled',
    what: CANCELLED_BY,
    likelyCause: WHO,
    nextStep:
      'The vendor had not confirmed the switch, but a request may have been under way: run this action again with the same retrain_job_id; switching twice does no harm.',
  },
} as const satisfies Record<string, Message>;
