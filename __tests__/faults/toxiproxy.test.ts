// A bad network, made by toxiproxy, between the action and the API, the storage (nginx) and the artifact service.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { StatusScript } from '../../simulator/index.js';
import { type RetrainOptions, type RetrainRun, type RunningAction, retrain } from '../e2e/action-run.js';
import {
  bytesOnDisk,
  expectResults,
  expectSoundEnd,
  finishedJob,
  someFile,
  TEST_LIMIT_MS,
  WATCHDOG_MS,
} from './laboratory.js';
import { type NginxRequest, withNginx } from './nginx.js';
import { freePort, pause } from './processes.js';
import { type Passage, type Toxic, withToxiproxy } from './toxiproxy.js';

const FILE = someFile(2_100_000);
/** A cut every so many bytes, headers included: 20 cuts in FILE and a last piece. */
const CUT_BYTES = 104_000;
/** Connections are made and stay open, requests vanish: the server never has a reason to close. */
const BLACK_HOLE: Toxic = { type: 'timeout', attributes: { timeout: 0 }, stream: 'upstream' };
const TRAINING: StatusScript = { status: 'training' };

interface Passages {
  readonly api: Passage;
  readonly storage: Passage;
  readonly artifact: Passage;
}

interface BadNetwork {
  readonly toxics?: Partial<Record<keyof Passages, readonly Toxic[]>>;
  /** In front of the answer that the job has finished. */
  readonly statusAnswers?: readonly StatusScript[];
  readonly inputs?: RetrainOptions['inputs'];
  readonly off?: keyof Passages;
  readonly during?: (action: RunningAction, passages: Passages) => Promise<unknown>;
}

interface Outcome {
  readonly run: RetrainRun;
  readonly fromNginx: readonly NginxRequest[];
  readonly passages: Passages;
}

async function retrainOver(network: BadNetwork): Promise<Outcome> {
  const [apiPort, artifactPort] = [await freePort(), await freePort()];
  return await withNginx('', async nginx => {
    writeFileSync(join(nginx.folder, 'results.csv'), FILE.bytes);
    return await withToxiproxy(async toxiproxy => {
      const passages = {
        api: await toxiproxy.passage(apiPort, network.toxics?.api),
        storage: await toxiproxy.passage(nginx.port, network.toxics?.storage),
        artifact: await toxiproxy.passage(artifactPort, network.toxics?.artifact),
      };
      if (network.off !== undefined) await passages[network.off].turn('off');
      const finished = finishedJob(() => `${passages.storage.url}/results.csv?X-Amz-Signature=0123456789`);
      const run = await retrain({
        watchdogMs: WATCHDOG_MS,
        simulator: { apiPort, artifactPort, publicOrigins: { artifact: passages.artifact.url } },
        scenario: { statusAnswers: [...(network.statusAnswers ?? []), finished] },
        inputs: {
          api_url: passages.api.url,
          upload_artifact: 'false',
          timeout_minutes: '1',
          // Several cuts in a row may let nothing through: only a test of giving up may be impatient.
          max_outage_minutes: '1',
          ...network.inputs,
        },
        env: { ACTIONS_RESULTS_URL: passages.artifact.url },
        during: async action => network.during?.(action, passages),
      });
      expectSoundEnd(run);
      const fromNginx = await nginx.requests();
      expect(fromNginx.map(({ key }) => key).filter(Boolean)).toEqual([]);
      return { run, fromNginx, passages };
    });
  });
}

