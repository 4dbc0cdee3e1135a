// Where the file is asked for: the URL that holds now, its redirects, its renewal; must not know what is missing.
import type { IncomingHttpHeaders } from 'node:http';
import { StorageError } from '../errors.js';
import type { HttpResponse, Transport } from '../http/transport.js';
import type { Clock } from '../waiting/clock.js';
import { backoffMs } from '../waiting/pause.js';
import type { PresignedUrl } from './presigned-url.js';
import { answerText, describeAnswer, FINAL_FAULTS, finalAnswer, storageFault } from './storage-fault.js';
import { requestStorage } from './storage-request.js';

const MAX_REDIRECTS = 5;
const MAX_REFRESHES = 3;

export interface SourceParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly firstByteTimeoutMs: number;
  /** Asks the API for a fresh download_url. */
  readonly refreshUrl: () => Promise<PresignedUrl>;
  /** Told before the pause that precedes a renewal. */
  readonly onRenewal: (renewal: { error: Error; nextTryInMs: number }) => void;
}

/** What to do with an answer; following a redirect is done here. */
type Judge<V> = (statusCode: number, headers: IncomingHttpHeaders) => V;
type Redirect = { readonly do: 'follow'; readonly location: string };

export interface Asked<V> {
  readonly answer: HttpResponse;
  readonly verdict: Exclude<V, Redirect>;
  /** The URL that was asked, before redirects. */
  readonly url: PresignedUrl;
}

/** The storage behind one download_url and those that replace it; shared by all connections of a download. */
export class StorageSource {
  readonly #parts: SourceParts;
  #url: PresignedUrl;
  #refreshes = 0;
  #renewing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(url: PresignedUrl, parts: SourceParts) {
    this.#url = url;
    this.#parts = parts;
  }

  get url(): PresignedUrl {
    return this.#url;
  }

  /** Whether `error` ended a renewal: what the API answers is final here, it has been patient already. */
  isFinal(error: unknown): boolean {
    return this.#failure?.error === error;
  }

  /** @throws StorageError for redirects that cannot be followed, NetworkError, the signal's reason */
  async ask<V extends { readonly do: string }>(
    headers: Readonly<Record<string, string>>,
    judge: Judge<V | Redirect>,
    signal: AbortSignal,
  ): Promise<Asked<V>> {
    const { transport, firstByteTimeoutMs } = this.#parts;
    const asked = this.#url;
    let url = asked;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const request = { url: url.reveal(), headers };
      const answer = await requestStorage(request, firstByteTimeoutMs, { transport, signal });
      const verdict = judge(answer.statusCode, answer.headers);
      if (!isRedirect(verdict)) return { answer, verdict: verdict as Exclude<V, Redirect>, url: asked };
      answer.body.destroy();
      url = url.follow(verdict.location);
    }
    throw new StorageError(FINAL_FAULTS.redirects);
  }

  /**
   * Gets a fresh URL in place of `refused`, for which storage gave `answer`; once for all that were refused with it.
   * @throws StorageError when that was done three times, or what the API's answer means; see {@link isFinal}
   */
  async renew(refused: PresignedUrl, answer: HttpResponse): Promise<void> {
    if (this.#url !== refused) return void answer.body.destroy();
    if (this.#renewing !== undefined) answer.body.destroy();
    this.#renewing ??= this.#renewOnce(answer)
      .catch(error => {
        this.#failure = { error };
        throw error;
      })
      .finally(() => {
        this.#renewing = undefined;
      });
    await this.#renewing;
  }

  async #renewOnce(answer: HttpResponse): Promise<void> {
    const { clock, random, signal, refreshUrl, onRenewal } = this.#parts;
    const what = describeAnswer(answer, await answerText(answer, signal));
    if (this.#refreshes >= MAX_REFRESHES)
      throw finalAnswer(`${what} A fresh download_url did not help ${MAX_REFRESHES} times.`);
    this.#refreshes += 1;
    const faultsInARow = this.#refreshes - 1;
    const nextTryInMs = faultsInARow === 0 ? 0 : backoffMs({ faultsInARow, random: random() });
    onRenewal({ error: storageFault(`${what} Asking for a fresh download_url.`), nextTryInMs });
    if (nextTryInMs > 0) await clock.sleep(nextTryInMs, signal);
    this.#url = await refreshUrl();
  }
}

function isRedirect(verdict: { readonly do: string }): verdict is Redirect {
  return verdict.do === 'follow';
}
