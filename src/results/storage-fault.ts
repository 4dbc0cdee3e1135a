// Words for what presigned storage answers and how a download ends badly; must not decide what to do about it.

import { type ErrorDetails, explain, StorageError, whatHappened } from '../errors.js';
import { timeLimit } from '../http/time-limit.js';
import type { HttpResponse } from '../http/transport.js';
import { DOWNLOAD } from '../messages/storage.js';

const MAX_ERROR_BODY_BYTES = 64 * 1024;
const ERROR_BODY_TIMEOUT_MS = 1_000;

/** A passing fault of storage, retried while the outage window is open. */
export function storageFault(what: string, details: ErrorDetails = {}): StorageError {
  const explanation = explain(DOWNLOAD.fault, { whatTheStorageDid: what });
  return new StorageError(explanation, { ...details, retryable: true });
}

/** The final error after `fault` went on for too long. */
export function gaveUp(
  fault: Error,
  context: { maxOutageMs: number; haveBytes: number; totalBytes?: number | undefined },
): StorageError {
  const explanation = explain(DOWNLOAD.gaveUp, {
    minutes: Number((context.maxOutageMs / 60_000).toFixed(2)),
    whatTheStorageDid: whatHappened(fault),
    haveBytes: context.haveBytes,
    totalBytes: context.totalBytes ?? 'an unknown number of',
  });
  return new StorageError(explanation, { cause: fault });
}

/** The beginning of an answer's body, as far as it comes within a second: enough to tell what it is. */
export async function answerText(answer: HttpResponse, signal: AbortSignal): Promise<string> {
  const limit = timeLimit(ERROR_BODY_TIMEOUT_MS, signal);
  const cut = () => answer.body.destroy();
  limit.signal.addEventListener('abort', cut, { once: true });
  if (limit.signal.aborted) cut();
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes >= MAX_ERROR_BODY_BYTES) break;
    }
  } catch {
    // The status is the answer; its explanation broke off on the way, and what came of it still tells a page.
  } finally {
    limit.dispose();
    answer.body.destroy();
  }
  return Buffer.concat(chunks).toString('utf8', 0, MAX_ERROR_BODY_BYTES);
}

/** Code and message of an S3-like error body, where there are such. */
export function saidIn(text: string): { code: string | undefined; message: string | undefined } {
  const field = (name: string) => new RegExp(`<${name}>([^<]{1,300})</${name}>`).exec(text)?.[1];
  return { code: field('Code'), message: field('Message') };
}

/** What an error answer of storage says, in one line: its HTTP status, and the code and message of S3-like XML. */
export function describeAnswer({ statusCode }: Pick<HttpResponse, 'statusCode'>, text: string): string {
  const { code, message } = saidIn(text);
  const said = [code, message].filter(Boolean).join(': ');
  return `The storage answered with HTTP ${statusCode}${said ? ` (${said})` : ''}.`;
}

export const FINAL_FAULTS = {
  empty: explain(DOWNLOAD.empty, {}),
  markup: explain(DOWNLOAD.markup, {}),
  redirects: explain(DOWNLOAD.redirects, {}),
} as const;

/** The file arrived whole twice, the same both times, and is not what storage says it is. */
export function checksumError(expected: string, actual: string): StorageError {
  return new StorageError(explain(DOWNLOAD.checksum, { actual, announced: expected }));
}

/** The file came twice with neither a length nor a checksum, and is no ZIP whose end could be recognized. */
export function unprovenError(): StorageError {
  return new StorageError(explain(DOWNLOAD.unproven, {}));
}

/** An answer that no repetition mends. */
export function finalAnswer(what: string): StorageError {
  return new StorageError(explain(DOWNLOAD.refused, { whatTheStorageDid: what }));
}
