// The errors that a wait for the job ends with, in words for people; must not wait or ask.
import {
  type ExplainedError,
  NetworkError,
  StorageError,
  TimedOutError,
  VendorError,
  whatHappened,
} from '../errors.js';
import { duration } from '../github/units.js';
import { jobFailedExplanation } from '../prediction-one/error-catalogue.js';
import type { StatusAnswer } from '../prediction-one/status-answer.js';
import type { WaitResult } from '../waiting/waiter.js';

/** `seen` counts the answers by status. */
export function timedOut(
  { retryAfterMs, lastFault, elapsedMs }: TimedOut,
  timeoutMs: number,
  seen: ReadonlyMap<string, number>,
): TimedOutError {
  const counts = [...seen].slice(-10).map(([status, count]) => `${status} × ${count}`);
  const statuses = counts.length > 0 ? ` Statuses seen: ${counts.join(', ')}.` : ' No status was seen.';
  const asked =
    retryAfterMs === undefined
      ? ''
      : ` The API asked to wait ${duration(retryAfterMs)} before the next check (Retry-After), which reaches the timeout, so waiting on would be of no use.`;
  const fault = lastFault === undefined ? '' : ` The last check failed: ${whatHappened(lastFault)}`;
  return new TimedOutError({
    what: `The retrain job did not finish within ${duration(timeoutMs)} (timeout_minutes); stopped after ${duration(elapsedMs)}.${statuses}${asked}${fault}`,
    likelyCause: 'Training takes longer than the time allowed, or the vendor’s queue is long.',
    nextStep:
      'Training goes on at the vendor: run this action again with the same retrain_job_id to resume, or raise timeout_minutes.',
  });
}

export type TimedOut = Extract<WaitResult<unknown>, { state: 'TIMEOUT' }>;

export function jobFailed(answer: StatusAnswer): VendorError {
  return new VendorError('job_failed', jobFailedExplanation(answer.status, answer.message));
}

/** The last fault, with how long it went on. */
export function gaveUp(fault: ExplainedError, maxOutageMs: number): ExplainedError {
  const { what, likelyCause, nextStep } = fault.explanation;
  const lasted =
    maxOutageMs === 0
      ? 'max_outage_minutes is 0, so it was not tried again'
      : `checks kept failing for ${duration(maxOutageMs)} (max_outage_minutes)`;
  const explanation = { what: `${what} Gave up: ${lasted}.`, likelyCause, nextStep };
  const details = { cause: fault, apiCode: fault.apiCode };
  return fault instanceof NetworkError
    ? new NetworkError(explanation, details)
    : new VendorError(fault.code, explanation, details);
}

export function noDownloadUrl(
  { status }: { status?: string | undefined },
  { elapsedMs, retryAfterMs, lastFault }: Pick<TimedOut, 'elapsedMs' | 'retryAfterMs' | 'lastFault'>,
): StorageError {
  const asked =
    retryAfterMs === undefined
      ? ''
      : ` The API asked to wait ${duration(retryAfterMs)} before the next check.`;
  const fault = lastFault === undefined ? '' : ` The last check failed: ${whatHappened(lastFault)}`;
  return new StorageError({
    what: `The job had finished, but the API gave no download_url within ${duration(elapsedMs)}; its last status is '${status}'.${asked}${fault}`,
    likelyCause: 'The vendor is still writing the results, or has removed them.',
    nextStep:
      'Re-run the job later with the same retrain_job_id, or set download_results: false if the file is not needed.',
  });
}
