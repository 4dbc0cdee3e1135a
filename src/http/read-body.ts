// Reads a small body whole, but never more than a limit; must not know what it says.
import type { IncomingMessage } from 'node:http';

/**
 * The body's bytes, or undefined when there are more than `maxBytes` (the rest is not read). Rejects with what
 * the stream ends with when it breaks off or its request is aborted; the stream is closed on every way out.
 */
export async function readBody(body: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } finally {
    body.destroy();
  }
}
