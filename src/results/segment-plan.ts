// When a download is worth several connections and which of them fetches what next, as pure rules; must not fetch.

/** When and how a file is fetched over several connections. */
export interface ParallelRules {
  /** Connections in all, the first one included; 1 turns it off. */
  readonly connections: number;
  /** The rate of a connection is not judged earlier. */
  readonly measureMs: number;
  /** Not for less than this, … */
  readonly minLeftBytes: number;
  /** … nor for what one connection does in this time, … */
  readonly minLeftMs: number;
  /** … nor where one connection is so fast that disk and checksum are what takes the time. */
  readonly maxBytesPerSecond: number;
  readonly minSegmentBytes: number;
  readonly maxSegmentBytes: number;
  /** A rest is shared by two only where each gets so much. */
  readonly minShareBytes: number;
}

const MIB_BYTES = 1024 * 1024;

/** Measured over 100 ms of latency and 10 MB/s a connection: see docs/decisions.md. */
export const PARALLEL: ParallelRules = {
  connections: 6,
  measureMs: 1_000,
  minLeftBytes: 16 * MIB_BYTES,
  minLeftMs: 3_000,
  maxBytesPerSecond: 100e6,
  minSegmentBytes: 4 * MIB_BYTES,
  // What is fetched ahead of the front waits for its checksum: so much of it that the page cache keeps it.
  maxSegmentBytes: 64 * MIB_BYTES,
  minShareBytes: 256 * 1024,
};

/** Sharing a rest costs a request: it must be worth so much time of a connection. */
const MIN_SHARE_MS = 100;
/** How far ahead of the first stream the second begins: it must have its answer before the first is there. */
const HEAD_START_MS = 2_000;

/** What one connection has shown of itself. */
export interface Pace {
  readonly elapsedMs: number;
  readonly arrivedBytes: number;
  readonly leftBytes: number;
}

/** Whether the rest, at this pace, is worth more connections. */
export function isWorthSplitting(
  { elapsedMs, arrivedBytes, leftBytes }: Pace,
  rules: ParallelRules,
): boolean {
  if (rules.connections < 2 || elapsedMs < rules.measureMs || elapsedMs <= 0) return false;
  if (arrivedBytes === 0 || leftBytes < rules.minLeftBytes) return false;
  const bytesPerSecond = (arrivedBytes * 1_000) / elapsedMs;
  const leftMs = (leftBytes * 1_000) / bytesPerSecond;
  return bytesPerSecond <= rules.maxBytesPerSecond && leftMs >= rules.minLeftMs;
}

/** A part of the file in the hands of one connection. Its end may come nearer while it is being fetched. */
export class Segment {
  #takenToByte: number;
  #writtenToByte: number;
  #endByte: number;

  constructor(startByte: number, endByte: number) {
    this.#takenToByte = startByte;
    this.#writtenToByte = startByte;
    this.#endByte = endByte;
  }

  /** Where the next byte belongs. */
  get takenToByte(): number {
    return this.#takenToByte;
  }

  /** All before it is written. */
  get writtenToByte(): number {
    return this.#writtenToByte;
  }

  /** The first byte that is no longer a part of it. */
  get endByte(): number {
    return this.#endByte;
  }

  get isWhole(): boolean {
    return this.#writtenToByte === this.#endByte;
  }

