// Fetches the results file from presigned storage, resuming until it is whole; must not know the API or GitHub.
import type { IncomingHttpHeaders } from 'node:http';
import { type ErrorDetails, ExplainedError } from '../errors.js';
import { retryAfterMs } from '../http/retry-after.js';
import type { HttpResponse, Transport } from '../http/transport.js';
import type { TemporaryFiles } from '../temporary-files.js';
import type { Clock } from '../waiting/clock.js';
import { TransferPatience } from '../waiting/transfer-patience.js';
import { ArrivingFile, type Proven } from './arriving-file.js';
import type { ContentKind } from './content-kind.js';
import { resultsFileName } from './file-name.js';
import { downloadInParallel } from './parallel-download.js';
import type { OpenPart } from './part-request.js';
import type { PresignedUrl } from './presigned-url.js';
import { isWorthSplitting, PARALLEL, type Pace, type ParallelRules, SegmentPlan } from './segment-plan.js';
import { etagForParts, judgeAnswer, type Verdict } from './storage-answer.js';
import { answerText, describeAnswer, finalAnswer, gaveUp, storageFault } from './storage-fault.js';
import { readStream } from './storage-request.js';
import { type Asked, StorageSource } from './storage-source.js';

export interface DownloadLimits {
  readonly maxOutageMs: number;
  /** Until the answer's head is there. */
  readonly firstByteTimeoutMs: number;
  /** The longest silence within a body. */
  readonly stallTimeoutMs: number;
  /** When and how several connections are used; absent: {@link PARALLEL}. */
  readonly parallel?: ParallelRules;
}

export interface DownloadParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly temporaryFiles: TemporaryFiles;
  /** Asks the API for a fresh download_url. */
  readonly refreshUrl: () => Promise<PresignedUrl>;
  readonly onProgress?: (progress: { haveBytes: number; totalBytes: number | undefined }) => void;
  readonly onFault?: (fault: { error: Error; haveBytes: number; nextTryInMs: number }) => void;
}

export interface Downloaded {
  /** Whole, verified, still under its partial name: `finish` gives it the final one. */
  readonly file: ArrivingFile;
  /** A safe name; may lack an extension. */
  readonly name: string;
  readonly kind: ContentKind;
  readonly sizeBytes: number;
  readonly sha256: string;
}

export const STALL_TIMEOUT_MS = 60_000;

/**
 * Downloads into `directory`. The caller finishes or discards the file.
 * @throws StorageError when it cannot be had, NetworkError for a proxy login or a certificate, the signal's reason
 */
