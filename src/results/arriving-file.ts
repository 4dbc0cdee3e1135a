// The results file while it arrives: bytes to disk in order, digests on the way, proof of completeness at the end.
import { createHash, type Hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { StorageError } from '../errors.js';
import type { TemporaryFiles } from '../temporary-files.js';
import { type ContentKind, contentKind, SNIFFED_BYTES } from './content-kind.js';
import { requireSpace } from './disk.js';
import { PartialFile } from './partial-file.js';
import { expectedMd5, hasKnownEnd, type Progress, validatorOf } from './storage-answer.js';
import { checksumError, FINAL_FAULTS, storageFault, unprovenError } from './storage-fault.js';

const WRITE_BYTES = 1024 * 1024;
/** A ZIP ends with a record of 22 bytes and a comment of at most 65,535 (APPNOTE.TXT, 4.3.16). */
const ZIP_TAIL_BYTES = 22 + 65_535;

interface Digests {
  readonly sha256: string;
  readonly md5: string | undefined;
}

/** What a file is, once proven whole. */
export interface Proven {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** One version of the file; {@link begin} starts over with another one. */
export class ArrivingFile {
  readonly #directory: string;
  readonly #file: PartialFile;
  /** Gathers small chunks into large writes; one buffer for all of them keeps memory flat. */
  readonly #pending = Buffer.allocUnsafe(WRITE_BYTES);
  #pendingBytes = 0;
  #firstBytes = Buffer.alloc(0);
  #sha256: Hash = createHash('sha256');
  #md5: Hash | undefined;
  #expectedMd5: string[] = [];
  #totalBytes: number | undefined;
  #validator: string | undefined;
  #contentType: string | undefined;
  #hasKnownEnd = true;
  /** The SHA-256 of bytes that arrived before and did not stand the proof; the same bytes again are final. */
  #refutedSha256: string | undefined;

  private constructor(directory: string, file: PartialFile) {
    this.#directory = directory;
    this.#file = file;
  }

  static async create(directory: string, temporaryFiles: TemporaryFiles): Promise<ArrivingFile> {
    return new ArrivingFile(directory, await PartialFile.create(directory, temporaryFiles));
  }

  get progress(): Progress {
    const haveBytes = this.#file.sizeBytes + this.#pendingBytes;
    return { haveBytes, totalBytes: this.#totalBytes, validator: this.#validator };
  }

  get kind(): ContentKind {
    return contentKind(this.#firstBytes, this.#contentType);
  }

  /** Starts with the first byte of the version that `headers` announce. */
  async begin(headers: IncomingHttpHeaders, totalBytes: number | undefined): Promise<void> {
    await this.forget();
    this.#totalBytes = totalBytes;
    this.#validator = validatorOf(headers);
    this.#contentType = headers['content-type'];
    this.#expectedMd5 = expectedMd5(200, headers);
    this.#md5 = this.#expectedMd5.length > 0 ? createHash('md5') : undefined;
    this.#hasKnownEnd = hasKnownEnd(headers);
    if (totalBytes !== undefined) await requireSpace(this.#directory, totalBytes);
  }

  /** Goes on where the file ends. */
  resume(totalBytes: number | undefined): void {
    this.#totalBytes ??= totalBytes;
    this.#hasKnownEnd = this.#totalBytes !== undefined;
  }

  async take(chunk: Buffer): Promise<void> {
    this.#digest(chunk);
    for (let rest = chunk; rest.length > 0; ) {
      const copiedBytes = rest.copy(this.#pending, this.#pendingBytes);
      this.#pendingBytes += copiedBytes;
      rest = rest.subarray(copiedBytes);
      if (this.#pendingBytes === WRITE_BYTES) await this.flush();
    }
  }

  /** Writes bytes of the same version where they belong, anywhere behind what was taken and flushed. */
  async place(bytes: Buffer, atByte: number, missingBytes: number): Promise<void> {
    await this.#file.write(bytes, atByte, missingBytes);
  }

  /**
   * Takes in, in file order, what was placed up to `toByte`. It is read back from the page cache, which costs little
   * beside the digests. One call at a time, and not while chunks are taken.
   */
  async absorb(toByte: number): Promise<void> {
    for (let rest = toByte - this.#file.sizeBytes; rest > 0; rest = toByte - this.#file.sizeBytes) {
      this.#digest(await this.#file.readAhead(this.#pending, rest));
    }
  }

  #digest(bytes: Buffer): void {
    this.#sha256.update(bytes);
    this.#md5?.update(bytes);
    if (this.#firstBytes.length < SNIFFED_BYTES) {
      this.#firstBytes = Buffer.concat([this.#firstBytes, bytes]).subarray(0, SNIFFED_BYTES);
    }
  }

  async flush(): Promise<void> {
    const bytes = this.#pending.subarray(0, this.#pendingBytes);
    const needed = this.#totalBytes === undefined ? undefined : this.#totalBytes - this.#file.sizeBytes;
    await this.#file.append(bytes, needed);
    this.#pendingBytes = 0;
  }

  /**
   * Proves that the file is whole and right.
   * @throws StorageError; a retryable one when another try may mend it
   */
  async verify(): Promise<Proven> {
    await this.flush();
    const { haveBytes, totalBytes } = this.progress;
    if (totalBytes !== undefined && haveBytes !== totalBytes) {
      throw storageFault(`The storage closed the connection after ${haveBytes} of ${totalBytes} bytes.`);
    }
    if (haveBytes === 0) throw new StorageError(FINAL_FAULTS.empty);
    if (this.kind === 'markup') throw new StorageError(FINAL_FAULTS.markup);
    const digests: Digests = {
      sha256: this.#sha256.copy().digest('hex'),
      md5: this.#md5?.copy().digest('hex'),
    };
    this.#compareMd5(digests);
    if (!this.#hasKnownEnd && digests.md5 === undefined && !(await this.#endsLikeZip())) {
      throw this.#refuted(digests.sha256, unprovenError()) ?? storageFault(unprovenError().explanation.what);
    }
    return { sha256: digests.sha256, sizeBytes: haveBytes };
  }

  async finish(path: string): Promise<void> {
    await this.#file.finish(path);
  }

  async discard(): Promise<void> {
    await this.#file.discard();
  }

  #compareMd5({ sha256, md5 }: Digests): void {
    const wrong = this.#expectedMd5.find(expected => expected !== md5);
    if (wrong === undefined || md5 === undefined) return;
    // The bytes on disk are worth nothing: without a validator the next try starts from the first byte.
    this.#validator = undefined;
    const fault = storageFault(`The file that arrived has MD5 ${md5}, the storage announced ${wrong}.`);
    throw this.#refuted(sha256, checksumError(wrong, md5)) ?? fault;
  }

  /** `final` when the same bytes were refuted before, so that another try would only bring them again. */
  #refuted(sha256: string, final: StorageError): StorageError | undefined {
    if (this.#refutedSha256 === sha256) return final;
    this.#refutedSha256 = sha256;
    return undefined;
  }

  async #endsLikeZip(): Promise<boolean> {
    if (this.kind !== 'zip') return false;
    const tail = await this.#file.tail(ZIP_TAIL_BYTES);
    for (let at = tail.length - 22; at >= 0; at -= 1) {
      if (tail.readUInt32LE(at) === 0x06054b50 && at + 22 + tail.readUInt16LE(at + 20) === tail.length)
        return true;
    }
    return false;
  }

  /** Gives up what has arrived, where it cannot be resumed. */
  async forget(): Promise<void> {
    this.#pendingBytes = 0;
    this.#firstBytes = Buffer.alloc(0);
    this.#sha256 = createHash('sha256');
    this.#md5 = this.#md5 && createHash('md5');
    this.#validator = undefined;
    this.#totalBytes = undefined;
    await this.#file.empty();
  }
}
