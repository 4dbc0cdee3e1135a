// Runs one action as this very process: the real world in, the exit code out; must not know which action it is.
import type { Action, BaseInputs } from './actions/action.js';
import { run } from './actions/run.js';
import { earlyCancellation } from './early-cancellation.js';
import type { BaseRecord } from './github/report.js';
import { systemClock } from './waiting/clock.js';
import { boundYoungGeneration } from './young-generation.js';

/** A library that still holds a socket when all is written must not keep a runner busy. */
const LINGER_MS = 500;

/** For an entry, as its last step; it imports `early-cancellation.js` first. */
export async function runProcess<I extends BaseInputs, R extends BaseRecord>(
  action: Action<I, R>,
): Promise<void> {
  boundYoungGeneration(process.versions.node);
  // http-client's tunnel uses an old way of making buffers: nothing that a reader of the log could mend.
  process.noDeprecation = true;
  process.exitCode = await run(action, {
    env: process.env,
    clock: systemClock,
    random: Math.random,
    signal: earlyCancellation,
  });
  setTimeout(() => process.exit(), LINGER_MS).unref();
}
