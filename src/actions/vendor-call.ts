// Asks one of the vendor's calls until it answers, for as long as max_outage_minutes allows; must not know which.
import { type ExplainedError, explained, NetworkError, VendorError, whatHappened } from '../errors.js';
import { duration } from '../github/units.js';
import type { CallContext } from '../prediction-one/api-call.js';
import { isTooLongToWait } from '../waiting/transfer-patience.js';
import { type CheckResult, waitUntil } from '../waiting/waiter.js';
import type { Parts } from './parts.js';

export interface Patience {
  readonly maxOutageMs: number;
  readonly requestTimeoutMs: number;
  /** Awake time for all tries together; absent: only outages end it. */
  readonly timeoutMs?: number;
}

/** A call whose end is not the vendor's or the network's fault but the caller's deadline. */
export interface OutOfTime {
  readonly elapsedMs: number;
  readonly retryAfterMs?: number;
  readonly lastFault?: Error | undefined;
}

export interface VendorCall<T> {
  /** For the log: 'The request for an upload_url'. */
  readonly name: string;
  readonly ask: (context: CallContext) => Promise<T>;
  /** The error when `timeoutMs` is over. */
  readonly outOfTime?: (ended: OutOfTime) => Error;
}

/** Longer than any outage that the inputs allow, a week, with the wait that a server may ask for at its end. */
const FOREVER_MS = 2 * 7 * 24 * 3_600_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * The call's answer; faults are retried with growing pauses, Retry-After is obeyed.
 * @throws VendorError or NetworkError once retrying is of no use, the signal's reason on abort
 */
export async function askVendor<T>(call: VendorCall<T>, patience: Patience, parts: Parts): Promise<T> {
  const { clock, random, signal, log } = parts;
  const { maxOutageMs, requestTimeoutMs, timeoutMs = FOREVER_MS } = patience;
  const check = async (limitMs: number): Promise<CheckResult<T>> => {
    try {
      return { state: 'SUCCESS', value: await call.ask({ limitMs, signal }) };
    } catch (thrown) {
      const error = explained(thrown);
      if (!error.retryable) return { state: 'FAILURE', error };
      const { retryAfterMs } = error;
      if (patience.timeoutMs === undefined && isTooLongToWait(retryAfterMs, maxOutageMs))
        return { state: 'FAILURE', error: askedTooLong(error, retryAfterMs ?? 0) };
      return { state: 'RETRY', error, retryAfterMs };
    }
  };
  const onFault = ({ error, nextCheckInMs }: { error: Error; nextCheckInMs: number }) =>
    log.info(`${call.name} failed: ${whatHappened(error)} Next try in ${duration(nextCheckInMs)}.`);
  const limits = { timeoutMs, maxOutageMs, longestPauseMs: LONGEST_PAUSE_MS, checkLimitMs: requestTimeoutMs };
  const result = await waitUntil(limits, { check, clock, random, signal, events: { onFault } });
  switch (result.state) {
    case 'SUCCESS':
      return result.value;
    case 'FAILURE':
      throw result.error;
    case 'OUTAGE':
      throw gaveUp(explained(result.error), maxOutageMs);
    case 'ABORTED':
      throw signal.reason;
    case 'TIMEOUT':
      throw call.outOfTime?.(result) ?? gaveUp(explained(result.lastFault), maxOutageMs);
  }
}

/** The last fault, with how long it went on. */
export function gaveUp(fault: ExplainedError, maxOutageMs: number): ExplainedError {
  const lasted =
    maxOutageMs === 0
      ? 'max_outage_minutes is 0, so it was not tried again'
      : `requests kept failing for ${duration(maxOutageMs)} (max_outage_minutes)`;
  return withReason(fault, lasted);
}

/** The fault of a server that wants to be left alone for longer than anybody waits. */
function askedTooLong(fault: ExplainedError, retryAfterMs: number): ExplainedError {
  return withReason(fault, `the API asked to wait ${duration(retryAfterMs)} before the next request`);
}

function withReason(fault: ExplainedError, reason: string): ExplainedError {
  const explanation = { ...fault.explanation, what: `${fault.explanation.what} Gave up: ${reason}.` };
  const details = { cause: fault, apiCode: fault.apiCode };
  return fault instanceof NetworkError
    ? new NetworkError(explanation, details)
    : new VendorError(fault.code, explanation, details);
}
