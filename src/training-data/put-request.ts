// One PUT of a file to storage, within its own times; must not know what an answer means.
import { ExplainedError } from '../errors.js';
import { networkError } from '../http/network-error.js';
import { type TimeLimit, timeLimit } from '../http/time-limit.js';
import type { HttpResponse, Transport } from '../http/transport.js';
import type { Clock } from '../waiting/clock.js';
import type { DataFile, Sent } from './data-file.js';

export interface PutLimits {
  /** The longest time without a piece of the file going out. */
  readonly stallTimeoutMs: number;
  /** From the last piece to the answer. */
  readonly answerTimeoutMs: number;
}

/** What is sent where. */
export interface Put {
  readonly file: DataFile;
  readonly url: URL;
  /** How long the second byte waits for an answer to the headers; Node sends them with the first. */
  readonly holdMs: number;
}

export interface PutParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: { haveBytes: number; totalBytes: number }) => void;
}

/**
 * Sends the whole file; its answer's body is open. No Content-Type is sent: a URL may be signed for one, and which is
 * not documented. `sent.sha256` is undefined when the answer came before all bytes had gone out.
 * @throws NetworkError, StorageError when the file changed, or the signal's reason
 */
export async function putFile(
  { file, url, holdMs }: Put,
  limits: PutLimits,
  { transport, clock, signal, onProgress }: PutParts,
): Promise<{ answer: HttpResponse; sent: Sent }> {
  const request = new AbortController();
  let limit: TimeLimit | undefined;
  const allow = (limitMs: number) => {
    limit?.dispose();
    limit = timeLimit(limitMs, signal);
    const { signal: timeUp } = limit;
    if (timeUp.aborted) request.abort(timeUp.reason);
    timeUp.addEventListener('abort', () => request.abort(timeUp.reason), { once: true });
  };
  allow(limits.stallTimeoutMs);
  const onSent = ({ bytes, sha256 }: Sent) => {
    if (sha256 === undefined) limit?.restart();
    else allow(limits.answerTimeoutMs);
    onProgress?.({ haveBytes: bytes, totalBytes: file.sizeBytes });
  };
  const over = new AbortController();
  const hold = () => clock.sleep(holdMs, over.signal).catch(() => {});
  const { stream, sent } = file.read({ onSent, afterFirstByte: holdMs > 0 ? hold : undefined });
  try {
    const body = { stream, sizeBytes: file.sizeBytes };
    const answer = await transport({ method: 'PUT', url, headers: {}, body, signal: request.signal });
    return { answer, sent };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof ExplainedError ? error : networkError(error, url);
  } finally {
    limit?.dispose();
    over.abort();
    stream.destroy();
  }
}
