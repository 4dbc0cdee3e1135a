// Packs training and evaluation data into one ZIP as the vendor wants it, streaming; must not know where it is sent.
import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { ExplainedError } from '../errors.js';
import { freeBytes } from '../results/disk.js';
import type { TemporaryFiles } from '../temporary-files.js';
import type { DataFile, Reading } from './data-file.js';
import { packingError } from './upload-fault.js';

/** The fastest: tables shrink to a fraction at any level, and the upload waits for it. */
const COMPRESSION_LEVEL = 1;
/** A file near 4 GiB that does not compress may grow past what a ZIP without ZIP64 can say. */
const ZIP64_FROM_BYTES = 0xffffffff - 64 * 1024 ** 2;
/** Packing is slower than reading: larger pieces would pile up, 143 MB resident at the peak instead of 84 (measured). */
const CHUNK_BYTES = 64 * 1024;
/** What a ZIP adds to two files that do not compress, generously. */
const OVERHEAD_BYTES = 64 * 1024;
/** The years that a ZIP can tell. */
const TIMES_MS = { first: Date.UTC(1980, 0, 2), last: Date.UTC(2037, 0, 1) };

/**
 * The ZIP with `train_src/<file>` and `eval_src/<file>` (Retrain Data Upload API), as a temporary file.
 * @returns its path
 * @throws StorageError, or the signal's reason
 */
export async function zipPair(
  data: { training: DataFile; evaluation: DataFile },
  directory: string,
  { temporaryFiles, signal }: { temporaryFiles: TemporaryFiles; signal: AbortSignal },
): Promise<string> {
  const path = join(directory, `.training-data-${randomBytes(6).toString('hex')}.zip.partial`);
  const packing = packingOf(data);
  try {
    temporaryFiles.add(path);
    // Opened first and closed by its stream: a file that a cancel removes must not be created after it.
    const handle = await open(path, 'wx');
    await pipeline(packing.stream, handle.createWriteStream(), { signal });
    return path;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof ExplainedError) throw error;
    const neededBytes = data.training.sizeBytes + data.evaluation.sizeBytes + OVERHEAD_BYTES;
    throw packingError(error, { directory, neededBytes, free: await freeBytes(directory) });
  } finally {
    packing.stop();
  }
}

function packingOf(data: { training: DataFile; evaluation: DataFile }): {
  stream: Readable;
  stop: () => void;
} {
  const zip = new ZipFile();
  const stream = zip.outputStream as Readable;
  const open = new Set<Reading>();
  // yazl tells its faults beside its stream, and those of its sources not at all.
  const fail = (error: Error) => stream.destroy(error);
  zip.on('error', fail);
  for (const [folder, file] of [
    ['train_src', data.training],
    ['eval_src', data.evaluation],
  ] as const) {
    const options = {
      size: file.sizeBytes,
      mtime: new Date(Math.min(TIMES_MS.last, Math.max(TIMES_MS.first, file.modifiedMs))),
      mode: 0o100644,
      compressionLevel: COMPRESSION_LEVEL,
      forceZip64Format: file.sizeBytes > ZIP64_FROM_BYTES,
    };
    zip.addReadStreamLazy(`${folder}/${basename(file.path)}`, options, give => {
      const reading = file.read({ chunkBytes: CHUNK_BYTES });
      open.add(reading);
      reading.stream.once('error', fail);
      give(null, reading.stream);
    });
  }
  zip.end();
  return {
    stream,
    stop: () => {
      for (const { stream } of open) stream.destroy();
    },
  };
}
