// What the vendor's API may do at one status check, with what the contract says it means; must not know our rules.
import { networkError, proxyLoginError } from '../../src/http/network-error.js';
import type { Chance } from './chance.js';

/** What one check must lead to, written down from the contract and not taken from the code. */
export type Meaning =
  | { readonly is: 'finished' | 'good' | 'cancel' }
  | { readonly is: 'fault'; readonly gaveUp: 'api_error' | 'network_error' }
  | { readonly is: 'final'; readonly result: string };

export interface Answer {
  readonly httpStatus: number;
  readonly headers?: Record<string, string>;
  readonly body: string;
  /** The body ends in a fault after this many bytes. */
  readonly breaksOffAfterBytes?: number;
}

export interface Step {
  readonly kind: string;
  readonly meaning: Meaning;
  readonly takesMs: number;
  /** The machine sleeps this long during the check; 0 for not at all. */
  readonly suspendedMs: number;
  readonly retryAfterMs?: number;
  /** Absent for a step that only cancels. */
  readonly reply?: Answer | Error;
}

type Made = Pick<Step, 'meaning' | 'reply' | 'retryAfterMs'>;
type Maker = (chance: Chance, jobId: string) => Made;

export const FAILURE_STATUS_LISTED = 'job_paused';
const GOING_ON = ['training', 'job_running', 'queued', '学習中', 'uploading_2', 'job_finished_soon', 'Zero'];
const ALMOST = [
  'completed',
  'done',
  'success',
  'JOB_FINISHED',
  'job_finished ',
  'finished',
  'Job_Finished',
  'ready',
];
const FAILED = [
  'job_failed',
  'JobFailed',
  'ERROR',
  'train-error',
  'cancelled',
  'timed_out',
  'expired',
  'aborting',
  'JOB_PAUSED',
];
const PAGES = [
  '<html><title>502 Bad Gateway</title></html>',
  '',
  '{"message":"busy"}',
  'upstream error',
  '[]',
];
const GARBLED = [
  '',
  '{',
  'null',
  '[]',
  '7',
  '{"status":""}',
  '{"status":1}',
  '{"state":"job_finished"}',
  '"job_finished"',
  '["job_finished"]',
  '<p>job_finished</p>',
];
const LARGE = ' '.repeat(1024 * 1024 + 1);
const URL_ASKED = new URL('https://api.example/v1/external/retrain_jobs/job');
const BROKEN: Meaning = { is: 'fault', gaveUp: 'network_error' };
const BUSY: Meaning = { is: 'fault', gaveUp: 'api_error' };

const answer = (body: object, headers: Record<string, string> = {}): Answer => ({
  httpStatus: 200,
  headers,
  body: JSON.stringify(body),
});
const final = (result: string, reply: Answer | Error): Made => ({ meaning: { is: 'final', result }, reply });
const coded = (code: string) =>
  networkError(Object.assign(new Error(`it broke (${code})`), { code }), URL_ASKED);

/** Faults that may pass. */
export const FAULTS: Readonly<Record<string, Maker>> = {
  'network error': chance => ({
    meaning: BROKEN,
    reply: coded(chance.one(['ECONNRESET', 'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EPIPE'])),
  }),
  'body breaks off': (chance, jobId) => {
    const { body } = answer({ status: 'job_finished', metadata: { retrain_job_id: jobId } });
    return {
      meaning: BROKEN,
      reply: { httpStatus: 200, body, breaksOffAfterBytes: chance.integer(0, body.length) },
    };
  },
  '5xx': chance => ({
    meaning: BUSY,
    reply: { httpStatus: chance.one([500, 502, 503, 504, 599]), body: chance.one(PAGES) },
  }),
  '408 or 425': chance => ({
    meaning: BUSY,
    reply: { httpStatus: chance.one([408, 425]), body: chance.one(PAGES) },
  }),
  '429 or 503 with Retry-After': chance => {
    const seconds = chance.happens(0.1) ? chance.integer(600, 9_000) : chance.integer(0, 90);
    const nowMs = Date.UTC(2026, 0, chance.integer(1, 28));
    const headers: Record<string, string> = chance.happens(0.5)
      ? { 'retry-after': String(seconds) }
      : {
          date: new Date(nowMs).toUTCString(),
          'retry-after': new Date(nowMs + seconds * 1000).toUTCString(),
        };
    return {
      meaning: BUSY,
      retryAfterMs: seconds * 1000,
      reply: { httpStatus: chance.one([429, 503]), headers, body: chance.one(PAGES) },
    };
  },
  'unreadable answer': chance => ({ meaning: BUSY, reply: { httpStatus: 200, body: chance.one(GARBLED) } }),
  'answer over 1 MiB': chance => ({
    meaning: BUSY,
    reply: { httpStatus: chance.one([200, 500]), body: LARGE },
  }),
  'error in a 200': () => ({ meaning: BUSY, reply: answer({ code: 5_001_000_201, message: 'try later' }) }),
};