describe('a bad network', () => {
  const SLOW: Readonly<Record<string, BadNetwork['toxics'] & object>> = {
    latency: {
      api: [{ type: 'latency', attributes: { latency: 300, jitter: 200 } }],
      storage: [{ type: 'latency', attributes: { latency: 300, jitter: 200 } }],
    },
    'little bandwidth': {
      api: [{ type: 'bandwidth', attributes: { rate: 1 } }],
      storage: [{ type: 'bandwidth', attributes: { rate: 500 } }],
    },
    'connections that close late': {
      api: [{ type: 'slow_close', attributes: { delay: 2_000 } }],
      storage: [{ type: 'slow_close', attributes: { delay: 2_000 } }],
    },
    'tiny packets': {
      api: [{ type: 'slicer', attributes: { average_size: 20, size_variation: 10, delay: 1_000 } }],
      storage: [{ type: 'slicer', attributes: { average_size: 1_400, size_variation: 700, delay: 10 } }],
    },
  };

  test.concurrent.each(Object.keys(SLOW))(
    'with %s costs time, no retry and no result',
    async key => {
      const { run, fromNginx } = await retrainOver({
        toxics: SLOW[key] ?? {},
        statusAnswers: [TRAINING],
        inputs: { max_outage_minutes: '0' },
      });
      expectResults(run, FILE);
      expect(run.status).toHaveLength(2);
      expect(fromNginx).toHaveLength(1);
      expect(run.lingeredMs).toBeLessThan(key === 'connections that close late' ? 1_500 : 20_000);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'that cuts the download twenty times, with some bytes between the cuts, ends in the right file',
    async () => {
      const { run, fromNginx } = await retrainOver({
        toxics: { storage: [{ type: 'limit_data', attributes: { bytes: CUT_BYTES } }] },
      });
      expectResults(run, FILE);
      expect(fromNginx.length).toBeGreaterThanOrEqual(21);
      // A cut may also swallow what was on its way: then nothing has arrived yet, or the same part is asked for again.
      const firstResumed = fromNginx.findIndex(({ range }) => range !== '');
      const [whole, resumed] = [fromNginx.slice(0, firstResumed), fromNginx.slice(firstResumed)];
      expect(whole.length).toBeLessThan(5);
      expect(resumed.filter(({ status, ifRange }) => status !== 206 || ifRange === '')).toEqual([]);
      const starts = resumed.map(({ range }) => Number(/\d+/.exec(range)?.[0]));
      expect(starts).toEqual([...starts].sort((one, other) => one - other));
      expect(new Set(starts).size).toBeGreaterThanOrEqual(20);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'that resets every answer of storage ends as download_error, not before max_outage_minutes and soon after',
    async () => {
      const { run } = await retrainOver({
        toxics: { storage: [{ type: 'reset_peer', attributes: { timeout: 50 } }] },
        inputs: { max_outage_minutes: '0.05' },
      });
      expect(run.outputs.result).toBe('download_error');
      expect(run.durationMs).toBeGreaterThan(3_000);
      expect(run.durationMs).toBeLessThan(10_000);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'that resets every answer of the API ends as network_error, not before max_outage_minutes and soon after',
    async () => {
      const { run, passages } = await retrainOver({
        toxics: { api: [{ type: 'reset_peer', attributes: { timeout: 0 } }] },
        inputs: { max_outage_minutes: '0.05' },
      });
      expect(run.outputs.result).toBe('network_error');
      expect(run.outputs.error_message).toContain(`127.0.0.1:${passages.api.port}`);
      expect(run.durationMs).toBeGreaterThan(3_000);
      expect(run.durationMs).toBeLessThan(10_000);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'that resets answers for a while is waited out',
    async () => {
      const { run } = await retrainOver({
        toxics: {
          api: [{ type: 'reset_peer', attributes: { timeout: 0 } }],
          storage: [{ type: 'reset_peer', attributes: { timeout: 100 } }],
        },
        inputs: { max_outage_minutes: '0.5' },
        during: async (_action, { api, storage }) => {
          await pause(2_000);
          await api.removeAll();
          await pause(3_000);
          await storage.removeAll();
        },
      });
      expectResults(run, FILE);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'that swallows every request to the API ends as network_error, by request_timeout_seconds and max_outage_minutes',
    async () => {
      const { run } = await retrainOver({
        toxics: { api: [BLACK_HOLE] },
        inputs: { request_timeout_seconds: '0.5', max_outage_minutes: '0.05' },
      });
      expect(run.outputs.result).toBe('network_error');
      expect(run.outputs.error_message).toMatch(/0\.5 s/);
      expect(run.durationMs).toBeGreaterThan(3_000);
      expect(run.durationMs).toBeLessThan(10_000);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'that swallows every request to the API ends as timed_out when the deadline comes first',
    async () => {
      const { run } = await retrainOver({
        toxics: { api: [BLACK_HOLE] },
        inputs: { request_timeout_seconds: '30', max_outage_minutes: '10', timeout_minutes: '0.05' },
      });
      expect(run.outputs.result).toBe('timed_out');
      expect(run.durationMs).toBeLessThan(6_000);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'that swallows every request to storage ends as download_error',
    async () => {
      const { run } = await retrainOver({
        toxics: { storage: [BLACK_HOLE] },
        inputs: { request_timeout_seconds: '0.5', max_outage_minutes: '0.05' },
      });
      expect(run.outputs.result).toBe('download_error');
      expect(run.outputs.error_message).toMatch(/0\.5 s/);
      expect(run.durationMs).toBeLessThan(10_000);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'whose API is down for a while is waited out within max_outage_minutes',
    async () => {
      const { run } = await retrainOver({
        off: 'api',
        statusAnswers: [TRAINING],
        inputs: { max_outage_minutes: '0.5' },
        during: async (_action, { api }) => {
          await pause(4_000);
          await api.turn('on');
        },
      });
      expectResults(run, FILE);
      expect(run.status.length).toBeGreaterThanOrEqual(2);
      expect(run.durationMs).toBeGreaterThan(4_000);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'whose API goes down between two checks and stays down ends as network_error with the status seen before',
    async () => {
      const { run } = await retrainOver({
        statusAnswers: [TRAINING, TRAINING, TRAINING, TRAINING, TRAINING, TRAINING, TRAINING, TRAINING],
        inputs: { max_outage_minutes: '0.05' },
        during: async (action, { api }) => {
          await action.logShows('training');
          await api.turn('off');
        },
      });
      expect(run.outputs).toMatchObject({ result: 'network_error', status: 'training' });
      expect(run.durationMs).toBeLessThan(15_000);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'whose storage goes down in the middle of the file goes on with the rest',
    async () => {
      const { run, fromNginx } = await retrainOver({
        toxics: { storage: [{ type: 'bandwidth', attributes: { rate: 1_000 } }] },
        inputs: { max_outage_minutes: '0.5' },
        during: async (action, { storage }) => {
          await bytesOnDisk(action, 1_000_000);
          await storage.turn('off');
          await pause(2_000);
          await storage.removeAll();
          await storage.turn('on');
        },
      });
      expectResults(run, FILE);
      expect(fromNginx.map(({ status }) => status)).toEqual([200, 206]);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'that cuts off every download before its first byte ends as download_error that tells what had arrived',
    async () => {
      const { run } = await retrainOver({
        toxics: { storage: [{ type: 'limit_data', attributes: { bytes: 10 } }] },
        inputs: { max_outage_minutes: '0.05' },
      });
      expect(run.outputs.result).toBe('download_error');
      expect(run.outputs.error_message).toMatch(/0 of an unknown number of bytes/);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'to the artifact service is waited out, and the artifact is stored whole',
    async () => {
      const { run } = await retrainOver({
        off: 'artifact',
        inputs: { upload_artifact: 'true', max_outage_minutes: '1' },
        during: async (action, { artifact }) => {
          await action.logShows('SHA-256');
          await pause(2_000);
          await artifact.turn('on');
        },
      });
      expectResults(run, FILE);
      expectWholeArtifact(run);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'that cuts artifact uploads in the middle is waited out, and the artifact is stored whole',
    async () => {
      const { run } = await retrainOver({
        toxics: {
          artifact: [{ type: 'limit_data', attributes: { bytes: 500_000 }, stream: 'upstream' }],
        },
        inputs: { upload_artifact: 'true', max_outage_minutes: '1' },
        during: async (action, { artifact }) => {
          await action.logShows('SHA-256');
          await pause(3_000);
          await artifact.removeAll();
        },
      });
      expectResults(run, FILE);
      expectWholeArtifact(run);
    },
    TEST_LIMIT_MS,
  );
});

/** One finished artifact, of the digest that the output names; incompressible bytes cannot have become less. */
function expectWholeArtifact(run: RetrainRun): void {
  const [artifact, ...more] = run.simulator.artifacts.filter(({ finalized }) => finalized);
  expect(more).toEqual([]);
  expect(artifact?.name).toBe(run.outputs.artifact_name);
  const digest = createHash('sha256')
    .update(artifact?.bytes() ?? '')
    .digest('hex');
  expect(run.outputs.artifact_digest).toBe(digest);
  expect(artifact?.sizeBytes).toBeGreaterThan(FILE.bytes.length - 1);
}
