// Where the project's own files are, seen from a compiled test.
import { readdirSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

export const PROJECT_ROOT = resolve(import.meta.dirname, '../../..');

/** The TypeScript files under `folder`, as paths with slashes relative to the project. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(join(PROJECT_ROOT, folder), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry => relative(PROJECT_ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
