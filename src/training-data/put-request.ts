// One PUT of a file to storage, within its own times; must not know what an answer means.
import { ExplainedError } from '../errors.js';
import { networkError } from '../http/network-error.js';
import { type TimeLimit, timeLimit } from '../http/time-limit.js';
import type { HttpResponse, Transport } from '../http/transport.js';
import type { DataFile, Sent } from './data-file.js';

export interface PutLimits {
  /** The longest time without a piece of the file going out. */
  readonly stallTimeoutMs: number;
  /** From the last piece to the answer. */
  readonly answerTimeoutMs: number;
}

export interface PutParts {
  readonly transport: Transport;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: { haveBytes: number; totalBytes: number }) => void;
}

/**
 * Sends the whole file; its answer's body is open. No Content-Type is sent: a URL may be signed for one, and which is
 * not documented. `sent.sha256` is undefined when the answer came before all bytes had gone out.
 * @throws NetworkError, StorageError when the file changed, or the signal's reason
 */
export async function putFile(
  { file, url }: { file: DataFile; url: URL },
  limits: PutLimits,
  { transport, signal, onProgress }: PutParts,
): Promise<{ answer: HttpResponse; sent: Sent }> {
  const request = new AbortController();
  let limit: TimeLimit | undefined;
  const allow = (limitMs: number) => {
    limit?.dispose();
    limit = timeLimit(limitMs, signal);
    const { signal: over } = limit;
    if (over.aborted) request.abort(over.reason);
    over.addEventListener('abort', () => request.abort(over.reason), { once: true });
  };
  allow(limits.stallTimeoutMs);
  const { stream, sent } = file.read(({ bytes, sha256 }) => {
    if (sha256 === undefined) limit?.restart();
    else allow(limits.answerTimeoutMs);
    onProgress?.({ haveBytes: bytes, totalBytes: file.sizeBytes });
  });
  try {
    const body = { stream, sizeBytes: file.sizeBytes };
    const answer = await transport({ method: 'PUT', url, headers: {}, body, signal: request.signal });
    return { answer, sent };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof ExplainedError ? error : networkError(error, url);
  } finally {
    limit?.dispose();
    stream.destroy();
  }
}
