// Keeps a verified results file per API and job in the runner's tool cache; must not know downloads or the status.
import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { TemporaryFiles } from '../temporary-files.js';
import { sha256OfFile } from './results-directory.js';

/** The slice of `@actions/tool-cache` that is used. */
export interface ToolCacheLibrary {
  find(toolName: string, versionSpec: string): string;
  cacheDir(sourceDir: string, tool: string, version: string): Promise<string>;
}

export interface CachedFile {
  readonly path: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** `find` sees semantic versions only, and a job's results never change: one version serves all. */
const VERSION = '1.0.0';
/** Hidden, since a safe file name never is. */
const RECORD_NAME = '.retrain-results.json';

/** The tool's name: the hash keeps ids of any script out of the path and jobs of two APIs apart. */
export function cacheToolName(apiUrl: URL, retrainJobId: string): string {
  const hash = createHash('sha256').update(`${apiUrl.href}\n${retrainJobId}`).digest('hex');
  return `retrain-results-${hash.slice(0, 40)}`;
}

/** The file that an earlier run kept, its SHA-256 checked anew; undefined when there is none or it is damaged. */
export async function findCached(
  library: ToolCacheLibrary,
  toolName: string,
): Promise<CachedFile | 'damaged' | undefined> {
  const directory = library.find(toolName, VERSION);
  if (directory === '') return undefined;
  try {
    const record: unknown = JSON.parse(await readFile(join(directory, RECORD_NAME), 'utf8'));
    if (!isRecord(record) || basename(record.name) !== record.name) return 'damaged';
    const path = join(directory, record.name);
    const { name, sizeBytes, sha256 } = record;
    const isWhole = (await stat(path)).size === sizeBytes && (await sha256OfFile(path)) === sha256;
    return isWhole ? { path, name, sizeBytes, sha256 } : 'damaged';
  } catch {
    // A record or file that cannot be read is as good as none: the results are downloaded anew.
    return 'damaged';
  }
}

/** Keeps a copy of `file` for later runs, replacing what was kept before. */
export async function keepCached(
  library: ToolCacheLibrary,
  toolName: string,
  { file, ...parts }: { file: CachedFile; temporaryFiles: TemporaryFiles; tempDirectory: string },
): Promise<void> {
  const staging = await mkdtemp(join(parts.tempDirectory, 'retrain-results-cache-'));
  parts.temporaryFiles.add(staging);
  try {
    const { name, sizeBytes, sha256 } = file;
    await copyFile(file.path, join(staging, name));
    await writeFile(join(staging, RECORD_NAME), JSON.stringify({ name, sizeBytes, sha256 }));
    await library.cacheDir(staging, toolName, VERSION);
  } finally {
    await rm(staging, { recursive: true, force: true });
    parts.temporaryFiles.forget(staging);
  }
}

function isRecord(value: unknown): value is { name: string; sizeBytes: number; sha256: string } {
  if (typeof value !== 'object' || value === null) return false;
  const { name, sizeBytes, sha256 } = value as Record<string, unknown>;
  return typeof name === 'string' && typeof sizeBytes === 'number' && typeof sha256 === 'string';
}
