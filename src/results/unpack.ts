// Unpacks a results ZIP beside its final place, then renames: never half, never outside; must not know the API or GitHub.
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { ExplainedError, explain, messageOf, StorageError } from '../errors.js';
import { UNPACKING } from '../messages/storage.js';
import type { TemporaryFiles } from '../temporary-files.js';
import { planEntry } from './archive-entry.js';
import { requireSpace, writeError } from './disk.js';

export interface UnpackLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
}

export interface UnpackParts {
  readonly signal: AbortSignal;
  readonly temporaryFiles: TemporaryFiles;
}

export interface Unpacked {
  /** The folder with everything in it, still under a name of its own: `moveInto` gives it the final one. */
  readonly folder: string;
  readonly files: number;
  readonly sizeBytes: number;
}

export const UNPACK_LIMITS: UnpackLimits = { maxEntries: 100_000, maxBytes: 20 * 1024 ** 3 };

/** Asking the disk before each of many small entries would take longer than writing them. */
const FORECAST_BYTES = 1024 * 1024;

/**
 * Unpacks `archive` into a new folder in `directory`, in constant memory, every entry's CRC-32 checked.
 * @throws StorageError for a broken archive, an entry that may not be unpacked, a bomb or a full disk; on every way
 * out but success nothing is left behind
 */
export async function unpack(
  { archive, directory }: { archive: string; directory: string },
  limits: UnpackLimits,
  parts: UnpackParts,
): Promise<Unpacked> {
  const folder = join(directory, `.retrain-results-${randomBytes(6).toString('hex')}.unpacking`);
  parts.temporaryFiles.add(folder);
  try {
    await mkdir(folder);
    return await unpackAll({ archive, folder }, limits, parts.signal);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    parts.temporaryFiles.forget(folder);
    throw parts.signal.aborted ? parts.signal.reason : await explainedError(error, directory);
  }
}

/** Gives the unpacked folder its final name; `replaced` is our own earlier one, moved aside first. */
export async function moveInto(
  unpacked: Unpacked,
  { path, replaced }: { path: string; replaced: boolean },
  temporaryFiles: TemporaryFiles,
): Promise<void> {
  const aside = `${unpacked.folder}.old`;
  if (replaced) {
    temporaryFiles.add(aside);
    await rename(path, aside);
  }
  await rename(unpacked.folder, path);
  temporaryFiles.forget(unpacked.folder);
  await rm(aside, { recursive: true, force: true });
  temporaryFiles.forget(aside);
}

async function unpackAll(
  { archive, folder }: { archive: string; folder: string },
  limits: UnpackLimits,
  signal: AbortSignal,
): Promise<Unpacked> {
  const zip = await openPromise(archive, { lazyEntries: true, decodeStrings: false, autoClose: false });
  const budget = { leftBytes: limits.maxBytes };
  let files = 0;
  try {
    if (zip.entryCount > limits.maxEntries)
      throw bomb(`${zip.entryCount} entries, more than ${limits.maxEntries}`);
    for await (const entry of zip.eachEntry()) {
      signal.throwIfAborted();
      files += await unpackEntry({ zip, entry, folder }, budget, signal);
    }
    return { folder, files, sizeBytes: limits.maxBytes - budget.leftBytes };
  } finally {
    zip.close();
  }
}

/** The number of files that came out of the entry: 1, or 0 for a folder. */
async function unpackEntry(
  { zip, entry, folder }: { zip: ZipFile; entry: Entry; folder: string },
  budget: { leftBytes: number },
  signal: AbortSignal,
): Promise<0 | 1> {
  const plan = planEntry(entry);
  if (plan.kind === 'refused') throw refused(plan.name, plan.why);
  const path = join(folder, plan.path);
  if (plan.kind === 'folder') {
    await mkdir(path, { recursive: true });
    return 0;
  }
  if (entry.uncompressedSize > budget.leftBytes) throw bomb('more bytes than may be unpacked');
  if (entry.uncompressedSize > FORECAST_BYTES) await requireSpace(folder, entry.uncompressedSize);
  if (dirname(path) !== folder) await mkdir(dirname(path), { recursive: true });
  const proof = { crc: 0 };
  const source = await zip.openReadStreamPromise(entry);
  await pipeline(source, checked(proof, budget), createWriteStream(path, { flags: 'wx' }), { signal });
  if (proof.crc !== entry.crc32) throw broken(`the bytes of '${plan.path}' do not have their CRC-32`);
  return 1;
}

/** Counts and sums what passes: the sizes that an archive declares may be lies. */
function checked(proof: { crc: number }, budget: { leftBytes: number }): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      proof.crc = crc32(chunk, proof.crc);
      budget.leftBytes -= chunk.length;
      if (budget.leftBytes < 0) done(bomb('more bytes than may be unpacked'));
      else done(null, chunk);
    },
  });
}

function refused(name: string, why: string): StorageError {
  return new StorageError(explain(UNPACKING.entryRefused, { entry: name.slice(0, 200), reason: why }));
}

function bomb(content: string): StorageError {
  return new StorageError(explain(UNPACKING.tooLarge, { content }));
}

function broken(reason: string): StorageError {
  return new StorageError(explain(UNPACKING.broken, { reason }));
}

/** Errors of the disk have a code of the system; all others are the archive's. */
async function explainedError(error: unknown, directory: string): Promise<Error> {
  if (error instanceof ExplainedError) return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  const isDisk = syscall !== undefined && code !== 'EEXIST' && code !== 'ENOTDIR' && code !== 'EISDIR';
  if (code === 'ENAMETOOLONG') return broken('a path in it is too long for this disk');
  if (isDisk) return writeError(error, directory, undefined);
  return broken(code === undefined ? messageOf(error) : `two entries have the same name (${code})`);
}
