// A clock whose hours pass at once: a stand-in for the system's clocks in tests.
import type { Clock } from '../../src/waiting/clock.js';

/** A real clock moves on however short the sleep; without this, a rounding error would be slept for ever. */
const SHORTEST_SLEEP_MS = 1e-6;
const MAX_SLEEPS = 100_000;

/** Both clocks start at values that no duration could be mistaken for. */
export class VirtualClock implements Clock {
  #monotonicMs = 1_000_003;
  #wallMs = Date.UTC(2026, 9, 1);
  /** The durations that were slept, in order. */
  readonly sleeps: number[] = [];
  /** Called at the end of every sleep, with how many there were before: the place for a suspension or an abort. */
  onSleep: (index: number) => void = () => {};

  monotonicMs = (): number => this.#monotonicMs;
  wallMs = (): number => this.#wallMs;

  async sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw signal.reason;
    this.sleeps.push(durationMs);
    if (this.sleeps.length > MAX_SLEEPS) throw new Error('This wait never ends.');
    this.advance(Math.max(durationMs, SHORTEST_SLEEP_MS));
    this.onSleep(this.sleeps.length - 1);
    if (signal.aborted) throw signal.reason;
  }

  /** Time passes while something else than a sleep goes on. */
  advance(durationMs: number): void {
    this.#monotonicMs += durationMs;
    this.#wallMs += durationMs;
  }

  /** A suspended Linux machine: its monotonic clock stands still. */
  suspendMachine(durationMs: number): void {
    this.#wallMs += durationMs;
  }

  /** A stopped process or a paused virtual machine: both clocks go on, nothing runs. */
  stopProcess(durationMs: number): void {
    this.advance(durationMs);
  }
}
