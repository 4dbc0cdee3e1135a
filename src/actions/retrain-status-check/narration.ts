// Tells the log what goes on while people wait: status changes, heartbeats, faults; must not decide anything.
import { whatHappened } from '../../errors.js';
import type { Log } from '../../github/log.js';
import { duration } from '../../github/units.js';

const EARLY_HEARTBEAT_MS = 60_000;
const LATE_HEARTBEAT_MS = 300_000;
/** From then on a line a minute would only bury the others. */
const LATE_MS = 600_000;

/** The log of one wait. */
export class WaitNarration {
  readonly #log: Log;
  #status: string | undefined;
  #message: string | undefined;
  #lastLineMs = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Another wait begins: its times count from zero again. */
  startWait(): void {
    this.#lastLineMs = 0;
  }

  /** One line when the status or its message changes. */
  status(answer: { status: string; message?: string }, waitedMs: number): void {
    if (answer.status === this.#status && answer.message === this.#message) return;
    this.#status = answer.status;
    this.#message = answer.message;
    const says = answer.message === undefined ? '' : ` – the API says: ${answer.message}`;
    this.#log.info(`Status: ${answer.status} (after ${duration(waitedMs)})${says}`);
  }

  /** A heartbeat a minute, after ten minutes one every five. */
  readonly tick = ({ waitedMs, leftMs }: { waitedMs: number; leftMs: number }): void => {
    if (waitedMs - this.#lastLineMs < (waitedMs < LATE_MS ? EARLY_HEARTBEAT_MS : LATE_HEARTBEAT_MS)) return;
    this.#lastLineMs = waitedMs;
    const status = this.#status === undefined ? 'No answer yet' : `Still ${this.#status}`;
    this.#log.info(`${status} after ${duration(waitedMs)}; ${duration(leftMs)} left until the timeout.`);
  };

  readonly fault = ({ error, nextCheckInMs }: { error: Error; nextCheckInMs: number }): void => {
    this.#log.info(
      `The status check failed: ${whatHappened(error)} Next check in ${duration(nextCheckInMs)}.`,
    );
  };

  readonly suspended = (gapMs: number): void => {
    this.#log.info(`The machine was suspended for about ${duration(gapMs)}: checking at once.`);
  };

  readonly pause = ({ durationMs }: { durationMs: number }): void => {
    this.#log.debug(`Next status check in ${duration(durationMs)}.`);
  };
}
