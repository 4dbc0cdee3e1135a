// The errors that a wait for the job ends with; must not wait or ask.
import { explain, StorageError, TimedOutError, VendorError, whatHappened } from '../../errors.js';
import { duration } from '../../github/units.js';
import { DOWNLOAD } from '../../messages/storage.js';
import { VENDOR } from '../../messages/vendor.js';
import { TIMED_OUT } from '../../messages/waiting.js';
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
  const message = seen.size === 0 && lastFault !== undefined ? TIMED_OUT.noAnswer : TIMED_OUT.training;
  const times = { allowed: duration(timeoutMs), elapsed: duration(elapsedMs) };
  return new TimedOutError(explain(message, { ...times, more: `${statuses}${asked}${fault}` }));
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
  const times = { allowed: duration(timeoutMs), elapsed: duration(elapsedMs) };
  return new TimedOutError(explain(TIMED_OUT.noKey, { ...times, more: `${asked}${fault}` }));
}

export type TimedOut = Extract<WaitResult<unknown>, { state: 'TIMEOUT' }>;

/** The job ended without a model. */
export function jobFailed({ status, message }: StatusAnswer): VendorError {
  const said = message && ` and said: ${message}`;
  return new VendorError('job_failed', explain(VENDOR.jobFailed, { status, said }));
}

export function noDownloadUrl(
  { status }: { status?: string | undefined },
  { elapsedMs, retryAfterMs, lastFault }: OutOfTime,
): StorageError {
  const asked =
    retryAfterMs === undefined
      ? ''
      : ` The API asked to wait ${duration(retryAfterMs)} before the next check.`;
  const fault = lastFault === undefined ? '' : ` The last check failed: ${whatHappened(lastFault)}`;
  const last = { elapsed: duration(elapsedMs), status: String(status) };
  return new StorageError(explain(DOWNLOAD.noUrl, { ...last, more: `${asked}${fault}` }));
}
