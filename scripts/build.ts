// Bundles the compiled sources into a folder, one ncc run an entry; must not know what the entries do.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Compiled entry → folder in dist. The artifact library is an entry of its own: smaller than a chunk, and lazy. */
const ENTRIES = [
  { entry: 'lib/src/index.js', folder: '.' },
  { entry: 'lib/src/artifact/index.js', folder: 'artifact' },
  { entry: 'lib/src/upload.js', folder: 'upload' },
  { entry: 'lib/src/switch.js', folder: 'switch' },
] as const;

/** Builds everything into `target`, which is emptied first: ncc itself leaves stale files behind. */
export function build(target: string): void {
  rmSync(target, { recursive: true, force: true });
  for (const { entry, folder } of ENTRIES) {
    const staging = mkdtempSync(join(tmpdir(), 'ncc-'));
    const ncc = join(PROJECT, 'node_modules/@vercel/ncc/dist/ncc/cli.js');
    const args = [ncc, 'build', entry, '--minify', '--license', 'licenses.txt', '--out', staging];
    execFileSync(process.execPath, args, { cwd: PROJECT, stdio: ['ignore', 'ignore', 'inherit'] });
    const destination = join(target, folder);
    mkdirSync(destination, { recursive: true });
    cpSync(staging, destination, { recursive: true });
    rmSync(staging, { recursive: true });
  }
}

/** Every file below `folder`, relative, sorted. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(item => item.isFile())
    .map(item => join(item.parentPath, item.name).slice(folder.length + 1))
    .sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build(join(PROJECT, 'dist'));
