// Finds programs written in Go that tests run, and installs missing ones at pinned versions; must not run any of them.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from './build.js';

/** Outside of git, gone with `npm ci`. */
const CACHE = join(PROJECT, 'node_modules/.cache/go');

export interface GoProgram {
  /** What `go install` calls the binary. */
  readonly binary: string;
  /** The package's path and its pinned version. */
  readonly source: string;
}

/** A folder a version: a new pin never meets an old binary. */
function folderOf({ binary, source }: GoProgram): string {
  return join(CACHE, `${binary}${source.slice(source.lastIndexOf('@'))}`);
}

/** Where the binary is, or will be. */
export function goProgramPath(program: GoProgram): string {
  return join(folderOf(program), program.binary);
}

/** @returns the binary's path @throws Error that says how to install it */
export function goProgram(name: string, program: GoProgram): string {
  const path = goProgramPath(program);
  if (!existsSync(path)) throw new Error(`The program '${name}' is missing. ${goInstallAdvice(program)}`);
  return path;
}

export function goInstallAdvice(program: GoProgram): string {
  return `Install it (needs Go): GOBIN="${folderOf(program)}" go install ${program.source}`;
}

/** The command that installs it: arguments of `go`, and what is added to its environment. */
export function goInstall(program: GoProgram): { args: readonly string[]; env: Record<string, string> } {
  return { args: ['install', program.source], env: { GOBIN: folderOf(program) } };
}
