// Words for what a disk refuses: how many bytes are needed and how many are free; must not know downloads.
import { statfs } from 'node:fs/promises';
import { ExplainedError, explain, messageOf, StorageError } from '../errors.js';
import { DISK } from '../messages/storage.js';

const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** The free bytes for us on the disk of `directory`; undefined where the file system does not say. */
export async function freeBytes(directory: string): Promise<number | undefined> {
  try {
    const { bavail, bsize, blocks } = await statfs(directory);
    return blocks === 0 ? undefined : bavail * bsize;
  } catch {
    // Only a forecast hangs on it: a disk that is really full still fails the write.
    return undefined;
  }
}

/** @throws StorageError when `neededBytes` do not fit on the disk of `directory`. */
export async function requireSpace(directory: string, neededBytes: number): Promise<void> {
  const free = await freeBytes(directory);
  if (free !== undefined && free < neededBytes) throw diskFull(directory, { needed: neededBytes, free });
}

/** The error for a write that failed: a full disk names the bytes needed and free. */
export async function writeError(
  error: unknown,
  directory: string,
  neededBytes: number | undefined,
): Promise<Error> {
  if (error instanceof ExplainedError) return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (FULL.has(code))
    return diskFull(directory, { needed: neededBytes, free: await freeBytes(directory) }, error);
  const explanation = explain(DISK.notWritten, { directory, reason: messageOf(error) });
  return new StorageError(explanation, { cause: error });
}

function diskFull(
  directory: string,
  bytes: { needed: number | undefined; free: number | undefined },
  cause?: unknown,
): StorageError {
  const { needed = 'an unknown number of', free = 'an unknown number of' } = bytes;
  return new StorageError(explain(DISK.full, { directory, needed, free }), { cause });
}