export async function download(
  target: { url: PresignedUrl; directory: string },
  limits: DownloadLimits,
  parts: DownloadParts,
): Promise<Downloaded> {
  const file = await ArrivingFile.create(target.directory, parts.temporaryFiles);
  try {
    return await new Download({ url: target.url, file, limits, parts }).run();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

class Download {
  readonly #file: ArrivingFile;
  readonly #limits: DownloadLimits;
  readonly #parts: DownloadParts;
  readonly #patience: TransferPatience;
  readonly #source: StorageSource;
  #name = '';
  #highWaterBytes = 0;
  /** Once in a download: storage that let several connections down is asked by one from then on. */
  #maySplit = true;

  constructor(start: {
    url: PresignedUrl;
    file: ArrivingFile;
    limits: DownloadLimits;
    parts: DownloadParts;
  }) {
    const { file, limits, parts } = start;
    this.#file = file;
    this.#limits = limits;
    this.#parts = parts;
    this.#patience = new TransferPatience(limits.maxOutageMs, parts);
    this.#source = new StorageSource(start.url, {
      ...parts,
      firstByteTimeoutMs: limits.firstByteTimeoutMs,
      onRenewal: ({ error, nextTryInMs }) =>
        parts.onFault?.({ error, haveBytes: file.progress.haveBytes, nextTryInMs }),
    });
  }

  async run(): Promise<Downloaded> {
    for (;;) {
      const outcome = await this.#attempt().catch(error => this.#recover(error));
      if (outcome !== undefined)
        return { file: this.#file, name: this.#name, kind: this.#file.kind, ...outcome };
    }
  }

  /** One request and its body; undefined where the URL had to be renewed. */
  async #attempt(): Promise<Proven | undefined> {
    this.#patience.startTry();
    const { answer, verdict, url } = await this.#ask();
    if (verdict.do === 'refresh') return void (await this.#source.renew(url, answer));
    if (verdict.do !== 'take' && verdict.do !== 'complete') throw await this.#refusal(answer, verdict);
    try {
      if (verdict.do === 'complete') this.#file.resume(this.#file.progress.haveBytes);
      else if (verdict.fromByte > 0) this.#file.resume(verdict.totalBytes);
      else {
        await this.#file.begin(answer.headers, verdict.totalBytes);
        this.#name = resultsFileName(answer.headers['content-disposition'], url.reveal());
      }
      if (verdict.do === 'take') await this.#takeBody({ answer, url });
    } finally {
      answer.body.destroy();
    }
    return await this.#file.verify();
  }

  /** The answer to a request for what is missing, redirects followed. */
  async #ask(): Promise<Asked<Verdict>> {
    const { haveBytes, validator } = this.#file.progress;
    if (haveBytes > 0 && validator === undefined) await this.#file.forget();
    const resumed = validator !== undefined && haveBytes > 0;
    const headers = {
      accept: '*/*',
      'accept-encoding': 'identity',
      ...(resumed ? { range: `bytes=${haveBytes}-`, 'if-range': validator } : {}),
    };
    const judge = (statusCode: number, given: IncomingHttpHeaders) =>
      judgeAnswer(statusCode, given, this.#file.progress);
    return await this.#source.ask<Verdict>(headers, judge, this.#parts.signal);
  }

  async #takeBody(open: OpenPart): Promise<void> {
    const { stallTimeoutMs, parallel: rules = PARALLEL } = this.#limits;
    const { clock, signal } = this.#parts;
    const { haveBytes: fromByte, totalBytes } = this.#file.progress;
    const etag = this.#maySplit ? etagForParts(open.answer.headers, this.#file.progress) : undefined;
    const startedMs = clock.monotonicMs();
    const pace = (): Pace => {
      const { haveBytes } = this.#file.progress;
      const leftBytes = (totalBytes ?? haveBytes) - haveBytes;
      return { elapsedMs: clock.monotonicMs() - startedMs, arrivedBytes: haveBytes - fromByte, leftBytes };
    };
    const from = { answer: open.answer, url: open.url.reveal(), stallTimeoutMs, signal };
    const end = await readStream(from, async chunk => {
      await this.#file.take(chunk);
      this.#parts.onProgress?.(this.#file.progress);
      return etag !== undefined && isWorthSplitting(pace(), rules) ? 'stop' : undefined;
    });
    if (end === 'ended' || etag === undefined || totalBytes === undefined) return;
    this.#maySplit = false;
    await this.#takeInParallel(open, { etag, totalBytes, pace: pace(), rules });
  }

  async #takeInParallel(
    open: OpenPart,
    version: { etag: string; totalBytes: number; pace: Pace; rules: ParallelRules },
  ): Promise<void> {
    const { totalBytes, rules } = version;
    const { onProgress, onFault } = this.#parts;
    const fromByte = this.#file.progress.haveBytes;
    await downloadInParallel(open, {
      ...this.#parts,
      ...this.#limits,
      ...version,
      file: this.#file,
      source: this.#source,
      plan: new SegmentPlan({ ...version, fromByte }, rules),
      connections: rules.connections,
      onProgress: haveBytes => onProgress?.({ haveBytes, totalBytes }),
      onFault: fault => onFault?.(fault),
    });
  }

  async #refusal(answer: HttpResponse, verdict: Verdict): Promise<Error> {
    const what = describeAnswer(answer, await answerText(answer, this.#parts.signal));
    if (verdict.do === 'fail') return finalAnswer(what);
    if (verdict.do === 'start_over') {
      await this.#file.forget();
      return storageFault(`${what} That is not the part that was asked for: starting over.`);
    }
    const details: ErrorDetails = { retryAfterMs: retryAfterMs(answer.headers, this.#parts.clock.wallMs()) };
    return storageFault(what, details);
  }

  /** Pauses before the next try, or throws when there is none. */
  async #recover(error: unknown): Promise<undefined> {
    if (this.#parts.signal.aborted) throw this.#parts.signal.reason;
    if (this.#source.isFinal(error)) throw error;
    if (!(error instanceof ExplainedError) || !error.retryable) throw error;
    await this.#file.flush();
    const { haveBytes, totalBytes } = this.#file.progress;
    if (haveBytes > this.#highWaterBytes) {
      this.#highWaterBytes = haveBytes;
      this.#patience.progress();
    }
    const nextTryInMs = this.#patience.pauseAfterFault(error.retryAfterMs);
    if (nextTryInMs === undefined)
      throw gaveUp(error, { maxOutageMs: this.#limits.maxOutageMs, haveBytes, totalBytes });
    this.#parts.onFault?.({ error, haveBytes, nextTryInMs });
    await this.#parts.clock.sleep(nextTryInMs, this.#parts.signal);
  }
}
