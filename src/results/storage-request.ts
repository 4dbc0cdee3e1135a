// One request to storage and the reading of its body, each within its own time; must not know what the bytes are.
import { ExplainedError } from '../errors.js';
import { networkError } from '../http/network-error.js';
import { timeLimit } from '../http/time-limit.js';
import type { HttpResponse, Transport } from '../http/transport.js';

/**
 * The head of the answer, within `firstByteTimeoutMs`; its body is open.
 * @throws NetworkError, or the signal's reason on abort
 */
export async function requestStorage(
  { url, headers }: { url: URL; headers: Readonly<Record<string, string>> },
  firstByteTimeoutMs: number,
  { transport, signal }: { transport: Transport; signal: AbortSignal },
): Promise<HttpResponse> {
  const limit = timeLimit(firstByteTimeoutMs, signal);
  // The head's time limit must not cut the body, which has its own.
  const request = new AbortController();
  const cut = () => request.abort(limit.signal.reason);
  limit.signal.addEventListener('abort', cut, { once: true });
  if (limit.signal.aborted) cut();
  try {
    return await transport({ method: 'GET', url, headers, signal: request.signal });
  } catch (error) {
    throw signal.aborted ? signal.reason : asFault(error, url);
  } finally {
    limit.signal.removeEventListener('abort', cut);
    limit.dispose();
  }
}

/**
 * Hands the body on chunk by chunk; no silence may be longer than `stallTimeoutMs`. Where `take` says `stop`, the body
 * stays open at the next chunk, and reading may go on.
 * @throws NetworkError when it breaks off or stalls, what `take` throws, or the signal's reason on abort
 */
export async function readStream(
  from: { answer: HttpResponse; url: URL; stallTimeoutMs: number; signal: AbortSignal },
  take: (chunk: Buffer) => Promise<'stop' | undefined>,
): Promise<'ended' | 'stopped'> {
  const { body } = from.answer;
  const stall = timeLimit(from.stallTimeoutMs, from.signal);
  const cut = () => body.destroy(stall.signal.reason);
  stall.signal.addEventListener('abort', cut, { once: true });
  if (stall.signal.aborted) cut();
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      stall.restart();
      if ((await take(chunk)) !== 'stop') continue;
      // A fault that nobody listens to would end the process; whoever reads on meets it then.
      body.on('error', () => {});
      return 'stopped';
    }
    return 'ended';
  } catch (error) {
    if (from.signal.aborted) throw from.signal.reason;
    throw asFault(stall.signal.aborted ? stall.signal.reason : error, from.url);
  } finally {
    stall.signal.removeEventListener('abort', cut);
    stall.dispose();
  }
}

/** What broke off the transfer; errors that explain themselves (disk, proxy login, certificate) stay as they are. */
function asFault(error: unknown, url: URL): Error {
  return error instanceof ExplainedError ? error : networkError(error, url);
}
