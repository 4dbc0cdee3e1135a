// One request for one part of the file, its answer judged; must not know what becomes of the part.
import { ExplainedError } from '../errors.js';
import { retryAfterMs } from '../http/retry-after.js';
import type { HttpResponse } from '../http/transport.js';
import type { PresignedUrl } from './presigned-url.js';
import { judgeWantedPart, type PartVerdict, type WantedPart } from './storage-answer.js';
import { answerText, describeAnswer, storageFault } from './storage-fault.js';
import type { StorageSource } from './storage-source.js';

/** An answer that is no part of the file, and what it stands for. */
export class Refused extends Error {
  readonly verdict: PartVerdict['do'];
  readonly fault: ExplainedError;

  constructor(verdict: PartVerdict['do'], fault: ExplainedError) {
    super(fault.message);
    this.verdict = verdict;
    this.fault = fault;
  }
}

/** An answer that is open at the first byte of a part. */
export interface OpenPart {
  readonly answer: HttpResponse;
  readonly url: PresignedUrl;
}

/**
 * Asks for the part; `renews` is whether a URL that holds no more is replaced.
 * @throws Refused, NetworkError, what {@link StorageSource.renew} throws, the signal's reason
 */
export async function requestPart(
  wanted: WantedPart,
  renews: () => boolean,
  { source, signal, wallMs }: { source: StorageSource; signal: AbortSignal; wallMs: () => number },
): Promise<OpenPart> {
  const range = `bytes=${wanted.fromByte}-${wanted.endByte - 1}`;
  const headers = { accept: '*/*', 'accept-encoding': 'identity', range, 'if-range': wanted.etag };
  for (;;) {
    const { answer, verdict, url } = await source.ask<PartVerdict>(
      headers,
      (statusCode, given) => judgeWantedPart(statusCode, given, wanted),
      signal,
    );
    if (verdict.do === 'take') return { answer, url };
    if (verdict.do !== 'refresh' || !renews()) throw await refusal(answer, verdict.do);
    await source.renew(url, answer);
  }

  async function refusal(answer: HttpResponse, verdict: PartVerdict['do']): Promise<Refused> {
    // Of what is given up only the status counts: its body may be the whole file.
    const text = verdict === 'give_up' ? '' : await answerText(answer, signal);
    answer.body.destroy();
    const what = describeAnswer(answer, text);
    const told = verdict === 'give_up' ? `${what} That is not the part that was asked for.` : what;
    return new Refused(verdict, storageFault(told, { retryAfterMs: retryAfterMs(answer.headers, wallMs()) }));
  }
}

/** Whether storage or the network is at fault, not this program. */
export function isFault(error: unknown): error is Refused | ExplainedError {
  return error instanceof Refused || error instanceof ExplainedError;
}
