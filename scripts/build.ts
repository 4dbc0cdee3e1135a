// Bundles the compiled sources into a folder, one ncc run an entry; must not know what the entries do.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

type Ncc = (
  entry: string,
  options: object,
) => Promise<{ code: string; assets: Readonly<Record<string, { source: string | Buffer }>> }>;

/** ncc brings no types. */
const ncc = createRequire(import.meta.url)('@vercel/ncc') as Ncc;
const OPTIONS = { minify: true, license: 'licenses.txt', esm: true, cache: false, quiet: true };

interface Entry {
  readonly entry: string;
  readonly folder: string;
  /** Of the file; absent: index.js. */
  readonly name?: string;
  /** Modules that are not bundled, each with what is imported in its place. */
  readonly leftOut?: Readonly<Record<string, string>>;
}

/**
 * `@actions/http-client` imports undici for one function, `getAgentDispatcher`, which nothing here calls: 440 kB and
 * some 20 ms at every start. The module in its place only has to be there; it has no ProxyAgent.
 */
const WITHOUT_UNDICI = { undici: 'node:http' };

/** Compiled entry → folder in dist. The artifact library is an entry of its own: smaller than a chunk, and lazy. */
const ENTRIES: readonly Entry[] = [
  ...action('lib/src/index.js', '.'),
  { entry: 'lib/src/artifact/index.js', folder: 'artifact' },
  ...action('lib/src/upload.js', 'upload'),
  ...action('lib/src/switch.js', 'switch'),
  { entry: 'lib/simulator/action/start.js', folder: 'simulator', leftOut: WITHOUT_UNDICI },
  { entry: 'lib/simulator/action/serve.js', folder: 'simulator/server' },
  { entry: 'lib/simulator/action/stop.js', folder: 'simulator/stop', leftOut: WITHOUT_UNDICI },
];

/** A small file that is there at once, and the action itself beside it. */
function action(entry: string, folder: string): Entry[] {
  return [
    { entry: 'lib/src/entry.js', folder },
    { entry, folder, name: 'main.js', leftOut: WITHOUT_UNDICI },
  ];
}

/** Builds everything into `target`, which is emptied first: ncc itself leaves stale files behind. */
export async function build(target: string): Promise<void> {
  rmSync(target, { recursive: true, force: true });
  for (const { entry, folder, name: file = 'index.js', leftOut = {} } of ENTRIES) {
    const { code, assets } = await ncc(join(PROJECT, entry), { ...OPTIONS, externals: leftOut });
    const files = { ...assets, [file]: { source: code } };
    for (const [name, { source }] of Object.entries(files)) {
      const path = join(target, folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, source);
    }
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

if (process.argv[1] === fileURLToPath(import.meta.url)) await build(join(PROJECT, 'dist'));
