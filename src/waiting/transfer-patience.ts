// How often a transfer is tried again and after which pause; must not know what is transferred or why a try failed.
import { AwakeTime } from './awake-time.js';
import type { Clock } from './clock.js';
import { OutageWindow } from './outage.js';
import { backoffMs } from './pause.js';

const MAX_RETRY_AFTER_MS = 3_600_000;

/** Whether a Retry-After is longer than an hour and than the outage allowed: without a deadline it is not waited for. */
export function isTooLongToWait(retryAfterMs: number | undefined, maxOutageMs: number): boolean {
  return (retryAfterMs ?? 0) > Math.max(MAX_RETRY_AFTER_MS, maxOutageMs);
}

/** The tries of one transfer. All times in milliseconds. */
export class TransferPatience {
  readonly #maxOutageMs: number;
  readonly #random: () => number;
  readonly #time: AwakeTime;
  readonly #outage: OutageWindow;

  constructor(maxOutageMs: number, { clock, random }: { clock: Clock; random: () => number }) {
    this.#maxOutageMs = maxOutageMs;
    this.#random = random;
    this.#time = new AwakeTime(clock);
    this.#outage = new OutageWindow(maxOutageMs);
  }

  startTry(): void {
    this.#time.startTick();
  }

  /** The transfer got further than ever: the next fault opens a new window. */
  progress(): void {
    this.#outage.close();
  }

  /** The pause before the next try after a failed one, Retry-After obeyed; undefined: give up. */
  pauseAfterFault(retryAfterMs: number | undefined): number | undefined {
    // A try may take any time; only a machine that slept through it shows in the wall clock.
    if (this.#time.endTick(Number.POSITIVE_INFINITY) > 0) this.#outage.close();
    const nowMs = this.#time.nowMs();
    const askedMs = retryAfterMs ?? 0;
    if (this.#outage.fault(nowMs) === 'give_up' || isTooLongToWait(askedMs, this.#maxOutageMs))
      return undefined;
    const leftMs = (this.#outage.endsAtMs ?? nowMs) - nowMs;
    return Math.max(Math.min(this.backoffMs(this.#outage.faultsInARow), leftMs), askedMs);
  }

  backoffMs(faultsInARow: number): number {
    return backoffMs({ faultsInARow, random: this.#random() });
  }
}
