// What a runner does to the action: disks that fill or refuse, and signals while real servers hold the connection.
import { randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { annotations, type RetrainOptions, type RunningAction, retrain } from '../e2e/action-run.js';
import {
  expectSoundEnd,
  finishedJob,
  partialBytes,
  someFile,
  TEST_LIMIT_MS,
  WATCHDOG_MS,
} from './laboratory.js';
import { withNginx } from './nginx.js';
import { freePort, pause } from './processes.js';
import { withDisk } from './small-disk.js';
import { withToxiproxy } from './toxiproxy.js';

const MIB = 1024 * 1024;
const FINISHED = { statusAnswers: [{ status: 'job_finished' }] };
const QUIET = { upload_artifact: 'false' };

async function retrainOntoDisk(folder: string, options: RetrainOptions) {
  const run = await retrain({
    watchdogMs: WATCHDOG_MS,
    ...options,
    inputs: { ...QUIET, results_directory: folder, ...options.inputs },
  });
  expectSoundEnd(run);
  expect(run.storage.map(({ headers }) => headers['x-api-key']).filter(Boolean)).toEqual([]);
  return run;
}

describe('a disk of the runner', () => {
  test.concurrent(
    'that is too small is download_error with the bytes needed and free, before the first byte is written',
    async () => {
      await withDisk({ sizeBytes: 2 * MIB }, async folder => {
        const run = await retrainOntoDisk(folder, {
          scenario: { ...FINISHED, results: { sizeBytes: 5_000_000 } },
          inputs: { max_outage_minutes: '10' },
        });
        expect(run.outputs.result).toBe('download_error');
        expect(run.outputs.error_message).toMatch(/5000000 bytes needed, 2\d{6} bytes free/);
        expect(run.storage).toHaveLength(1);
        expect(readdirSync(folder)).toEqual([]);
        expect(run.durationMs).toBeLessThan(10_000);
      });
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'that is too small for the ZIP of an upload is upload_error with the bytes needed and free, nothing is left',
    async () => {
      await withDisk({ sizeBytes: 2 * MIB }, async folder => {
        const run = await retrain({
          action: 'upload',
          watchdogMs: WATCHDOG_MS,
          env: { RUNNER_TEMP: folder },
          prepare: ({ workspace }) => {
            writeFileSync(join(workspace, 'train.csv'), randomBytes(5_000_000));
            writeFileSync(join(workspace, 'eval.csv'), 'a\n');
          },
          inputs: { training_data: 'train.csv', evaluation_data: 'eval.csv' },
        });
        expect(run.outputs.result).toBe('upload_error');
        expect(run.outputs.error_message).toMatch(/up to 50\d{5} bytes needed for the ZIP, \d+ bytes free/);
        expect(run.status).toEqual([]);
        expect(readdirSync(folder)).toEqual([]);
      });
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'that fills in the middle of a file of unknown length is download_error, nothing is left',
    async () => {
      await withDisk({ sizeBytes: 2 * MIB }, async folder => {
        const run = await retrainOntoDisk(folder, {
          scenario: { ...FINISHED, results: { sizeBytes: 5_000_000, chunked: true } },
          inputs: { max_outage_minutes: '10' },
        });
        expect(run.outputs.result).toBe('download_error');
        expect(run.outputs.error_message).toMatch(/unknown number of bytes needed, \d+ bytes free/);
        expect(readdirSync(folder)).toEqual([]);
        expect(run.durationMs).toBeLessThan(10_000);
      });
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'that somebody else fills during the download is download_error with the bytes needed and free',
    async () => {
      await withDisk({ sizeBytes: 6 * MIB }, async folder => {
        const run = await retrainOntoDisk(folder, {
          scenario: {
            ...FINISHED,
            results: { sizeBytes: 5_000_000 },
            storage: [{ bytesPerSecond: 2_000_000 }],
          },
          inputs: { max_outage_minutes: '10' },
          during: async () => {
            while (partialBytes(folder) < MIB) await pause(10);
            fill(join(folder, 'of somebody else'), 6 * MIB);
          },
        });
        expect(run.outputs.result).toBe('download_error');
        const [, needed, free] =
          /(\d+) bytes needed, (\d+) bytes free/.exec(run.outputs.error_message ?? '') ?? [];
        expect(Number(needed)).toBeGreaterThan(Number(free));
        expect(Number(needed)).toBeLessThan(5_000_000);
        expect(readdirSync(folder)).toEqual(['of somebody else']);
      });
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'that somebody else fills while several connections write is download_error, nothing is left',
    async () => {
      await withDisk({ sizeBytes: 44 * MIB }, async folder => {
        const run = await retrainOntoDisk(folder, {
          scenario: {
            ...FINISHED,
            results: { sizeBytes: 40_000_000 },
            storage: Array.from({ length: 20 }, () => ({ bytesPerSecond: 4_000_000 })),
          },
          inputs: { max_outage_minutes: '10' },
          during: async () => {
            // Written ahead of the front: so long a file there is only with more than one connection.
            while (partialBytes(folder) < 20 * MIB) await pause(10);
            fill(join(folder, 'of somebody else'), 44 * MIB);
          },
        });
        expect(run.outputs.result).toBe('download_error');
        expect(run.outputs.error_message).toMatch(/is full: \d{6,8} bytes needed, \d+ bytes free/);
        expect(run.storage.length).toBeGreaterThan(2);
        expect(readdirSync(folder)).toEqual(['of somebody else']);
      });
    },
    TEST_LIMIT_MS,
  );

  test.concurrent.each([
    ['read-only', { readOnly: true }, /read-only/i],
    ['full of files', { files: 1 }, /no space/i],
  ])(
    'that is %s is invalid_input that names results_directory, before the first request',
    async (_what, options, reason) => {
      await withDisk({ sizeBytes: MIB, ...options }, async folder => {
        const run = await retrainOntoDisk(folder, { scenario: FINISHED });
        expect(run.outputs.result).toBe('invalid_input');
        expect(run.outputs.error_message).toContain('results_directory');
        expect(run.outputs.error_message).toMatch(reason);
        expect(run.status).toEqual([]);
        expect(readdirSync(folder)).toEqual([]);
      });
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'that is RUNNER_TEMP and full does not stop a wait without results',
    async () => {
      await withDisk({ sizeBytes: MIB, files: 1 }, async folder => {
        const run = await retrainOntoDisk('', {
          scenario: FINISHED,
          inputs: { download_results: 'false' },
          env: { RUNNER_TEMP: folder },
        });
        expect(run.outputs.result).toBe('succeeded');
      });
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'that is the tool cache and too small costs the cache alone: a warning, no half file in it',
    async () => {
      await withDisk({ sizeBytes: 2 * MIB }, async folder => {
        const run = await retrainOntoDisk('', {
          scenario: { ...FINISHED, results: { sizeBytes: 5_000_000 } },
          inputs: { cache_results: 'true' },
          env: { RUNNER_TOOL_CACHE: folder },
        });
        expect(run.outputs.result).toBe('succeeded');
        expect(annotations(run, 'warning').join()).toMatch(/space|full/i);
        const again = await retrainOntoDisk('', {
          scenario: { ...FINISHED, results: { sizeBytes: 1_000_000 } },
          inputs: { cache_results: 'true' },
          env: { RUNNER_TOOL_CACHE: folder },
        });
        expect(again.outputs).toMatchObject({ result: 'succeeded', results_size: '1000000' });
      });
    },
    TEST_LIMIT_MS,
  );
});

/** Writes until the disk is full. */
function fill(path: string, atMostBytes: number): void {
  try {
    writeFileSync(path, Buffer.alloc(atMostBytes));
  } catch {
    // That is what it is for.
  }
}

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', signal => {
  const cancelled = async (options: RetrainOptions, until: (action: RunningAction) => Promise<unknown>) => {
    let sentAtMs = 0;
    const run = await retrain({
      watchdogMs: WATCHDOG_MS,
      ...options,
      inputs: { ...options.inputs, max_outage_minutes: '10' },
      during: async action => {
        await until(action);
        sentAtMs = action.signal(signal);
      },
    });
    expectSoundEnd(run);
    expect(run.outputs.result).toBe('cancelled');
    expect(run.endedAtMs - sentAtMs).toBeLessThan(2_000);
    return run;
  };

  test.concurrent(
    'in the middle of a file from nginx, onto a disk of its own, leaves that disk empty',
    async () => {
      await withDisk({ sizeBytes: 8 * MIB }, async folder =>
        withNginx('limit_rate 2m;', async nginx => {
          writeFileSync(join(nginx.folder, 'results.csv'), someFile(6_000_000).bytes);
          await cancelled(
            {
              scenario: { statusAnswers: [finishedJob(() => `${nginx.url}/results.csv`)] },
              inputs: { ...QUIET, results_directory: folder },
            },
            async () => {
              while (partialBytes(folder) < MIB) await pause(10);
            },
          );
          expect(readdirSync(folder)).toEqual([]);
        }),
      );
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'while an artifact upload trickles into a slow network, leaves nothing stored as whole',
    async () => {
      const artifactPort = await freePort();
      await withToxiproxy(async toxiproxy => {
        const slow = { type: 'bandwidth', attributes: { rate: 100 }, stream: 'upstream' } as const;
        const passage = await toxiproxy.passage(artifactPort, [slow]);
        const run = await cancelled(
          {
            scenario: { ...FINISHED, results: { sizeBytes: 6_000_000 } },
            simulator: { artifactPort, publicOrigins: { artifact: passage.url } },
            env: { ACTIONS_RESULTS_URL: passage.url },
          },
          async action => {
            await action.logShows('SHA-256');
            await pause(2_000);
          },
        );
        expect(run.simulator.artifacts.filter(({ finalized }) => finalized)).toEqual([]);
        expect(run.outputs.results_sha256).toBe(run.simulator.results.sha256);
      });
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'while storage swallows the request, and while the API does',
    async () => {
      const apiPort = await freePort();
      await withToxiproxy(async toxiproxy => {
        const hole = { type: 'timeout', attributes: { timeout: 0 }, stream: 'upstream' } as const;
        const api = await toxiproxy.passage(apiPort, [hole]);
        const storage = await toxiproxy.passage(await freePort(), [hole]);
        await cancelled(
          { simulator: { apiPort }, inputs: { api_url: api.url, request_timeout_seconds: '30' } },
          async action => {
            await action.logShows('Checking');
            await pause(500);
          },
        );
        await cancelled(
          {
            scenario: { statusAnswers: [finishedJob(() => `${storage.url}/results.csv`)] },
            inputs: { request_timeout_seconds: '30' },
          },
          async action => {
            await action.logShows('job_finished');
            await pause(500);
          },
        );
      });
    },
    TEST_LIMIT_MS,
  );
});
