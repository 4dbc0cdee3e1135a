// A data file as it was when it was opened: reads it in order and notices every change; must not know where it goes.
import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { messageOf } from '../errors.js';
import { changedError, readError } from './upload-fault.js';

/** Small enough that a slow line takes a piece a minute, large enough to be fast. */
const CHUNK_BYTES = 512 * 1024;

export interface ReadOptions {
  /** Called whenever bytes were handed out. */
  readonly onSent?: (sent: Sent) => void;
  /** What the second byte waits for; must not reject. */
  readonly afterFirstByte?: (() => Promise<void>) | undefined;
  /** Size of the pieces; absent: what is best for sending. */
  readonly chunkBytes?: number;
}

/** How far one pass over the file has come. */
export interface Sent {
  /** Handed out so far. */
  readonly bytes: number;
  /** Lower-case hex, once all bytes were handed out. */
  readonly sha256: string | undefined;
}

/** One pass over the file. */
export interface Reading {
  /** Ends early only with an error; destroy it when its bytes are no longer wanted. */
  readonly stream: Readable;
  /** Kept up to date. */
  readonly sent: Sent;
}

/** A data file that is open; {@link DataFile.open} makes one, `close` lets go of it. */
export class DataFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly #handle: FileHandle;
  readonly #modifiedNs: bigint;

  private constructor(path: string, handle: FileHandle, found: { size: bigint; mtimeNs: bigint }) {
    this.path = path;
    this.#handle = handle;
    this.sizeBytes = Number(found.size);
    this.#modifiedNs = found.mtimeNs;
    this.modifiedMs = Number(found.mtimeNs / 1_000_000n);
  }

  /** The open file, or what it must be and is not. */
  static async open(path: string): Promise<DataFile | { readonly must: string }> {
    let handle: FileHandle | undefined;
    try {
      // Before it is opened: opening a pipe would wait for its other end.
      if (!(await stat(path)).isFile()) return { must: 'a regular file, not a folder or a device' };
      handle = await open(path, 'r');
      const found = await handle.stat({ bigint: true });
      if (found.size > 0n) return new DataFile(path, handle, found);
      await handle.close();
      return { must: 'a file with at least one byte' };
    } catch (error) {
      await handle?.close();
      const isMissing = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
      const why = isMissing ? `there is none at '${path}'` : messageOf(error);
      return { must: `a file that is there and may be read (${why})` };
    }
  }

  /**
   * Reads the file from its first byte. The last bytes are handed out only when the file is still what it was, so
   * that nobody receives a whole file that never existed.
   */
  read(options: ReadOptions = {}): Reading {
    const { chunkBytes = CHUNK_BYTES } = options;
    const sent = { bytes: 0, sha256: undefined as string | undefined };
    const pieces = this.#pieces({ ...options, chunkBytes }, (bytes, sha256) => {
      sent.bytes += bytes;
      sent.sha256 = sha256;
      options.onSent?.(sent);
    });
    return { sent, stream: Readable.from(pieces, { objectMode: false, highWaterMark: chunkBytes }) };
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async *#pieces(
    { afterFirstByte, chunkBytes }: Pick<ReadOptions, 'afterFirstByte'> & { chunkBytes: number },
    onPiece: (bytes: number, sha256: string | undefined) => void,
  ): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    await this.#requireUnchanged();
    let next = this.#readAt(0, chunkBytes);
    for (let position = 0; position < this.sizeBytes; ) {
      const piece = await next;
      position += piece.length;
      const isFirst = position === piece.length;
      const isLast = position === this.sizeBytes;
      if (!isLast) next = this.#readAt(position, chunkBytes);
      // Looked at when its turn comes; nobody may be there any more to await it.
      next.catch(() => {});
      hash.update(piece);
      const isHeld = isFirst && afterFirstByte !== undefined && piece.length > 1;
      if (isHeld) {
        yield piece.subarray(0, 1);
        await afterFirstByte();
      }
      if (isLast) await this.#requireUnchanged();
      onPiece(piece.length, isLast ? hash.digest('hex') : undefined);
      yield isHeld ? piece.subarray(1) : piece;
    }
  }

  /** @throws StorageError when there is nothing more to read */
  async #readAt(position: number, chunkBytes: number): Promise<Buffer> {
    const piece = Buffer.allocUnsafe(Math.min(chunkBytes, this.sizeBytes - position));
    const { bytesRead } = await this.#handle.read(piece, 0, piece.length, position).catch(error => {
      throw readError(this.path, error);
    });
    if (bytesRead > 0) return piece.subarray(0, bytesRead);
    await this.#requireUnchanged();
    throw changedError(this.path, { wasBytes: this.sizeBytes, isBytes: position });
  }

  /** Every write shows in the size or in the time of the last change. */
  async #requireUnchanged(): Promise<void> {
    const { size, mtimeNs } = await this.#handle.stat({ bigint: true });
    if (Number(size) === this.sizeBytes && mtimeNs === this.#modifiedNs) return;
    throw changedError(this.path, { wasBytes: this.sizeBytes, isBytes: Number(size) });
  }
}
