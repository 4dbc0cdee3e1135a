// Fetches the rest of one version of a file over several connections; must not know when that is worth it.
import { ExplainedError } from '../errors.js';
import type { Clock } from '../waiting/clock.js';
import { TransferPatience } from '../waiting/transfer-patience.js';
import type { ArrivingFile } from './arriving-file.js';
import { isFault, type OpenPart, Refused, requestPart } from './part-request.js';
import type { Segment, SegmentPlan } from './segment-plan.js';
import { gaveUp, storageFault } from './storage-fault.js';
import { readStream } from './storage-request.js';
import type { StorageSource } from './storage-source.js';

export interface ParallelParts {
  readonly file: ArrivingFile;
  readonly source: StorageSource;
  readonly plan: SegmentPlan;
  readonly totalBytes: number;
  /** Strong: the version that all parts must be of. */
  readonly etag: string;
  readonly connections: number;
  readonly maxOutageMs: number;
  readonly stallTimeoutMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly onProgress: (haveBytes: number) => void;
  readonly onFault: (fault: { error: Error; haveBytes: number; nextTryInMs: number }) => void;
}

/** One of several connections, at work on one part after the other. */
interface Connection {
  segment: Segment;
  readonly patience: TransferPatience;
  /** Whether it has brought bytes: one that never did is given up without a word, as long as there are others. */
  isProven: boolean;
  /** An answer that is open at the first byte of the part. */
  open: OpenPart | undefined;
  /** How far its part was written at the last fault. */
  faultedAtByte: number;
}

/** Checksums may fall back by one write and catch up by so much with every other. */
const ABSORB_BYTES = 4 * 1024 * 1024;

/**
 * Goes on with `first`, the open answer of a single stream, and asks for a part further on beside it. Only when storage
 * has answered that rightly do more connections follow: one that does not know ranges costs one request, nothing else.
 * Ends when all is written and taken in, and no connection is left, whatever happens.
 * @throws StorageError, retryable where one stream may go on from the file's front; NetworkError; the signal's reason
 */
export async function downloadInParallel(first: OpenPart, parts: ParallelParts): Promise<void> {
  await new ParallelDownload(parts).run(first);
}

class ParallelDownload {
  readonly #parts: ParallelParts;
  readonly #end = new AbortController();
  readonly #signal: AbortSignal;
  readonly #running: Promise<void>[] = [];
  /** Connections that hold a part. Whoever lets go of one while others are here leaves it to them. */
  #holders = 0;
  #failure: { readonly error: unknown } | undefined;
  #isAbsorbing = false;

  constructor(parts: ParallelParts) {
    this.#parts = parts;
    this.#signal = AbortSignal.any([parts.signal, this.#end.signal]);
  }

  async run(first: OpenPart): Promise<void> {
    const { file, plan, signal } = this.#parts;
    await file.flush();
    this.#start(() => this.#work({ ...this.#connection(plan.first), isProven: true, open: first }));
    this.#start(() => this.#probe());
    // More may be started by those that run.
    for (let index = 0; index < this.#running.length; index += 1) await this.#running[index];
    if (signal.aborted) throw signal.reason;
    if (!plan.isWhole && this.#failure !== undefined) throw this.#failure.error;
    await file.absorb(plan.frontByte);
  }

  #start(work: () => Promise<void>): void {
    this.#running.push(
      work().catch(error => {
        this.#failure ??= { error };
        this.#end.abort(error);
      }),
    );
  }

  #connection(segment: Segment): Connection {
    this.#holders += 1;
    const { maxOutageMs } = this.#parts;
    const patience = new TransferPatience(maxOutageMs, this.#parts);
    return { segment, patience, isProven: false, open: undefined, faultedAtByte: segment.writtenToByte };
  }

