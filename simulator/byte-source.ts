// Files of any size that can be read from any place without being whole in memory; knows no HTTP.
import { createCipheriv, createHash } from 'node:crypto';

const PIECE_BYTES = 256 * 1024;
const CIPHER_BLOCK_BYTES = 16;

/** A file of known size; `read` gives bytes `start` up to but not including `end`. */
export interface ByteSource {
  sizeBytes: number;
  read(start: number, end: number): Buffer;
}

/** A half-open part of a file, in bytes. */
export interface ByteSpan {
  start: number;
  end: number;
}

export function bufferSource(bytes: Buffer): ByteSource {
  return { sizeBytes: bytes.length, read: (start, end) => bytes.subarray(start, end) };
}

/** Pseudo-random bytes that do not compress, the same for the same size at every run. */
export function generatedSource(sizeBytes: number): ByteSource {
  return { sizeBytes, read: keystream };
}

/** The span in pieces small enough to be sent one by one. */
export function* piecesOf(source: ByteSource, span: ByteSpan, pieceBytes = PIECE_BYTES): Generator<Buffer> {
  for (let start = span.start; start < span.end; start += pieceBytes) {
    yield source.read(start, Math.min(start + pieceBytes, span.end));
  }
}

/** Digest of the whole file; blocks while it reads. */
export function digestOf(source: ByteSource, algorithm: 'md5' | 'sha256'): Buffer {
  const hash = createHash(algorithm);
  for (const piece of piecesOf(source, { start: 0, end: source.sizeBytes })) hash.update(piece);
  return hash.digest();
}

// A counter-mode keystream can be entered at any block, which is what makes ranges cheap.
function keystream(start: number, end: number): Buffer {
  const firstBlock = Math.floor(start / CIPHER_BLOCK_BYTES);
  const skippedBytes = start - firstBlock * CIPHER_BLOCK_BYTES;
  const counter = Buffer.alloc(CIPHER_BLOCK_BYTES);
  counter.writeBigUInt64BE(BigInt(firstBlock), 8);
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), counter);
  return cipher.update(Buffer.alloc(skippedBytes + end - start)).subarray(skippedBytes);
}
