// Creates folders level by level; must not know what they are for.
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Creates `path` and the folders above it that are missing. Node's own `recursive` never returns where a file system
 * says ENOENT although the parent is there, as /proc does (Node 24.21).
 * @throws the system's error when a folder cannot be created or something else has its name
 */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (await isDirectory(path)) return;
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw error;
    await makeDirectory(parent);
    // Somebody else may have been faster.
    await mkdir(path).catch(async again => {
      if (!(await isDirectory(path))) throw again;
    });
  }
}

/** What `mkdir` says of a folder that is there differs: EEXIST, for the root EISDIR on macOS and EPERM on Windows. */
async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    // Why it cannot be created is told by the error of the attempt.
    return false;
  }
}
