// How long failures may go on without one success before giving up; must not know what failed.

/** The window of an outage: opens with the first fault, closes with any success. All times in milliseconds. */
export class OutageWindow {
  readonly #limitMs: number;
  #openedAtMs: number | undefined;
  #faultsInARow = 0;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  get faultsInARow(): number {
    return this.#faultsInARow;
  }

  /** When the window ends: the moment of the last try; undefined while all is well. */
  get endsAtMs(): number | undefined {
    return this.#openedAtMs === undefined ? undefined : this.#openedAtMs + this.#limitMs;
  }

  /** Notes a fault and tells whether the time for another try is up; never before the limit has passed. */
  fault(nowMs: number): 'retry' | 'give_up' {
    this.#faultsInARow += 1;
    this.#openedAtMs ??= nowMs;
    return nowMs - this.#openedAtMs >= this.#limitMs ? 'give_up' : 'retry';
  }

  /** A success, or a machine that slept through the outage: the next fault opens a new window. */
  close(): void {
    this.#openedAtMs = undefined;
    this.#faultsInARow = 0;
  }
}
