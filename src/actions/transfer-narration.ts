// Tells the log how a transfer goes on: progress and faults, not too often; must not decide anything.
import { whatHappened } from '../errors.js';
import type { Log } from '../github/log.js';
import { duration, size } from '../github/units.js';

const PROGRESS_MS = 5_000;

/** `said` begins a line of progress; `kept` says what a fault leaves of `bytes`. */
interface Words {
  readonly said: string;
  readonly kept: (bytes: string) => string;
}

const WORDS = {
  download: { said: 'Downloaded', kept: bytes => `${bytes} have arrived; trying again` },
  upload: { said: 'Uploaded', kept: bytes => `${bytes} had gone out; trying again from the first byte` },
} as const satisfies Record<string, Words>;

/** The log of one transfer; says nothing about one that takes less than five seconds. */
export class TransferNarration {
  readonly #log: Log;
  readonly #nowMs: () => number;
  readonly #words: Words;
  #lastMs: number;
  #lastBytes = 0;

  constructor(way: keyof typeof WORDS, { log, nowMs }: { log: Log; nowMs: () => number }) {
    this.#words = WORDS[way];
    this.#log = log;
    this.#nowMs = nowMs;
    this.#lastMs = nowMs();
  }

  readonly progress = ({
    haveBytes,
    totalBytes,
  }: {
    haveBytes: number;
    totalBytes: number | undefined;
  }): void => {
    const nowMs = this.#nowMs();
    const sinceMs = nowMs - this.#lastMs;
    if (sinceMs < PROGRESS_MS) return;
    const rate = `${size(Math.max(0, Math.round(((haveBytes - this.#lastBytes) * 1000) / sinceMs)))}/s`;
    this.#lastMs = nowMs;
    this.#lastBytes = haveBytes;
    const share = totalBytes
      ? ` of ${size(totalBytes)} (${Math.floor((haveBytes * 100) / totalBytes)}%)`
      : '';
    this.#log.info(`${this.#words.said} ${size(haveBytes)}${share}, ${rate}`);
  };

  readonly fault = ({
    error,
    haveBytes,
    nextTryInMs,
  }: {
    error: Error;
    haveBytes: number;
    nextTryInMs: number;
  }): void => {
    this.#lastBytes = Math.min(this.#lastBytes, haveBytes);
    const next = nextTryInMs === 0 ? 'now' : `in ${duration(nextTryInMs)}`;
    this.#log.info(`${whatHappened(error)} ${this.#words.kept(size(haveBytes))} ${next}.`);
  };
}
