// The checks of `npm test` that are not jest's: format and lint, generated docs, dist; must not change any file.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, filesBelow, PROJECT } from './build.js';
import { ACTION_FOLDERS, documented, readmeOf, TROUBLESHOOTING, troubleshooting } from './docs.js';

/** Runs a program of a package; its output goes to ours. @throws Error when it exits with another code than 0 */
export function runProgram(script: string, args: readonly string[], nodeArgs: readonly string[] = []): void {
  execFileSync(process.execPath, [...nodeArgs, join(PROJECT, script), ...args], {
    cwd: PROJECT,
    stdio: 'inherit',
  });
}

export function checkFormatAndLint(): void {
  runProgram('node_modules/@biomejs/biome/bin/biome', ['check', '.']);
}

/** The tables in every README are the ones that its action.yml says, the page of all errors is that of the catalogue. */
export function checkDocs(): void {
  const stale = ACTION_FOLDERS.map(readmeOf).filter(
    (path, index) => readFileSync(path, 'utf8') !== documented(ACTION_FOLDERS[index] ?? ''),
  );
  if (stale.length > 0)
    throw new Error(`${stale.join(', ')} does not say what action.yml says: run \`npm run docs\`.`);
  if (readFileSync(TROUBLESHOOTING, 'utf8') !== troubleshooting())
    throw new Error(`${TROUBLESHOOTING} is not made of src/messages/ as it is now: run \`npm run docs\`.`);
}

/** dist holds exactly what src builds: nothing changed, missing or stale. */
export async function checkDist(): Promise<void> {
  const fresh = mkdtempSync(join(tmpdir(), 'dist-'));
  try {
    await build(fresh);
    const committed = join(PROJECT, 'dist');
    const names = new Set([...filesBelow(fresh), ...filesBelow(committed)]);
    const different = [...names].filter(name => !sameFile(join(fresh, name), join(committed, name)));
    if (different.length > 0)
      throw new Error(`dist is not what src builds (${different.join(', ')}): run \`npm run build\`.`);
  } finally {
    rmSync(fresh, { recursive: true });
  }
}

function sameFile(one: string, other: string): boolean {
  try {
    return readFileSync(one).equals(readFileSync(other));
  } catch {
    // One of them is missing: that is a difference.
    return false;
  }
}
