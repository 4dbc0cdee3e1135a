// How long to pause between two tries, as pure functions; must not know what is tried.

/** Pauses never start shorter than this (unless the longest allowed one is shorter still). */
export const SHORTEST_PAUSE_MS = 2_000;
/** A pause is this share of the time already waited, so that detection lags in proportion to the job's length. */
const GROWTH = 0.1;
/** The largest share by which jitter shortens a pause. */
const JITTER = 0.1;

export interface PauseContext {
  /** Time from the first check's start to the last one's start. */
  readonly waitedMs: number;
  /** Checks in a row that failed, 0 after a good answer. */
  readonly faultsInARow: number;
  /** The longest pause allowed. */
  readonly longestMs: number;
  /** A random number in [0, 1). */
  readonly random: number;
}

/**
 * The pause from the start of one check to the start of the next, in milliseconds: 10% of the time already
 * waited, doubled from fault to fault, between {@link SHORTEST_PAUSE_MS} and `longestMs`, shortened by jitter
 * of at most 10%. With 30 s as the longest, a job of any length is seen to end at most 10% (or 2 s) late.
 */
export function pauseMs({ waitedMs, faultsInARow, longestMs, random }: PauseContext): number {
  const grownMs = Math.max(SHORTEST_PAUSE_MS, waitedMs * GROWTH);
  const backedOffMs = faultsInARow > 1 ? SHORTEST_PAUSE_MS * 2 ** (faultsInARow - 1) : 0;
  return Math.min(longestMs, Math.max(grownMs, backedOffMs)) * (1 - JITTER * random);
}

export interface BackoffContext {
  /** Tries in a row that failed without progress; 1 for the first. */
  readonly faultsInARow: number;
  /** A random number in [0, 1). */
  readonly random: number;
}

/**
 * Exponential backoff for transfers, in milliseconds: 0.5 s, 1 s, 2 s … up to 30 s, shortened by jitter of at
 * most half, because many runners may lose the same storage at the same moment.
 */
export function backoffMs({ faultsInARow, random }: BackoffContext): number {
  return Math.min(30_000, 500 * 2 ** Math.max(0, faultsInARow - 1)) * (1 - 0.5 * random);
}
