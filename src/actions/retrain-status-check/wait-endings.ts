// The errors that a wait for the job ends with, in words for people; must not wait or ask.
import { StorageError, TimedOutError, VendorError, whatHappened } from '../../errors.js';
import { duration } from '../../github/units.js';
import { jobFailedExplanation } from '../../prediction-one/error-catalogue.js';
import type { StatusAnswer } from '../../prediction-one/status-answer.js';
import type { WaitResult } from '../../waiting/waiter.js';
import type { OutOfTime } from '../vendor-call.js';

/** `seen` counts the answers by status. */
export function timedOut(
  { retryAfterMs, lastFault, elapsedMs }: OutOfTime,
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
    likelyCause:
      seen.size === 0 && lastFault !== undefined
        ? 'The API gave no usable answer in all that time.'
        : 'Training takes longer than the time allowed, or the vendor’s queue is long.',
    nextStep:
      'Training goes on at the vendor: run this action again with the same retrain_job_id to resume, or raise timeout_minutes.',
  });
}

/** The time allowed was over before there was a key to check with. */
export function noKeyInTime(
  { retryAfterMs, lastFault, elapsedMs }: OutOfTime,
  timeoutMs: number,
): TimedOutError {
  const asked =
    retryAfterMs === undefined
      ? ''
      : ` The API asked to wait ${duration(retryAfterMs)} before the next try (Retry-After), which reaches the timeout.`;
  const fault = lastFault === undefined ? '' : ` The last try failed: ${whatHappened(lastFault)}`;
  return new TimedOutError({
    what: `No API key could be got from the secret key within ${duration(timeoutMs)} (timeout_minutes); stopped after ${duration(elapsedMs)}, before the first status check.${asked}${fault}`,
    likelyCause: 'The API does not answer the Get API Key call.',
    nextStep:
      'Training goes on at the vendor: run this action again with the same retrain_job_id, or raise timeout_minutes.',
  });
}

export type TimedOut = Extract<WaitResult<unknown>, { state: 'TIMEOUT' }>;

/** The error for a status that says that the job failed, with the API's own message. */
export function jobFailed(answer: StatusAnswer): VendorError {
  return new VendorError('job_failed', jobFailedExplanation(answer.status, answer.message));
}

/** The error for a finished job whose answer has no `download_url`, however long it was asked for one. */
export function noDownloadUrl(
  { status }: { status?: string | undefined },
  { elapsedMs, retryAfterMs, lastFault }: OutOfTime,
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
