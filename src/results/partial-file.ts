// A file that is not finished: written in order or ahead, fsynced, then renamed; must not know where its bytes come from.
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { patientRename } from '../patient-rename.js';
import type { TemporaryFiles } from '../temporary-files.js';
import { writeError } from './disk.js';

/** What file systems answer that cannot sync a folder; the file itself is durable by then. */
const NO_FOLDER_SYNC = new Set(['EINVAL', 'EBADF', 'ENOTSUP', 'EPERM']);

/** A hidden `.partial` file in the folder of the final one, so that the rename stays on one file system. */
export class PartialFile {
  readonly path: string;
  readonly #directory: string;
  readonly #handle: FileHandle;
  readonly #temporaryFiles: TemporaryFiles;
  #sizeBytes = 0;
  #isTouched = false;

  private constructor(parts: {
    path: string;
    directory: string;
    handle: FileHandle;
    temporaryFiles: TemporaryFiles;
  }) {
    this.path = parts.path;
    this.#directory = parts.directory;
    this.#handle = parts.handle;
    this.#temporaryFiles = parts.temporaryFiles;
  }

  /** @throws StorageError when the file cannot be created. */
  static async create(directory: string, temporaryFiles: TemporaryFiles): Promise<PartialFile> {
    const path = join(directory, `.retrain-results-${randomBytes(6).toString('hex')}.partial`);
    temporaryFiles.add(path);
    try {
      return new PartialFile({ path, directory, temporaryFiles, handle: await open(path, 'wx+') });
    } catch (error) {
      throw await writeError(error, directory, undefined);
    }
  }

  /** How far it is written without a gap. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /**
   * Appends bytes; `neededBytes` is what is still to come, for the words of a full disk.
   * @throws StorageError when the disk refuses.
   */
  async append(bytes: Buffer, neededBytes?: number): Promise<void> {
    await this.write(bytes, this.#sizeBytes, neededBytes);
    this.#sizeBytes += bytes.length;
  }

  /** Writes bytes ahead of the end; they do not count before {@link readAhead} has come to them. */
  async write(bytes: Buffer, atByte: number, neededBytes?: number): Promise<void> {
    let rest = bytes;
    let position = atByte;
    try {
      while (rest.length > 0) {
        this.#isTouched = true;
        const { bytesWritten } = await this.#handle.write(rest, 0, rest.length, position);
        position += bytesWritten;
        rest = rest.subarray(bytesWritten);
      }
    } catch (error) {
      throw await writeError(error, this.#directory, neededBytes);
    }
  }

  /** Reads on from the end what was written ahead, at most `maxBytes` into `buffer`, and counts it in. */
  async readAhead(buffer: Buffer, maxBytes: number): Promise<Buffer> {
    try {
      const length = Math.min(buffer.length, maxBytes);
      const { bytesRead } = await this.#handle.read(buffer, 0, length, this.#sizeBytes);
      if (bytesRead === 0) throw new Error('bytes that were written are not there any more');
      this.#sizeBytes += bytesRead;
      return buffer.subarray(0, bytesRead);
    } catch (error) {
      throw await writeError(error, this.#directory, undefined);
    }
  }

  /** Throws all bytes away, those ahead of the end too, and starts over. */
  async empty(): Promise<void> {
    if (this.#isTouched) await this.#handle.truncate(0);
    this.#sizeBytes = 0;
  }

  /** The last bytes of the file, at most `maxBytes` of them. */
  async tail(maxBytes: number): Promise<Buffer> {
    const length = Math.min(maxBytes, this.#sizeBytes);
    const buffer = Buffer.alloc(length);
    await this.#handle.read(buffer, 0, length, this.#sizeBytes - length);
    return buffer;
  }

  /** Makes the bytes durable, then gives them their final name: that name never holds half a file. */
  async finish(finalPath: string): Promise<void> {
    try {
      await this.#handle.sync();
      await this.#handle.close();
      await patientRename(this.path, finalPath);
      await syncDirectory(this.#directory);
    } catch (error) {
      throw await writeError(error, this.#directory, this.#sizeBytes);
    }
    this.#temporaryFiles.forget(this.path);
  }

  async discard(): Promise<void> {
    await this.#handle.close();
    await rm(this.path, { force: true });
    this.#temporaryFiles.forget(this.path);
  }
}

/** A rename is durable once its folder is; Windows has no such call for folders. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (!NO_FOLDER_SYNC.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await handle.close();
  }
}
