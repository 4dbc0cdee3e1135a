// The folder of the results: chosen, proven writable before the first request, and never robbed of others' files.
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { explain, InvalidInputError, messageOf, StorageError } from '../errors.js';
import { makeDirectory } from '../make-directory.js';
import { INPUTS } from '../messages/inputs.js';
import { DISK } from '../messages/storage.js';
import { folderNameForJob, withMark } from './file-name.js';

export interface DirectoryChoice {
  /** The input; empty for the default. */
  readonly resultsDirectory: string;
  readonly retrainJobId: string;
}

export interface RunnerFolders {
  /** RUNNER_TEMP, if the runner set it. */
  readonly temp: string | undefined;
  /** What a relative path starts from. */
  readonly workspace: string;
}

/**
 * Creates the folder for the results if need be and proves that it can be written.
 * @returns its absolute path
 * @throws InvalidInputError when it cannot be created or written, or when there is no RUNNER_TEMP to fall back on
 */
export async function prepareResultsDirectory(
  choice: DirectoryChoice,
  folders: RunnerFolders,
): Promise<string> {
  const directory = chooseDirectory(choice, folders);
  const probe = join(directory, `.retrain-results-${randomBytes(6).toString('hex')}.probe`);
  try {
    await makeDirectory(directory);
    await writeFile(probe, '', { flag: 'wx' });
    await rm(probe);
    return directory;
  } catch (error) {
    const explanation = explain(INPUTS.directoryNotWritable, { directory, reason: messageOf(error) });
    throw new InvalidInputError(explanation, { cause: error });
  }
}

function chooseDirectory(
  { resultsDirectory, retrainJobId }: DirectoryChoice,
  folders: RunnerFolders,
): string {
  if (resultsDirectory !== '') return resolve(folders.workspace, resultsDirectory);
  if (folders.temp) return resolve(folders.temp, 'retrain-results', folderNameForJob(retrainJobId));
  throw new InvalidInputError(explain(INPUTS.noDirectory, {}));
}

/** Which files in a folder are our own earlier ones, kept in RUNNER_TEMP: path → SHA-256 of what we wrote there. */
export class OwnFiles {
  readonly #recordPath: string | undefined;

  constructor(temp: string | undefined) {
    this.#recordPath = temp ? join(temp, 'retrain-results', '.own-files.json') : undefined;
  }

  /**
   * A path in `directory` for `name` whose present file, if any, is our own unchanged earlier one or the same
   * bytes; else the name gets a mark (`results-2.zip`). `taken` tells whose file stands in the way.
   * @throws StorageError when no name is free
   */
  async choosePath(
    directory: string,
    name: string,
    sha256: string,
  ): Promise<{ path: string; taken?: string }> {
    const record = await this.#read();
    const wanted = join(directory, name);
    for (let count = 1; count < 1000; count += 1) {
      const path = count === 1 ? wanted : join(directory, withMark(name, `-${count}`));
      const present = await digestOfPresent(path);
      const isFree =
        present === 'absent' || present === sha256 || (present !== 'foreign' && present === record[path]);
      if (isFree) return count === 1 ? { path } : { path, taken: wanted };
    }
    throw noNameFree(directory, name);
  }

  /**
   * The same for the folder `name` of unpacked files: free where nothing has it, or a folder that is ours to replace.
   * @throws StorageError when no name is free
   */
  async chooseFolder(
    directory: string,
    name: string,
    isReplaceable: (path: string, recorded: string | undefined) => Promise<boolean>,
  ): Promise<{ path: string; replaced: boolean; taken?: string }> {
    const record = await this.#read();
    const wanted = join(directory, name);
    for (let count = 1; count < 1000; count += 1) {
      const path = count === 1 ? wanted : `${wanted}-${count}`;
      const present = await kindOfPresent(path);
      const isOurs = present === 'folder' && (await isReplaceable(path, record[path]));
      if (present !== 'absent' && !isOurs) continue;
      return count === 1 ? { path, replaced: isOurs } : { path, replaced: isOurs, taken: wanted };
    }
    throw noNameFree(directory, name);
  }

  /** `digest` of a file's bytes, or of what is in a folder. */
  async remember(path: string, digest: string): Promise<void> {
    if (this.#recordPath === undefined) return;
    const record = { ...(await this.#read()), [path]: digest };
    await makeDirectory(dirname(this.#recordPath));
    await writeFile(this.#recordPath, JSON.stringify(record));
  }

  async #read(): Promise<Record<string, string>> {
    if (this.#recordPath === undefined) return {};
    try {
      const record: unknown = JSON.parse(await readFile(this.#recordPath, 'utf8'));
      return typeof record === 'object' && record !== null ? (record as Record<string, string>) : {};
    } catch {
      // Without a readable record no file is ours: nothing is replaced, nothing is lost.
      return {};
    }
  }
}

function noNameFree(directory: string, name: string): StorageError {
  return new StorageError(explain(DISK.noNameFree, { directory, name }));
}

async function kindOfPresent(path: string): Promise<'absent' | 'folder' | 'other'> {
  try {
    return (await lstat(path)).isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'absent';
    throw error;
  }
}

async function digestOfPresent(path: string): Promise<string | 'absent' | 'foreign'> {
  try {
    if (!(await lstat(path)).isFile()) return 'foreign';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'absent';
    throw error;
  }
  return await sha256OfFile(path);
}

/** The SHA-256 of a file, lower-case hex, in constant memory. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk);
  return hash.digest('hex');
}
