// Fetches the results file from presigned storage, resuming until it is whole; must not know the API or GitHub.
import { type ErrorDetails, ExplainedError, StorageError } from '../errors.js';
import { retryAfterMs } from '../http/retry-after.js';
import type { HttpResponse, Transport } from '../http/transport.js';
import type { TemporaryFiles } from '../temporary-files.js';
import type { Clock } from '../waiting/clock.js';
import { TransferPatience } from '../waiting/transfer-patience.js';
import { ArrivingFile, type Proven } from './arriving-file.js';
import type { ContentKind } from './content-kind.js';
import { resultsFileName } from './file-name.js';
import type { PresignedUrl } from './presigned-url.js';
import { judgeAnswer, type Verdict } from './storage-answer.js';
import {
  answerText,
  describeAnswer,
  FINAL_FAULTS,
  finalAnswer,
  gaveUp,
  storageFault,
} from './storage-fault.js';
import { readStream, requestStorage } from './storage-request.js';

export interface DownloadLimits {
  readonly maxOutageMs: number;
  /** Until the answer's head is there. */
  readonly firstByteTimeoutMs: number;
  /** The longest silence within a body. */
  readonly stallTimeoutMs: number;
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
const MAX_REDIRECTS = 5;
const MAX_REFRESHES = 3;

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
  #url: PresignedUrl;
  #name = '';
  #refreshes = 0;
  #highWaterBytes = 0;

  constructor(start: {
    url: PresignedUrl;
    file: ArrivingFile;
    limits: DownloadLimits;
    parts: DownloadParts;
  }) {
    this.#url = start.url;
    this.#file = start.file;
    this.#limits = start.limits;
    this.#parts = start.parts;
    this.#patience = new TransferPatience(start.limits.maxOutageMs, start.parts);
  }

  async run(): Promise<Downloaded> {
    for (;;) {
      const outcome = await this.#attempt().catch(error => this.#recover(error));
      if (outcome === undefined) continue;
      if ('sha256' in outcome)
        return { file: this.#file, name: this.#name, kind: this.#file.kind, ...outcome };
      // Outside of the catch above: what the API answers now is final.
      await this.#refresh(outcome.staleAnswer);
    }
  }

  /** One request and its body. */
  async #attempt(): Promise<Proven | { staleAnswer: HttpResponse }> {
    this.#patience.startTry();
    const { answer, verdict } = await this.#ask();
    if (verdict.do === 'refresh') return { staleAnswer: answer };
    if (verdict.do !== 'take' && verdict.do !== 'complete') throw await this.#refusal(answer, verdict);
    try {
      if (verdict.do === 'complete') this.#file.resume(this.#file.progress.haveBytes);
      else if (verdict.fromByte > 0) this.#file.resume(verdict.totalBytes);
      else {
        await this.#file.begin(answer.headers, verdict.totalBytes);
        this.#name = resultsFileName(answer.headers['content-disposition'], this.#url.reveal());
      }
      if (verdict.do === 'take') await this.#takeBody(answer);
    } finally {
      answer.body.destroy();
    }
    return await this.#file.verify();
  }

  /** The answer to a request for what is missing, redirects followed. */
  async #ask(): Promise<{ answer: HttpResponse; verdict: Verdict }> {
    const { haveBytes, validator } = this.#file.progress;
    if (haveBytes > 0 && validator === undefined) await this.#file.forget();
    const resumed = validator !== undefined && haveBytes > 0;
    const headers = {
      accept: '*/*',
      'accept-encoding': 'identity',
      ...(resumed ? { range: `bytes=${haveBytes}-`, 'if-range': validator } : {}),
    };
    let url = this.#url;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const answer = await requestStorage(
        { url: url.reveal(), headers },
        this.#limits.firstByteTimeoutMs,
        this.#parts,
      );
      const verdict = judgeAnswer(answer.statusCode, answer.headers, this.#file.progress);
      if (verdict.do !== 'follow') return { answer, verdict };
      answer.body.destroy();
      url = url.follow(verdict.location);
    }
    throw new StorageError(FINAL_FAULTS.redirects);
  }

  async #takeBody(answer: HttpResponse): Promise<void> {
    const { stallTimeoutMs } = this.#limits;
    const from = { answer, url: this.#url.reveal(), stallTimeoutMs, signal: this.#parts.signal };
    await readStream(from, async chunk => {
      await this.#file.take(chunk);
      this.#parts.onProgress?.(this.#file.progress);
    });
  }

  async #refresh(answer: HttpResponse): Promise<void> {
    const what = describeAnswer(answer, await answerText(answer, this.#parts.signal));
    if (this.#refreshes >= MAX_REFRESHES)
      throw finalAnswer(`${what} A fresh download_url did not help ${MAX_REFRESHES} times.`);
    this.#refreshes += 1;
    const nextTryInMs = this.#refreshes === 1 ? 0 : this.#patience.backoffMs(this.#refreshes - 1);
    this.#parts.onFault?.({
      error: storageFault(`${what} Asking for a fresh download_url.`),
      ...this.#file.progress,
      nextTryInMs,
    });
    if (nextTryInMs > 0) await this.#parts.clock.sleep(nextTryInMs, this.#parts.signal);
    this.#url = await this.#parts.refreshUrl();
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
