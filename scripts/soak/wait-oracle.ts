// Says from the record of a wait how it had to end and what it broke, by the contract alone; must not use our code.
import type { SeenCheck, WaitScript } from './wait-world.js';

export interface EndedWait {
  readonly script: WaitScript;
  readonly checks: readonly SeenCheck[];
  /** `succeeded`, `pending`, or the code of the error. */
  readonly verdict: string;
  readonly endMs: number;
  readonly cancelledAtMs: number | undefined;
}

const ROUNDING_MS = 1e-3;
const TIMER_SLACK_MS = 5;
/** Pauses start at two seconds and jitter shortens them by at most 10%. */
const SHORTEST_PAUSE_MS = 2_000 * 0.9;
const LAST_LOOK_MS = 1_000;
/** No request can be given less time than this. */
const SHORTEST_REQUEST_MS = 1;

/** Everything about the wait that is against the contract, in words; empty for a good one. */
export function violations(ended: EndedWait): string[] {
  const { script, checks, verdict, endMs } = ended;
  const found: string[] = [];
  let openedMs: number | undefined;
  let expected: string | undefined;
  for (const [index, check] of checks.entries()) {
    const before = checks[index - 1];
    if (expected !== undefined) found.push(`check ${index + 1} came after the end`);
    if (check.startMs > script.timeoutMs) found.push(`check ${index + 1} started past the deadline`);
    if (before !== undefined) found.push(...pauseViolations(script, { before, check, openedMs }));
    if (check.wasSuspended || before?.gapAtMs !== undefined) openedMs = undefined;
    if (check.meaning.is === 'fault' && !check.wasSuspended) openedMs ??= check.endMs;
    else openedMs = undefined;
    const isLast = index === checks.length - 1;
    expected = endAfter(check, { script, openedMs, isLast });
  }
  if (expected === undefined && ended.cancelledAtMs !== undefined) expected = 'cancelled';
  if (expected === undefined && Math.abs(endMs - script.timeoutMs) > TIMER_SLACK_MS)
    found.push(`it ended after ${endMs} ms without a reason`);
  expected ??= 'timed_out';
  if (verdict !== expected) found.push(`verdict '${verdict}', expected '${expected}'`);
  if (endMs > script.timeoutMs + SHORTEST_REQUEST_MS + ROUNDING_MS)
    found.push(`it went on past the deadline, until ${endMs} ms`);
  if (verdict === 'succeeded' && !saysFinished(checks.at(-1), script.jobId))
    found.push('it succeeded although the last answer did not say so');
  return found;
}

/** How the wait must end right after this check; undefined where it must go on. */
function endAfter(
  check: SeenCheck,
  context: { script: WaitScript; openedMs: number | undefined; isLast: boolean },
): string | undefined {
  const { script, openedMs, isLast } = context;
  const { meaning, endMs, retryAfterMs } = check;
  if (meaning.is === 'cancel') return 'cancelled';
  if (meaning.is === 'final') return meaning.result;
  if (meaning.is === 'finished') return 'succeeded';
  if (meaning.is === 'good' && !script.wait) return 'pending';
  if (endMs >= script.timeoutMs - TIMER_SLACK_MS) return 'timed_out';
  if (check.wasSuspended) return undefined;
  if (meaning.is === 'fault' && openedMs !== undefined) {
    const overdueMs = endMs - openedMs - script.maxOutageMs;
    if (overdueMs > ROUNDING_MS || (overdueMs >= -ROUNDING_MS && isLast)) return meaning.gaveUp;
  }
  return retryAfterMs !== undefined && endMs + retryAfterMs >= script.timeoutMs ? 'timed_out' : undefined;
}

function pauseViolations(
  script: WaitScript,
  { before, check, openedMs }: { before: SeenCheck; check: SeenCheck; openedMs: number | undefined },
): string[] {
  const { startMs } = check;
  const atOnceMs = before.wasSuspended ? before.endMs : before.gapAtMs;
  if (atOnceMs !== undefined)
    return startMs > atOnceMs + ROUNDING_MS
      ? [`no check at once after the machine slept, at ${startMs} ms`]
      : [];
  const askedMs = before.endMs + (before.retryAfterMs ?? 0);
  const found: string[] = [];
  if (startMs < askedMs - ROUNDING_MS) found.push(`Retry-After not obeyed at ${startMs} ms`);
  if (startMs > Math.max(before.startMs + script.longestPauseMs, askedMs) + ROUNDING_MS)
    found.push(`too long a pause before ${startMs} ms`);
  const shortestMs = Math.min(SHORTEST_PAUSE_MS, script.longestPauseMs * 0.9);
  const isLastTry = openedMs !== undefined && startMs >= openedMs + script.maxOutageMs - ROUNDING_MS;
  const isLastLook = startMs >= script.timeoutMs - LAST_LOOK_MS - ROUNDING_MS;
  if (startMs - before.startMs < shortestMs - ROUNDING_MS && !isLastTry && !isLastLook)
    found.push(`too short a pause before ${startMs} ms`);
  return found;
}

/** Read anew from what was sent: a 2xx whose status is exactly `job_finished`, about this job or about none. */
function saysFinished(check: SeenCheck | undefined, jobId: string): boolean {
  if (check?.answer === undefined || check.answer.httpStatus < 200 || check.answer.httpStatus > 299)
    return false;
  const body = JSON.parse(check.answer.body) as { status?: unknown; metadata?: { retrain_job_id?: unknown } };
  return body.status === 'job_finished' && (body.metadata?.retrain_job_id ?? jobId) === jobId;
}
