// The one waiting loop: check, pause, check again until an end; must not know HTTP, GitHub or what is waited for.
import { AwakeTime } from './awake-time.js';
import type { Clock } from './clock.js';
import { OutageWindow } from './outage.js';
import { pauseMs } from './pause.js';

/** What one check found. RETRY without an error is a good answer that says "not yet"; with one it is a fault. */
export type CheckResult<T> =
  | { readonly state: 'SUCCESS'; readonly value: T }
  | { readonly state: 'RETRY'; readonly error?: Error; readonly retryAfterMs?: number | undefined }
  | { readonly state: 'FAILURE'; readonly error: Error };

/** How a wait ended. `lastFault` is the fault that was last seen, if the last check was one. */
export type WaitResult<T> = (
  | { readonly state: 'SUCCESS'; readonly value: T }
  | { readonly state: 'FAILURE'; readonly error: Error }
  | { readonly state: 'OUTAGE'; readonly error: Error }
  | { readonly state: 'TIMEOUT'; readonly retryAfterMs?: number; readonly lastFault?: Error | undefined }
  | { readonly state: 'ABORTED' }
) & { readonly elapsedMs: number; readonly checks: number };

export interface WaitLimits {
  /** Awake time for the whole wait, checks in flight included. */
  readonly timeoutMs: number;
  /** The longest pause from the start of one check to the start of the next. */
  readonly longestPauseMs: number;
  /** How long checks may keep failing without one good answer. */
  readonly maxOutageMs: number;
  /** The longest that one check takes by its own limits. */
  readonly checkLimitMs: number;
}

/** What a wait tells while it goes on. Times are awake time since the wait began. */
export interface WaitEvents {
  /** At least every 15 s while pausing. */
  readonly onTick?: (time: { readonly waitedMs: number; readonly leftMs: number }) => void;
  readonly onPause?: (pause: { readonly durationMs: number }) => void;
  readonly onFault?: (fault: { readonly error: Error; readonly nextCheckInMs: number }) => void;
  readonly onSuspended?: (gapMs: number) => void;
}

export interface WaitParts<T> {
  /** One check; `limitMs` is the time left to the deadline. Rejections other than an abort are not expected. */
  readonly check: (limitMs: number) => Promise<CheckResult<T>>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly events?: WaitEvents;
}

const TICK_MS = 15_000;
/** Timers may fire this much early. */
const TIMER_SLACK_MS = 5;

/** Waits until `check` ends in SUCCESS or FAILURE, faults outlast `maxOutageMs`, the time is up or the signal aborts. */
export function waitUntil<T>(limits: WaitLimits, parts: WaitParts<T>): Promise<WaitResult<T>> {
  return new Waiter(limits, parts).run();
}

type Plan =
  | { readonly next: 'check'; readonly atMs: number }
  | { readonly next: 'time_out'; readonly atMs: number; readonly retryAfterMs?: number };

class Waiter<T> {
  readonly #limits: WaitLimits;
  readonly #parts: WaitParts<T>;
  readonly #time: AwakeTime;
  readonly #outage: OutageWindow;
  readonly #beganMs: number;
  readonly #deadlineMs: number;
  #checks = 0;
  #lastCheckDone = false;

  constructor(limits: WaitLimits, parts: WaitParts<T>) {
    this.#limits = limits;
    this.#parts = parts;
    this.#time = new AwakeTime(parts.clock);
    this.#outage = new OutageWindow(limits.maxOutageMs);
    this.#beganMs = this.#time.nowMs();
    this.#deadlineMs = this.#beganMs + limits.timeoutMs;
  }