  /** How many of `offeredBytes` belong to it; from now on nobody else gets them. */
  take(offeredBytes: number): number {
    const takenBytes = Math.min(offeredBytes, this.#endByte - this.#takenToByte);
    this.#takenToByte += takenBytes;
    return takenBytes;
  }

  /** What was taken is written. */
  wrote(): void {
    this.#writtenToByte = this.#takenToByte;
  }

  /** Gives away all from `atByte` on, and says where that ended. */
  cut(atByte: number): number {
    if (atByte < this.#takenToByte || atByte > this.#endByte) throw new RangeError('not a part of the rest');
    const endByte = this.#endByte;
    this.#endByte = atByte;
    return endByte;
  }
}

interface Span {
  readonly startByte: number;
  readonly endByte: number;
}

/**
 * Who fetches what of one file. Whatever is neither waiting nor held has been written: the parts tile the file at any
 * time. Parts are given out in file order, so that the checksum, which needs that order, can follow closely.
 */
export class SegmentPlan {
  readonly first: Segment;
  /** Where a second connection may begin, if it has its answer before the first one is there. */
  readonly secondStartByte: number;
  readonly #totalBytes: number;
  readonly #segmentBytes: number;
  readonly #minShareBytes: number;
  readonly #held = new Set<Segment>();
  /** In file order. */
  #waiting: Span[] = [];

  /** All from `fromByte` on is in the hands of the first connection, whose pace is known. */
  constructor(
    { fromByte, totalBytes, pace }: { fromByte: number; totalBytes: number; pace: Pace },
    rules: ParallelRules,
  ) {
    const bytesIn = (ms: number) => Math.ceil((pace.arrivedBytes * ms) / Math.max(1, pace.elapsedMs));
    const leftBytes = totalBytes - fromByte;
    const share = Math.ceil(leftBytes / rules.connections);
    this.#totalBytes = totalBytes;
    this.#segmentBytes = Math.max(rules.minSegmentBytes, Math.min(rules.maxSegmentBytes, share));
    this.#minShareBytes = Math.max(rules.minShareBytes, bytesIn(MIN_SHARE_MS));
    const aheadBytes = Math.min(
      Math.ceil(leftBytes / 2),
      Math.max(this.#segmentBytes, bytesIn(HEAD_START_MS)),
    );
    this.secondStartByte = fromByte + aheadBytes;
    this.first = this.#hold(fromByte, totalBytes);
  }

  /** The end of the second connection's first part. */
  get secondEndByte(): number {
    return Math.min(this.#totalBytes, this.secondStartByte + this.#segmentBytes);
  }

  /** The second connection has its answer: its part, and all that follows waits; undefined where it came too late. */
  takeSecond(): Segment | undefined {
    const { secondStartByte, secondEndByte } = this;
    if (this.first.takenToByte > secondStartByte || this.first.endByte <= secondStartByte) return undefined;
    const cutEndByte = this.first.cut(secondStartByte);
    this.#wait(secondEndByte, cutEndByte);
    return this.#hold(secondStartByte, Math.min(secondEndByte, cutEndByte));
  }

  /** The next part for a connection without one: the first that waits, else half of the longest rest. */
  next(): Segment | undefined {
    const [span] = this.#waiting;
    if (span !== undefined) {
      this.#waiting.shift();
      const endByte = Math.min(span.endByte, span.startByte + this.#segmentBytes);
      this.#wait(endByte, span.endByte);
      return this.#hold(span.startByte, endByte);
    }
    const restOf = (segment: Segment) => segment.endByte - segment.takenToByte;
    const [longest] = [...this.#held].sort((one, other) => restOf(other) - restOf(one));
    if (longest === undefined || restOf(longest) < 2 * this.#minShareBytes) return undefined;
    const middleByte = longest.takenToByte + Math.ceil(restOf(longest) / 2);
    return this.#hold(middleByte, longest.cut(middleByte));
  }

  /** A connection lets go of its part; what is missing of it waits for another one. */
  release(segment: Segment): void {
    this.#held.delete(segment);
    this.#wait(segment.writtenToByte, segment.endByte);
  }

  /** All before it is written. */
  get frontByte(): number {
    const starts = [
      ...this.#waiting.map(span => span.startByte),
      ...[...this.#held].filter(segment => !segment.isWhole).map(segment => segment.writtenToByte),
    ];
    return Math.min(this.#totalBytes, ...starts);
  }

  get writtenBytes(): number {
    const waiting = this.#waiting.reduce((sum, span) => sum + span.endByte - span.startByte, 0);
    const held = [...this.#held].reduce((sum, part) => sum + part.endByte - part.writtenToByte, 0);
    return this.#totalBytes - waiting - held;
  }

  get isWhole(): boolean {
    return this.frontByte === this.#totalBytes;
  }

  #hold(startByte: number, endByte: number): Segment {
    const segment = new Segment(startByte, endByte);
    this.#held.add(segment);
    return segment;
  }

  #wait(startByte: number, endByte: number): void {
    if (startByte >= endByte) return;
    this.#waiting.push({ startByte, endByte });
    this.#waiting.sort((one, other) => one.startByte - other.startByte);
  }
}
