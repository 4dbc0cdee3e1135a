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
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return;
    const parent = dirname(path);
    if (code !== 'ENOENT' || parent === path) throw error;
    await makeDirectory(parent);
    // Somebody else may have been faster.
    await mkdir(path).catch(async again => {
      if (again.code !== 'EEXIST' || !(await stat(path)).isDirectory()) throw again;
    });
  }
}
