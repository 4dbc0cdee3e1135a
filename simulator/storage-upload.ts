// Takes one PUT to the storage in constant memory; knows no URL, no signature and no job.
import { createHash } from 'node:crypto';
import { type Answer, resetConnection } from './answer.js';
import { MAX_UPLOAD_BYTES } from './assumptions.js';
import { bodyOf, type Exchange } from './recorder.js';
import { errorXml } from './s3-error.js';
import type { StorageScript, StoredUpload } from './scenario.js';

const KEPT_UPLOAD_BYTES = 32 * 1024 ** 2;

export type ReceivedUpload =
  | { kind: 'complete'; content: Omit<StoredUpload, 'jobId' | 'fileName'>; etag: string }
  | { kind: 'refused'; answer: Answer }
  /** The connection is gone or silent on purpose: there is nobody to answer. */
  | { kind: 'broken' };

/** Reads the body to its end, or as far as the script's fault lets it. */
export async function receiveUpload(exchange: Exchange, script: StorageScript): Promise<ReceivedUpload> {
  const refusal = refusalOf(exchange);
  if (refusal !== undefined) return { kind: 'refused', answer: refusal };
  const sha256 = createHash('sha256');
  const md5 = createHash('md5');
  let kept: Buffer[] | undefined = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of bodyOf(exchange)) {
      sizeBytes += chunk.length;
      if (breaksAt(script, sizeBytes)) {
        if (script.fault === 'cut') resetConnection(exchange);
        return { kind: 'broken' };
      }
      sha256.update(chunk);
      md5.update(chunk);
      if (sizeBytes < KEPT_UPLOAD_BYTES) kept?.push(chunk);
      else kept = undefined;
    }
  } catch {
    return { kind: 'broken' };
  }
  const bytes = kept && Buffer.concat(kept);
  return {
    kind: 'complete',
    content: { sizeBytes, sha256: sha256.digest('hex'), bytes },
    etag: `"${md5.digest('hex')}"`,
  };
}

function refusalOf(exchange: Exchange): Answer | undefined {
  const length = exchange.request.headers['content-length'];
  if (length === undefined) {
    const body = errorXml('MissingContentLength', 'You must provide the Content-Length HTTP header.');
    return { httpStatus: 411, body };
  }
  if (Number(length) <= MAX_UPLOAD_BYTES) return undefined;
  return {
    httpStatus: 400,
    body: errorXml('EntityTooLarge', 'Your proposed upload exceeds the maximum size.'),
  };
}

function breaksAt(script: StorageScript, receivedBytes: number): boolean {
  const isBroken = script.fault === 'cut' || script.fault === 'stall';
  return isBroken && receivedBytes > (script.afterBytes ?? 0);
}
