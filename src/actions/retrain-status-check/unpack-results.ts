// Unpacks the fetched results beside the file, as `files/`; must not know how a ZIP is read.
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { explain, messageOf, StorageError } from '../../errors.js';
import { size } from '../../github/units.js';
import { DISK } from '../../messages/storage.js';
import { OwnFiles } from '../../results/results-directory.js';
import { isSameTree, treeDigest } from '../../results/same-tree.js';
import { moveInto, UNPACK_LIMITS, type Unpacked, unpack } from '../../results/unpack.js';
import { warn } from '../warn.js';
import type { FetchedResults } from './fetch-results.js';
import type { RunParts } from './run-record.js';

const FOLDER_NAME = 'files';

/** Unpacks a ZIP; any other file stays as it is. @throws StorageError, or the signal's reason */
export async function unpackResults(results: FetchedResults, parts: RunParts): Promise<void> {
  if (results.kind !== 'zip') return;
  const directory = dirname(results.file);
  const unpacked = await unpack({ archive: results.file, directory }, UNPACK_LIMITS, parts);
  const path = await settle(unpacked, directory, parts);
  parts.record.extractedDirectory = path;
  const files = `${unpacked.files} ${unpacked.files === 1 ? 'file' : 'files'}`;
  parts.log.info(`Unpacked ${files} (${size(unpacked.sizeBytes)}) into ${path}`);
}

/** Our own folder, as we left it: a file that somebody put or changed in it makes it theirs. */
async function isUntouched(path: string, recorded: string | undefined): Promise<boolean> {
  return recorded !== undefined && recorded === (await treeDigest(path));
}

/**
 * Takes our own earlier folder of unpacked files away once another results file is there: what a later step finds in
 * it must never belong to the results of another job.
 */
export async function removeEarlierFolder(results: FetchedResults, parts: RunParts): Promise<void> {
  const directory = dirname(results.file);
  const isOurs = (path: string, recorded: string | undefined) => isUntouched(path, recorded);
  const { path, replaced } = await new OwnFiles(parts.env.RUNNER_TEMP).chooseFolder(
    directory,
    FOLDER_NAME,
    isOurs,
  );
  if (replaced) await rm(path, { recursive: true, force: true });
}

/** Gives the folder its final name, without replacing a folder of somebody else's. */
async function settle(unpacked: Unpacked, directory: string, parts: RunParts): Promise<string> {
  const ownFiles = new OwnFiles(parts.env.RUNNER_TEMP);
  try {
    const { path, replaced, taken } = await ownFiles.chooseFolder(
      directory,
      FOLDER_NAME,
      async (present, recorded) =>
        (await isUntouched(present, recorded)) || (await isSameTree(present, unpacked.folder)),
    );
    await moveInto(unpacked, { path, replaced }, parts.temporaryFiles);
    if (taken !== undefined) {
      const text = `'${taken}' belongs to somebody else and was left as it is: the unpacked results are at '${path}'.`;
      warn(parts, 'Another folder has the name of the unpacked results', text);
    }
    await ownFiles.remember(path, (await treeDigest(path)) ?? '').catch(error => {
      parts.log.info(`It could not be noted that '${path}' is our own: ${messageOf(error)}`);
    });
    return path;
  } catch (error) {
    if (error instanceof StorageError) throw error;
    const explanation = explain(DISK.folderNotNamed, { directory, reason: messageOf(error) });
    throw new StorageError(explanation, { cause: error });
  }
}
