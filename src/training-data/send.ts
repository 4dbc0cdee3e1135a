// Brings a file to presigned storage, from its first byte at every try, until it is there; must not know the API.
import { ExplainedError, NetworkError } from '../errors.js';
import { retryAfterMs } from '../http/retry-after.js';
import type { HttpResponse } from '../http/transport.js';
import type { PresignedUrl } from '../results/presigned-url.js';
import { answerText, describeAnswer, saidIn } from '../results/storage-fault.js';
import { isTooLongToWait, TransferPatience } from '../waiting/transfer-patience.js';
import type { DataFile, Sent } from './data-file.js';
import { judgePut } from './put-answer.js';
import { type PutLimits, type PutParts, putFile } from './put-request.js';
import { finalUploadAnswer, gaveUpUpload, pageError, tooManyRedirects, uploadFault } from './upload-fault.js';

export interface SendLimits extends PutLimits {
  /** From the first failed try on: a PUT starts over, so how far one got is no progress. */
  readonly maxOutageMs: number;
}

export interface SendParts extends PutParts {
  readonly random: () => number;
  /** Asks the API for a fresh upload_url. */
  readonly refreshUrl: () => Promise<PresignedUrl>;
  readonly onFault?: (fault: { error: Error; haveBytes: number; nextTryInMs: number }) => void;
}

/** The longest time without a piece of the file going out. */
export const STALL_TIMEOUT_MS = 60_000;
/**
 * Storage that refuses by the headers alone answers and hangs up while the body is still being sent, and the broken
 * line is all that is seen of it (measured: Node loses such an answer every time). After a broken line the body
 * therefore waits this long for an answer, its first byte sent.
 */
const HOLD_MS = 2_000;
/** What is smaller is in the buffers of the system before an answer can come. */
const HOLD_FROM_BYTES = 64 * 1024;
const MAX_REDIRECTS = 5;
const MAX_REFRESHES = 3;
const HTML_PAGE = /<(?:!doctype\s+html|html|head|title|body)\b/i;
const HTML_TYPE = /^\s*(?:text\/html|application\/xhtml\+xml)\b/i;

/**
 * Sends the file; resolves when storage has all of it.
 * @returns the SHA-256 of the bytes sent, lower-case hex
 * @throws StorageError (`upload_error`), NetworkError for a proxy login or a certificate, the signal's reason
 */
export async function send(
  what: { file: DataFile; url: PresignedUrl },
  limits: SendLimits,
  parts: SendParts,
): Promise<string> {
  return new Sending(what, limits, parts).run();
}

class Sending {
  readonly #file: DataFile;
  readonly #limits: SendLimits;
  readonly #parts: SendParts;
  readonly #patience: TransferPatience;
  #url: PresignedUrl;
  #refreshes = 0;
  #sentBytes = 0;
  #holdMs = 0;

  constructor(what: { file: DataFile; url: PresignedUrl }, limits: SendLimits, parts: SendParts) {
    this.#file = what.file;
    this.#url = what.url;
    this.#limits = limits;
    this.#parts = parts;
    this.#patience = new TransferPatience(limits.maxOutageMs, parts);
  }

  async run(): Promise<string> {
    for (;;) {
      const outcome = await this.#try().catch(error => this.#recover(error));
      if (outcome === undefined) continue;
      if (typeof outcome === 'string') return outcome;
      // Outside of the catch above: what the API answers now is final.
      await this.#refresh(outcome.stale);
    }
  }

  /** One PUT, redirects followed. @returns the SHA-256, or what a stale URL was answered with */
  async #try(): Promise<string | { stale: string }> {
    this.#patience.startTry();
    this.#sentBytes = 0;
    let url = this.#url;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const { answer, sent } = await putFile(
        { file: this.#file, url: url.reveal(), holdMs: this.#holdMs },
        this.#limits,
        {
          ...this.#parts,
          onProgress: progress => {
            this.#sentBytes = progress.haveBytes;
            this.#parts.onProgress?.(progress);
          },
        },
      );
      const text = await answerText(answer, this.#parts.signal);
      this.#parts.signal.throwIfAborted();
      const verdict = judgePut(answer.statusCode, answer.headers, saidIn(text).code);
      if (verdict.do === 'done') return whole(answer, text, sent);
      const what = describeAnswer(answer, text);
      if (verdict.do === 'refresh') return { stale: what };
      if (verdict.do === 'fail') throw finalUploadAnswer(what);
      if (verdict.do === 'retry') {
        const askedMs = retryAfterMs(answer.headers, this.#parts.clock.wallMs());
        throw uploadFault(what, { retryAfterMs: askedMs });
      }
      url = url.follow(verdict.location);
    }
    throw tooManyRedirects();
  }

  async #refresh(what: string): Promise<void> {
    if (this.#refreshes >= MAX_REFRESHES)
      throw finalUploadAnswer(`${what} A fresh upload_url did not help ${MAX_REFRESHES} times.`);
    this.#refreshes += 1;
    const nextTryInMs = this.#refreshes === 1 ? 0 : this.#patience.backoffMs(this.#refreshes - 1);
    this.#tell(
      uploadFault(`${what} Asking for a fresh upload_url, which is that of a new retrain job.`),
      nextTryInMs,
    );
    if (nextTryInMs > 0) await this.#parts.clock.sleep(nextTryInMs, this.#parts.signal);
    this.#url = await this.#parts.refreshUrl();
  }

  /** Pauses before the next try, or throws when there is none. */
  async #recover(error: unknown): Promise<undefined> {
    if (this.#parts.signal.aborted) throw this.#parts.signal.reason;
    if (!(error instanceof ExplainedError) || !error.retryable) throw error;
    const nextTryInMs = this.#patience.pauseAfterFault(error.retryAfterMs);
    if (nextTryInMs === undefined) {
      const { maxOutageMs } = this.#limits;
      const tooLongMs = isTooLongToWait(error.retryAfterMs, maxOutageMs) ? error.retryAfterMs : undefined;
      throw gaveUpUpload(error, { maxOutageMs, tooLongMs });
    }
    this.#tell(error, nextTryInMs);
    const isLong = this.#file.sizeBytes >= HOLD_FROM_BYTES;
    this.#holdMs = error instanceof NetworkError && isLong ? HOLD_MS : 0;
    await this.#parts.clock.sleep(nextTryInMs, this.#parts.signal);
  }

  #tell(error: Error, nextTryInMs: number): void {
    this.#parts.onFault?.({ error, haveBytes: this.#sentBytes, nextTryInMs });
  }
}

/** The proof that storage has the file, as far as its answer can give one. */
function whole(answer: HttpResponse, text: string, sent: Sent): string {
  const isPage =
    HTML_PAGE.test(text) || (text !== '' && HTML_TYPE.test(answer.headers['content-type'] ?? ''));
  if (isPage) throw pageError(answer.statusCode);
  if (sent.sha256 !== undefined) return sent.sha256;
  throw uploadFault(`The storage answered with HTTP ${answer.statusCode} before it had all of the file.`);
}
