// What every test of the laboratory shares: results in real storage, and what must hold however a run ends.
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { ScriptContext, StatusScript } from '../../simulator/index.js';
import { type ActionRun, leftFiles, type RunningAction } from '../e2e/action-run.js';
import { pause } from './processes.js';

export const TEST_LIMIT_MS = 120_000;
export const WATCHDOG_MS = 100_000;
const MAX_HEADER_BYTES = 64;

export interface SomeFile {
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** A file that is neither text nor compressible. */
export function someFile(sizeBytes: number): SomeFile {
  const bytes = randomBytes(sizeBytes);
  // No magic number by chance: the file is what its name says, a table of unknown format.
  bytes.fill('results;', 0, MAX_HEADER_BYTES);
  return partOf({ bytes }, sizeBytes);
}

/** The first bytes of a file as a file of its own. */
export function partOf(file: Pick<SomeFile, 'bytes'>, sizeBytes: number): SomeFile {
  const bytes = file.bytes.subarray(0, sizeBytes);
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** The status answer of a finished job whose results are elsewhere. */
export function finishedJob(downloadUrl: (context: ScriptContext) => string): StatusScript {
  return {
    body: (context: ScriptContext) => ({
      status: 'job_finished',
      model_id: 48211,
      metadata: { retrain_job_id: context.request.url?.split('?')[0]?.split('/').at(-1) },
      download_url: downloadUrl(context),
    }),
  };
}

/** What holds for every end: exit code, no false go-ahead, nothing half-done left, whatever happened. */
export function expectSoundEnd(run: ActionRun): void {
  const { result, ready_to_switch } = run.outputs;
  expect(run.diedOf).toBeNull();
  expect(result).not.toBe('internal_error');
  expect(ready_to_switch).toBe(result === 'succeeded' ? 'true' : 'false');
  expect(run.exitCode).toBe(result === 'succeeded' || result === 'pending' ? 0 : 1);
  expect(leftFiles(run).filter(path => /partial|probe|retrain-artifact/.test(path))).toEqual([]);
  if (result === 'download_error') expect(run.outputs).not.toHaveProperty('results_file');
}

/** A good end with exactly this file. */
export function expectResults(run: ActionRun, file: SomeFile): void {
  expectSoundEnd(run);
  const { result, error_message: why } = run.outputs;
  expect({ result, why }).toEqual({ result: 'succeeded', why: undefined });
  expect(run.outputs).toMatchObject({
    results_size: String(file.bytes.length),
    results_sha256: file.sha256,
  });
}

/** Resolves when the action has written at least so many bytes of the results to disk. */
export async function bytesOnDisk(action: RunningAction, wantedBytes: number): Promise<void> {
  for (;;) {
    if (partialBytes(action.runner.root) >= wantedBytes) return;
    await pause(10);
  }
}

/** How much of the results has been written somewhere below `root`. */
export function partialBytes(root: string): number {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const partial = names.find(name => name.endsWith('.partial'));
  try {
    return partial === undefined ? 0 : statSync(join(root, partial)).size;
  } catch {
    // Renamed between the two looks.
    return 0;
  }
}
