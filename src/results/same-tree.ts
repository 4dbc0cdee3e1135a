// Whether two folders hold the same files, or one still holds what it held; must not know whose they are.
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { sha256OfFile } from './results-directory.js';

/** True when both folders hold the same files with the same bytes and nothing else but folders. */
export async function isSameTree(one: string, other: string): Promise<boolean> {
  const [paths, otherPaths] = [await filesBelow(one), await filesBelow(other)];
  if (paths === undefined || otherPaths === undefined || paths.join('\0') !== otherPaths.join('\0'))
    return false;
  for (const path of paths) {
    if ((await sha256OfFile(join(one, path))) !== (await sha256OfFile(join(other, path)))) return false;
  }
  return true;
}

/**
 * A digest of what is in a folder: names, sizes and times of its files. Another one means that somebody added, took
 * away or changed a file; undefined where there is a link or a special file.
 */
export async function treeDigest(folder: string): Promise<string | undefined> {
  const paths = await filesBelow(folder);
  if (paths === undefined) return undefined;
  const hash = createHash('sha256');
  for (const path of paths) {
    const { size, mtimeMs } = await stat(join(folder, path));
    hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** Relative paths, sorted; undefined where there is a link or a special file. */
async function filesBelow(folder: string): Promise<string[] | undefined> {
  const items = await readdir(folder, { recursive: true, withFileTypes: true });
  if (items.some(item => !item.isFile() && !item.isDirectory())) return undefined;
  const files = items.filter(item => item.isFile());
  return files.map(item => relative(folder, join(item.parentPath, item.name))).sort();
}
