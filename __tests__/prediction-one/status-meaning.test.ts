// What a job status means.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { statusMeaning } from '../../src/prediction-one/status-meaning.js';

const FINISHED = { kind: 'finished' };
const FAILED = { kind: 'failed' };
const IN_PROGRESS = { kind: 'in_progress', looksFinished: false };
const LOOKS_FINISHED = { kind: 'in_progress', looksFinished: true };

test('job_finished, exactly so, is success', () => {
  expect(statusMeaning('job_finished')).toEqual(FINISHED);
});

test.each([
  'job_finished ',
  ' job_finished',
  'JOB_FINISHED',
  'Job_Finished',
  'job-finished',
  'jobFinished',
  'job_finished\n',
  'job_finished2',
  'finished',
  'completed',
  'complete',
  'done',
  'success',
  'SUCCESS',
  'job_succeeded',
  'trainingCompleted',
])('%j looks like an end, but is in progress', status => {
  const meaning = statusMeaning(status);
  expect(meaning.kind).toBe('in_progress');
  if (!/2$/.test(status)) expect(meaning).toEqual(LOOKS_FINISHED);
});

describe('A status with a word of failure is failure', () => {
  const WORDS = [
    ...['fail', 'failed', 'failure', 'error', 'canceled', 'cancelled', 'abort', 'aborted', 'terminated'],
    ...['killed', 'expired', 'deleted', 'rejected', 'stopped', 'invalid', 'timeout'],
    ...['failing', 'failures', 'errors', 'canceling', 'cancelling', 'aborting', 'aborts', 'terminating'],
    ...['killing', 'expiring', 'deleting', 'rejecting', 'stopping', 'timeouts', 'timed_out', 'timing_out'],
  ];

  test.each(WORDS)('%s: alone, in any letter case, before and after other words, at any separator', word => {
    const capital = word[0]?.toUpperCase() + word.slice(1);
    const camel = capital.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    const forms = [
      ...[word, word.toUpperCase(), capital, `job_${word}`, `${word}_job`, `job ${word}`, `JOB-${word}`],
      ...[`job.${word}`, `job:${word}:3`, `(${word})`, `job/${word}`, `${word}!`, `　${word}　`],
      ...[`job${camel}`, `${camel}Job`, `JOB${camel}`, `学習_${word}`, `${word}、再試行`],
    ];
    expect(forms.filter(form => statusMeaning(form).kind !== 'failed')).toEqual([]);
  });

  test.each([
    'JOB_FAILED',
    'jobFailed',
    'HTTPError',
    'trainingTimedOut',
    'job timed out',
    'TIMED-OUT',
    'timed...out',
    'completed_with_errors',
    'job_finished_with_error',
    'success: false, failed',
    'step3Failed',
  ])('%s', status => expect(statusMeaning(status)).toEqual(FAILED));
});

test.each([
  ...[
    'job_running',
    'training',
    'queued',
    'waiting',
    'preparing',
    'unknown',
    '0',
    '待機中',
    '学習中',
    '失敗',
  ],
  ...['unfailing', 'failover', 'failsafe', 'fail2ban', 'terrorism', 'mirror', 'terror', 'erroneous'],
  ...['cancelation_policy', 'abortion', 'killer', 'undeleted', 'unexpired', 'nonstop', 'stop', 'invalidate'],
  ...['timeoutless', 'timed', 'out', 'timed_job_out', 'untimed_out', 'out_timed', 'timed_outage'],
  ...['FAILEDX', 'xfailed', 'failed2', '2failed'],
])('%s is in progress: no whole word of it means failure', status => {
  expect(statusMeaning(status)).toEqual(IN_PROGRESS);
});

describe('failure_statuses', () => {
  test.each([
    { status: '失敗', listed: ['失敗'], meaning: FAILED },
    { status: 'JOB_ABNORMAL', listed: ['paused', 'job_abnormal'], meaning: FAILED },
    { status: 'job_abnormal', listed: ['JOB_Abnormal'], meaning: FAILED },
    { status: ' job_abnormal ', listed: ['job_abnormal'], meaning: FAILED },
    { status: 'completed', listed: ['COMPLETED'], meaning: FAILED },
    { status: 'job_abnormal_end', listed: ['job_abnormal'], meaning: IN_PROGRESS },
    { status: 'abnormal', listed: ['job_abnormal'], meaning: IN_PROGRESS },
    { status: 'job_finished', listed: ['job_finished'], meaning: FINISHED },
  ])(
    '$status with $listed listed is $meaning.kind: whole statuses, any letter case',
    ({ status, listed, meaning }) => {
      expect(statusMeaning(status, listed)).toEqual(meaning);
    },
  );
});

test('nothing but job_finished is ever finished', () => {
  const nearly = fc
    .tuple(
      fc.constantFrom('job_finished', 'JOB_FINISHED', 'finished'),
      fc.string({ maxLength: 3 }),
      fc.string({ maxLength: 3 }),
    )
    .map(([word, before, after]) => before + word + after);
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), nearly), status => {
      expect(statusMeaning(status).kind === 'finished').toBe(status === 'job_finished');
    }),
    { seed: 20261003, numRuns: 500 },
  );
});
