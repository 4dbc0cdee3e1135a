// Turns what ends a run from outside into an AbortSignal; must not know what is aborted.
import { CancelledError, explain, InternalError } from '../errors.js';
import { CANCELLED } from '../messages/waiting.js';

/**
 * A signal that aborts when the runner cancels the job or the step's own time limit ends: SIGINT, 7.5 s later
 * SIGTERM, 2.5 s later SIGKILL (measured). Further signals are ignored, since the ending is under way. A stray
 * exception, or a promise that never settles, aborts it too: no run ends without a report. `before` are the signals
 * that came earlier.
 */
export function cancellation(process: NodeJS.Process, before: readonly string[] = []): AbortSignal {
  const controller = new AbortController();
  if (before[0] !== undefined) controller.abort(cancelledBy(before[0]));
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => controller.abort(cancelledBy(name)));
  }
  process.on('uncaughtException', error => controller.abort(new InternalError(error)));
  process.on('beforeExit', () => controller.abort(new InternalError('nothing was left to wait for')));
  return controller.signal;
}

function cancelledBy(name: string): CancelledError {
  return new CancelledError(explain(CANCELLED.start, { signal: name }));
}
