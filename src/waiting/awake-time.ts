// Time that counts only while this process could run; must not know what the time is spent on.
import type { Clock } from './clock.js';

/** A longer gap than this between two ticks means that the machine or the process was suspended, … */
const SUSPENSION_MS = 60_000;
/** … if that much of it was not planned: a tick may be a request that is allowed to take long. */
const UNPLANNED_MS = 30_000;

/**
 * Awake time in milliseconds. A suspended machine shows in one of two ways: its monotonic clock stood still
 * while the wall clock went on (Linux), or the monotonic clock went on while the process did not run (a stopped
 * process, a paused virtual machine). The first needs no correction; the second is taken out of the count.
 */
export class AwakeTime {
  readonly #clock: Clock;
  #asleepMs = 0;
  #tickMonotonicMs: number;
  #tickWallMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#tickMonotonicMs = clock.monotonicMs();
    this.#tickWallMs = clock.wallMs();
  }

  nowMs(): number {
    return this.#clock.monotonicMs() - this.#asleepMs;
  }

  startTick(): void {
    this.#tickMonotonicMs = this.#clock.monotonicMs();
    this.#tickWallMs = this.#clock.wallMs();
  }

  /** Ends a tick that should have taken at most `plannedMs`; the unplanned time if there was a gap, else 0. */
  endTick(plannedMs: number): number {
    const monotonicMs = this.#clock.monotonicMs() - this.#tickMonotonicMs;
    const wallMs = this.#clock.wallMs() - this.#tickWallMs;
    const oversleptMs = monotonicMs - plannedMs;
    const unseenMs = wallMs - monotonicMs;
    const isGap = (lengthMs: number, unplannedMs: number) =>
      lengthMs > SUSPENSION_MS && unplannedMs > UNPLANNED_MS;
    const wasStopped = isGap(monotonicMs, oversleptMs);
    if (wasStopped) this.#asleepMs += oversleptMs;
    return wasStopped || isGap(wallMs, unseenMs) ? Math.max(oversleptMs, unseenMs) : 0;
  }
}
