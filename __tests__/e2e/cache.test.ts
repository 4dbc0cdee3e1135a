// Rule 13 end to end: the tool cache, across runs of one self-hosted runner.
import { appendFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { needsSystem } from '../support/system.js';
import {
  createRunner,
  leftFiles,
  type RetrainOptions,
  type Runner,
  removeRunner,
  retrain,
} from './action-run.js';

needsSystem('unix', '/dev/null');

const CACHED = { cache_results: 'true', upload_artifact: 'false' };

/** A fixed port, since the cache belongs to one API: taken from the first run. */
async function withWarmCache(
  check: (parts: { runner: Runner; options: RetrainOptions; sha256: string }) => Promise<void>,
): Promise<void> {
  const runner = createRunner();
  try {
    const first = await retrain({ runner, inputs: CACHED, simulator: { jobId: 'job-1' } });
    expect(first.outputs.result).toBe('succeeded');
    expect(first.storage).toHaveLength(1);
    rmSync(join(runner.temp, 'retrain-results'), { recursive: true });
    const apiPort = Number(new URL(first.simulator.apiUrl).port);
    const options = { runner, inputs: CACHED, simulator: { jobId: 'job-1', apiPort } };
    await check({ runner, options, sha256: first.simulator.results.sha256 });
  } finally {
    removeRunner(runner);
  }
}

describe('rule 13: the cache', () => {
  test.concurrent('a re-run checks the status and takes the file from the cache, download_url or not', () =>
    withWarmCache(async ({ options, sha256 }) => {
      const run = await retrain({
        ...options,
        scenario: { statusAnswers: [{ status: 'training' }, { omitDownloadUrl: true }] },
      });
      expect(run.outputs).toMatchObject({ result: 'succeeded', results_sha256: sha256, status_checks: '2' });
      expect(run.status).toHaveLength(2);
      expect(run.storage).toEqual([]);
      expect(leftFiles(run)).toContain('temp/retrain-results/job-1/retrain_results.zip');
    }));

  test.concurrent('the cache says nothing about a job that failed since', () =>
    withWarmCache(async ({ options }) => {
      const run = await retrain({ ...options, scenario: 'deleted' });
      expect(run.outputs).toMatchObject({ result: 'job_deleted', ready_to_switch: 'false' });
      expect(run.outputs.results_file).toBeUndefined();
    }));

  test.concurrent('a cached file is checked again: a damaged one is downloaded anew', () =>
    withWarmCache(async ({ options, runner, sha256 }) => {
      const file = readdirSync(runner.toolCache, { recursive: true, encoding: 'utf8' }).find(name =>
        name.endsWith('.zip'),
      );
      appendFileSync(join(runner.toolCache, file ?? ''), 'x');
      const run = await retrain(options);
      expect(run.outputs).toMatchObject({ result: 'succeeded', results_sha256: sha256 });
      expect(run.storage).toHaveLength(1);
    }));

  test.concurrent("another job's file is not taken", () =>
    withWarmCache(async ({ options }) => {
      const run = await retrain({ ...options, simulator: { ...options.simulator, jobId: 'job-2' } });
      expect(run.outputs.result).toBe('succeeded');
      expect(run.storage).toHaveLength(1);
    }));

  test.concurrent('a file from the cache is stored as an artifact too', () =>
    withWarmCache(async ({ options }) => {
      const run = await retrain({ ...options, inputs: { cache_results: 'true' } });
      expect(run.outputs).toMatchObject({ result: 'succeeded', artifact_name: 'retrain-results-job-1.zip' });
      expect(run.storage).toEqual([]);
    }));

  test.concurrent('the cache is off by default: nothing is kept, nothing is taken', async () => {
    const run = await retrain();
    expect(leftFiles(run).filter(path => path.startsWith('toolcache/'))).toEqual([]);
    await withWarmCache(async ({ options }) => {
      const cold = await retrain({ ...options, inputs: { upload_artifact: 'false' } });
      expect(cold.storage).toHaveLength(1);
    });
  });

  test.concurrent('a cache that cannot be used is no reason to fail', async () => {
    const run = await retrain({ inputs: CACHED, env: { RUNNER_TOOL_CACHE: '/dev/null/no-folder' } });
    expect(run.outputs).toMatchObject({ result: 'succeeded', ready_to_switch: 'true' });
    const without = await retrain({ inputs: CACHED, env: { RUNNER_TOOL_CACHE: undefined } });
    expect(without.outputs).toMatchObject({ result: 'succeeded', ready_to_switch: 'true' });
  });

  test.concurrent('a failed run keeps nothing in the cache', async () => {
    const run = await retrain({ inputs: CACHED, scenario: { storage: [{ fault: 'html' }] } });
    expect(run.outputs.result).toBe('download_error');
    expect(leftFiles(run)).toEqual([]);
  });
});
