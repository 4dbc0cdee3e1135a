// Turns what ends a run from outside into an AbortSignal; must not know what is aborted.
import { CancelledError, explain, InternalError } from '../errors.js';
import { CANCELLED } from '../messages/waiting.js';

/** One that a system does not have never comes. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const;

/**
 * A signal that aborts when the runner cancels the job or the step's own time limit ends: SIGINT, 7.5 s later
 * SIGTERM, 2.5 s later SIGKILL (measured); on Windows Ctrl-C and Ctrl-Break in their places (actions/runner,
 * ProcessInvoker.cs), which Node calls SIGINT and SIGBREAK. Further signals are ignored, since the ending is under way. A stray
 * exception, or a promise that never settles, aborts it too: no run ends without a report. `before` are the signals
 * that came earlier.
 */
export function cancellation(process: NodeJS.Process, before: readonly string[] = []): AbortSignal {
  const controller = new AbortController();
  if (before[0] !== undefined) controller.abort(cancelledBy(before[0]));
  for (const name of SIGNALS) {
    process.on(name, () => controller.abort(cancelledBy(name)));
  }
  process.on('uncaughtException', error => controller.abort(new InternalError(error)));
  process.on('beforeExit', () => controller.abort(new InternalError('nothing was left to wait for')));
  return controller.signal;
}

function cancelledBy(name: string): CancelledError {
  return new CancelledError(explain(CANCELLED.start, { signal: name }));
}