  /** The second connection: it holds no part before its answer is there, so that the first stream never waits for it. */
  async #probe(): Promise<void> {
    const { plan, connections } = this.#parts;
    const asked = { fromByte: plan.secondStartByte, endByte: plan.secondEndByte };
    const open = await this.#ask(asked, () => false).catch(error => {
      // The first stream has everything in its hands still: what is wrong with storage, it will meet itself.
      if (isFault(error) || this.#signal.aborted) return undefined;
      throw error;
    });
    const segment = open && plan.takeSecond();
    if (segment === undefined) return void open?.answer.body.destroy();
    const connection = { ...this.#connection(segment), isProven: true, open };
    for (let more = 2; more < connections; more += 1) this.#startAnother();
    await this.#work(connection);
  }

  #startAnother(): void {
    const segment = this.#parts.plan.next();
    if (segment !== undefined) this.#start(() => this.#work(this.#connection(segment)));
  }

  async #work(connection: Connection): Promise<void> {
    for (;;) {
      try {
        await this.#bring(connection);
      } catch (error) {
        const pauseMs = this.#pauseMs(connection, error);
        if (pauseMs === undefined) return this.#leave(connection);
        await this.#parts.clock.sleep(pauseMs, this.#signal);
        continue;
      }
      this.#parts.plan.release(connection.segment);
      const next = this.#parts.plan.next();
      if (next === undefined) return this.#leave(connection);
      connection.segment = next;
      connection.faultedAtByte = next.writtenToByte;
    }
  }

  #leave({ segment }: Connection): void {
    const { plan } = this.#parts;
    plan.release(segment);
    this.#holders -= 1;
    // Whoever still waits for an answer has nothing to fetch.
    if (plan.isWhole) this.#end.abort(new Error('all is there'));
  }

  /** Brings what is missing of the part. */
  async #bring(connection: Connection): Promise<void> {
    connection.patience.startTry();
    const { segment } = connection;
    if (segment.isWhole) return;
    const asked = { fromByte: segment.writtenToByte, endByte: segment.endByte };
    const { answer, url } = connection.open ?? (await this.#ask(asked, () => !this.#isExtra(connection)));
    connection.open = undefined;
    connection.isProven = true;
    const { stallTimeoutMs } = this.#parts;
    try {
      const from = { answer, url: url.reveal(), stallTimeoutMs, signal: this.#signal };
      await readStream(from, async chunk => {
        await this.#take(segment, chunk);
        return segment.isWhole ? 'stop' : undefined;
      });
    } finally {
      answer.body.destroy();
    }
    if (segment.isWhole) return;
    throw storageFault('The storage closed the connection before the end of the part that was asked for.');
  }

  async #take(segment: Segment, chunk: Buffer): Promise<void> {
    const { file, plan, totalBytes } = this.#parts;
    const atByte = segment.takenToByte;
    const bytes = chunk.subarray(0, segment.take(chunk.length));
    await file.place(bytes, atByte, totalBytes - plan.writtenBytes);
    segment.wrote();
    this.#parts.onProgress(plan.writtenBytes);
    if (this.#isAbsorbing) return;
    this.#isAbsorbing = true;
    try {
      await file.absorb(Math.min(plan.frontByte, file.progress.haveBytes + ABSORB_BYTES));
    } finally {
      this.#isAbsorbing = false;
    }
  }

  #ask(asked: { fromByte: number; endByte: number }, renews: () => boolean): Promise<OpenPart> {
    const { source, etag, totalBytes, clock } = this.#parts;
    const from = { source, signal: this.#signal, wallMs: clock.wallMs };
    return requestPart({ ...asked, totalBytes, etag }, renews, from);
  }

  /** One that has brought nothing yet, while others do. */
  #isExtra({ isProven }: Connection): boolean {
    return !isProven && this.#holders > 1;
  }

  /**
   * How long to pause after a fault before the next try; undefined where the others do without this connection, which
   * then must leave at once, before another one decides the same. The last one never does.
   * @throws what ends all connections
   */
  #pauseMs(connection: Connection, error: unknown): number | undefined {
    if (this.#signal.aborted) throw this.#signal.reason;
    const { plan, source, maxOutageMs, totalBytes, onFault } = this.#parts;
    const verdict = error instanceof Refused ? error.verdict : undefined;
    const fault = error instanceof Refused ? error.fault : error;
    if (source.isFinal(fault) || !(fault instanceof ExplainedError)) throw fault;
    if (this.#isExtra(connection)) return undefined;
    if (verdict === 'yield' && this.#holders > 1) return undefined;
    if (verdict === 'give_up' || !fault.retryable) throw fault;
    const { segment, patience } = connection;
    if (segment.writtenToByte > connection.faultedAtByte) patience.progress();
    connection.faultedAtByte = segment.writtenToByte;
    const haveBytes = plan.writtenBytes;
    const nextTryInMs = patience.pauseAfterFault(fault.retryAfterMs);
    if (nextTryInMs !== undefined) onFault({ error: fault, haveBytes, nextTryInMs });
    // As long as others bring bytes, this is no outage.
    else if (this.#holders < 2) throw gaveUp(fault, { maxOutageMs, haveBytes, totalBytes });
    return nextTryInMs;
  }
}