  async run(): Promise<WaitResult<T>> {
    for (;;) {
      if (this.#parts.signal.aborted) return this.#end({ state: 'ABORTED' });
      const startedMs = this.#time.nowMs();
      const { result, suspended } = await this.#checkOnce();
      if (this.#parts.signal.aborted) return this.#end({ state: 'ABORTED' });
      if (result.state !== 'RETRY') return this.#end(result);
      const lastFault = result.error;
      if (this.#time.nowMs() >= this.#deadlineMs - TIMER_SLACK_MS)
        return this.#end({ state: 'TIMEOUT', lastFault });
      if (suspended) continue;
      if (lastFault === undefined) this.#outage.close();
      else if (this.#outage.fault(this.#time.nowMs()) === 'give_up') {
        return this.#end({ state: 'OUTAGE', error: lastFault });
      }
      const plan = this.#plan(startedMs, result.retryAfterMs);
      this.#tell(plan, lastFault);
      const rested =
        plan.next === 'time_out' && plan.retryAfterMs !== undefined ? 'rested' : await this.#rest(plan.atMs);
      if (rested === 'aborted') return this.#end({ state: 'ABORTED' });
      if (plan.next === 'check' || rested === 'suspended') continue;
      const { retryAfterMs } = plan;
      return this.#end({
        state: 'TIMEOUT',
        lastFault,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      });
    }
  }

  async #checkOnce(): Promise<{ result: CheckResult<T>; suspended: boolean }> {
    const leftMs = this.#deadlineMs - this.#time.nowMs();
    this.#checks += 1;
    this.#time.startTick();
    const result = await this.#parts.check(leftMs);
    return { result, suspended: this.#noteGap(Math.min(leftMs, this.#limits.checkLimitMs)) };
  }

  /** When to check next: paused from start to start, never past the end of an outage window or the deadline. */
  #plan(startedMs: number, retryAfterMs: number | undefined): Plan {
    const nowMs = this.#time.nowMs();
    const pause = pauseMs({
      waitedMs: startedMs - this.#beganMs,
      faultsInARow: this.#outage.faultsInARow,
      longestMs: this.#limits.longestPauseMs,
      random: this.#parts.random(),
    });
    const askedMs = retryAfterMs === undefined ? 0 : nowMs + retryAfterMs;
    if (askedMs >= this.#deadlineMs) return { next: 'time_out', atMs: nowMs, retryAfterMs: askedMs - nowMs };
    const ownMs = Math.min(startedMs + pause, this.#outage.endsAtMs ?? Number.POSITIVE_INFINITY);
    const atMs = Math.max(ownMs, nowMs, askedMs);
    if (atMs < this.#deadlineMs) return { next: 'check', atMs };
    return this.#planLastCheck(nowMs, askedMs);
  }

  /** One last look shortly before the deadline: a job that just finished must not be missed for a pause. */
  #planLastCheck(nowMs: number, askedMs: number): Plan {
    const lastMs = Math.max(askedMs, this.#deadlineMs - Math.min(1_000, this.#limits.timeoutMs * 0.05));
    if (this.#lastCheckDone || nowMs >= lastMs) return { next: 'time_out', atMs: this.#deadlineMs };
    this.#lastCheckDone = true;
    return { next: 'check', atMs: lastMs };
  }

  #tell(plan: Plan, fault: Error | undefined): void {
    const durationMs = Math.max(0, plan.atMs - this.#time.nowMs());
    if (fault !== undefined) this.#parts.events?.onFault?.({ error: fault, nextCheckInMs: durationMs });
    this.#parts.events?.onPause?.({ durationMs });
  }

  async #rest(untilMs: number): Promise<'rested' | 'suspended' | 'aborted'> {
    for (;;) {
      const leftMs = untilMs - this.#time.nowMs();
      if (leftMs <= 0) return 'rested';
      const sliceMs = Math.min(leftMs, TICK_MS);
      this.#time.startTick();
      try {
        await this.#parts.clock.sleep(sliceMs, this.#parts.signal);
      } catch (error) {
        if (this.#parts.signal.aborted) return 'aborted';
        throw error;
      }
      if (this.#noteGap(sliceMs)) return 'suspended';
      const nowMs = this.#time.nowMs();
      this.#parts.events?.onTick?.({ waitedMs: nowMs - this.#beganMs, leftMs: this.#deadlineMs - nowMs });
    }
  }

  /** A gap says nothing about the server: it is told, and the outage window starts anew. */
  #noteGap(plannedMs: number): boolean {
    const gapMs = this.#time.endTick(plannedMs);
    if (gapMs === 0) return false;
    this.#outage.close();
    this.#parts.events?.onSuspended?.(gapMs);
    return true;
  }

  #end<R>(result: R): R & { elapsedMs: number; checks: number } {
    return { ...result, elapsedMs: this.#time.nowMs() - this.#beganMs, checks: this.#checks };
  }
}
