// Words for what presigned storage answers and how a download ends badly; must not decide what to do about it.

import { type ErrorDetails, type Explanation, StorageError, whatHappened } from '../errors.js';
import { timeLimit } from '../http/time-limit.js';
import type { HttpResponse } from '../http/transport.js';

const TRY_AGAIN = 'Re-run the job with the same retrain_job_id: the training is done and is not repeated.';
const MAX_ERROR_BODY_BYTES = 64 * 1024;
const ERROR_BODY_TIMEOUT_MS = 1_000;

/** A passing fault of storage, retried while the outage window is open. */
export function storageFault(what: string, details: ErrorDetails = {}): StorageError {
  const likelyCause = 'The storage behind the download_url, or the network to it, is failing.';
  return new StorageError({ what, likelyCause, nextStep: TRY_AGAIN }, { ...details, retryable: true });
}

/** The final error after `fault` went on for too long. */
export function gaveUp(
  fault: Error,
  context: { maxOutageMs: number; haveBytes: number; totalBytes?: number | undefined },
): StorageError {
  const arrived = `${context.haveBytes} of ${context.totalBytes ?? 'an unknown number of'} bytes had arrived`;
  const minutes = context.maxOutageMs / 60_000;
  const explanation = {
    what: `The results could not be downloaded; gave up after ${Number(minutes.toFixed(2))} min without progress (max_outage_minutes). ${whatHappened(fault)} ${arrived}.`,
    likelyCause: 'The storage behind the download_url, or the network to it, is failing.',
    nextStep: TRY_AGAIN,
  };
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
  empty: {
    what: 'The results file is empty: the storage sent a body without a byte.',
    likelyCause: 'The vendor has not written the file, or lost it.',
    nextStep: TRY_AGAIN,
  },
  markup: {
    what: 'The storage sent an HTML or XML page in place of the results file.',
    likelyCause:
      'A proxy or a login page answered instead of the storage, or the storage reports an error as a page.',
    nextStep: 'Check that the runner reaches the storage directly (proxy, firewall), then re-run the job.',
  },
  redirects: {
    what: 'The storage redirected more than 5 times.',
    likelyCause: 'The redirects lead in a circle.',
    nextStep: TRY_AGAIN,
  },
} as const satisfies Record<string, Explanation>;

/** The file arrived whole twice, the same both times, and is not what storage says it is. */
export function checksumError(expected: string, actual: string): StorageError {
  return new StorageError({
    what: `The results file is not what the storage announced: MD5 ${actual}, announced ${expected}.`,
    likelyCause: 'The file was damaged on the way or at rest, or something on the way rewrites it.',
    nextStep: TRY_AGAIN,
  });
}

/** The file came twice with neither a length nor a checksum, and is no ZIP whose end could be recognized. */
export function unprovenError(): StorageError {
  return new StorageError({
    what: 'The storage sent neither a length nor a checksum, so that a cut cannot be told from the end of the file.',
    likelyCause: 'A proxy on the way strips Content-Length.',
    nextStep: 'Let the runner reach the storage without that proxy (NO_PROXY), then re-run the job.',
  });
}

/** An answer that no repetition mends. */
export function finalAnswer(what: string): StorageError {
  const likelyCause = 'The download_url does not point at a file that can be fetched.';
  return new StorageError({ what, likelyCause, nextStep: TRY_AGAIN });
}