/** Answers that say that training goes on, those included that only sound like an end. */
export const GOOD: Readonly<Record<string, Maker>> = {
  'status in progress': (chance, jobId) => ({
    meaning: { is: 'good' },
    reply: answer({
      status: chance.one(GOING_ON),
      ...(chance.happens(0.7) ? { metadata: { retrain_job_id: jobId } } : {}),
    }),
  }),
  'status that only sounds finished': (chance, jobId) => ({
    meaning: { is: 'good' },
    reply: answer({
      status: chance.one(ALMOST),
      download_url: 'https://s.example/r.zip',
      metadata: { retrain_job_id: jobId },
    }),
  }),
  'good answer with Retry-After': chance => {
    const seconds = chance.integer(0, 200);
    return {
      meaning: { is: 'good' },
      retryAfterMs: seconds * 1000,
      reply: answer({ status: 'training' }, { 'retry-after': String(seconds) }),
    };
  },
};

/** Answers that end the wait. */
export const ENDS: Readonly<Record<string, Maker>> = {
  finished: (chance, jobId) => ({
    meaning: { is: 'finished' },
    reply: answer({
      status: 'job_finished',
      model_id: 7,
      ...(chance.happens(0.8) ? { metadata: { retrain_job_id: jobId } } : {}),
    }),
  }),
  'status of failure': chance =>
    final('job_failed', answer({ status: chance.one(FAILED), message: 'sorry' })),
  'wrong job': (chance, jobId) =>
    final(
      'api_error',
      answer({
        status: 'job_finished',
        metadata: { retrain_job_id: chance.one([`${jobId}x`, '', 0, {}, 'other']) },
      }),
    ),
  'refused key': chance =>
    final('auth_error', {
      httpStatus: chance.one([400, 401, 403, 500]),
      body: JSON.stringify({
        code: 4_001_000_204,
        message: chance.one(['invalid_api_key.', 'Inactive_credential.', 'Not_found_credential.']),
      }),
    }),
  '401 or 403': chance =>
    final('auth_error', { httpStatus: chance.one([401, 403]), body: chance.one(PAGES) }),
  'unknown job': chance =>
    final('not_found', { httpStatus: chance.one([400, 404]), body: '{"message":"Not found retrain job."}' }),
  'deleted job': chance =>
    final('job_deleted', {
      httpStatus: chance.one([400, 410, 500]),
      body: '{"message":"This job may be deleted."}',
    }),
  'other 4xx': chance =>
    final('api_error', { httpStatus: chance.one([400, 405, 409, 422]), body: chance.one(PAGES) }),
  redirect: chance =>
    final('api_error', {
      httpStatus: chance.one([301, 302, 307, 308]),
      headers: { location: 'https://x.example' },
      body: '',
    }),
  certificate: () => final('network_error', coded('CERT_HAS_EXPIRED')),
  'proxy login': () => final('network_error', proxyLoginError('proxy.example:3128')),
};

/** One step of a kind of `makers`, with a length and, rarely, a machine that falls asleep meanwhile. */
export function makeStep(makers: Readonly<Record<string, Maker>>, chance: Chance, jobId: string): Step {
  // The largest body is rare, since it is slow to read.
  const names = Object.keys(makers).filter(name => name !== 'answer over 1 MiB' || chance.happens(0.02));
  const kind = chance.one(names);
  const made = makers[kind]?.(chance, jobId);
  if (made === undefined) throw new Error(`There is no kind of step called '${kind}'.`);
  const takesMs = chance.happens(0.03) ? chance.integer(1_000, 90_000) : chance.integer(0, 900);
  const suspendedMs = chance.happens(0.01) ? chance.integer(91_000, 5_000_000) : 0;
  return { kind, takesMs, suspendedMs, ...made };
}
