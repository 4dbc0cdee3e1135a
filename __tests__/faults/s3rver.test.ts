// Results behind presigned URLs whose signature and expiry are really verified (s3rver), as the vendor's storage does.
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type RetrainOptions, type RetrainRun, type RunningAction, retrain } from '../e2e/action-run.js';
import {
  bytesOnDisk,
  expectResults,
  expectSoundEnd,
  finishedJob,
  type SomeFile,
  someFile,
  TEST_LIMIT_MS,
  WATCHDOG_MS,
} from './laboratory.js';
import { pause } from './processes.js';
import { type S3, type S3Request, withS3 } from './s3rver.js';
import { type Passage, withToxiproxy } from './toxiproxy.js';

const FILE = someFile(3_000_000);
const HOUR_MS = 3_600_000;
/** Over a link of 4 MB/s a connection worth several of them. */
const LARGE_FILE = someFile(40_000_000);

interface Signed {
  /** Absent: FILE. */
  readonly file?: SomeFile;
  readonly bytesPerSecond?: number;
  /** The download_url of each status answer; the last repeats. */
  readonly urls: (s3: S3, passage: Passage) => readonly (() => string)[];
  readonly prepare?: (s3: S3) => void;
  readonly inputs?: RetrainOptions['inputs'];
  readonly during?: (action: RunningAction, passage: Passage) => Promise<unknown>;
}

async function fetchSigned(signed: Signed): Promise<{ run: RetrainRun; requests: S3Request[] }> {
  const { file = FILE, bytesPerSecond = 1_000_000 } = signed;
  const slow = { type: 'bandwidth', attributes: { rate: bytesPerSecond / 1_000 } } as const;
  return await withS3(file.bytes, async s3 =>
    withToxiproxy(async toxiproxy => {
      const passage = await toxiproxy.passage(s3.port, [slow]);
      signed.prepare?.(s3);
      const run = await retrain({
        watchdogMs: WATCHDOG_MS,
        scenario: { statusAnswers: signed.urls(s3, passage).map(finishedJob) },
        inputs: { upload_artifact: 'false', max_outage_minutes: '0.5', ...signed.inputs },
        during: async action => signed.during?.(action, passage),
      });
      expectSoundEnd(run);
      expect(run.log + run.summary + JSON.stringify(run.outputs)).not.toMatch(/X-Amz-Signature=[0-9a-f]{64}/);
      const requests = s3.requests();
      expect(requests.map(({ key }) => key).filter(Boolean)).toEqual([]);
      return { run, requests };
    }),
  );
}

const statuses = (requests: readonly S3Request[]) => requests.map(({ status }) => status);

describe('presigned URLs that are verified', () => {
  test.concurrent(
    'a good one is used once, and the bytes match the ETag that is their MD5',
    async () => {
      const { run, requests } = await fetchSigned({
        urls: s3 => [() => s3.presign({ lifetimeSeconds: 60 })],
      });
      expectResults(run, FILE);
      expect(statuses(requests)).toEqual([200]);
      expect(run.status).toHaveLength(1);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'an expired one gets a fresh one from the API',
    async () => {
      const { run, requests } = await fetchSigned({
        urls: s3 => [
          () => s3.presign({ lifetimeSeconds: 300, signedAtMs: Date.now() - HOUR_MS }),
          () => s3.presign({ lifetimeSeconds: 300 }),
        ],
      });
      expectResults(run, FILE);
      expect(statuses(requests)).toEqual([403, 200]);
      expect(run.status).toHaveLength(2);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'one that expires in the middle of the file, when the connection breaks, gets a fresh one for the rest',
    async () => {
      const { run, requests } = await fetchSigned({
        urls: (s3, { port }) => [
          () => s3.presign({ lifetimeSeconds: 1, port }),
          () => s3.presign({ lifetimeSeconds: 300, port }),
        ],
        during: async (action, passage) => {
          await bytesOnDisk(action, 1_000_000);
          await pause(700);
          await passage.turn('off');
          await passage.turn('on');
        },
      });
      expectResults(run, FILE);
      // The broken one may be noticed after the refused one.
      expect(statuses(requests).sort()).toEqual([200, 206, 403]);
      expect(requests.find(({ status }) => status === 206)?.range).toMatch(/^bytes=[1-9]\d+-$/);
      expect(run.status).toHaveLength(2);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'one with a wrong signature is download_error after three fresh ones, with what the storage said',
    async () => {
      const { run, requests } = await fetchSigned({
        urls: s3 => [() => s3.presign({ lifetimeSeconds: 300, secret: 'not the secret' })],
      });
      expect(run.outputs.result).toBe('download_error');
      expect(statuses(requests)).toEqual([403, 403, 403, 403]);
      expect(run.status).toHaveLength(4);
      expect(run.outputs.error_message).toContain('SignatureDoesNotMatch');
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'an object damaged at rest is download_error that names both digests, not a result',
    async () => {
      const { run } = await fetchSigned({
        urls: s3 => [() => s3.presign({ lifetimeSeconds: 60 })],
        prepare: s3 => {
          const bytes = readFileSync(s3.objectPath);
          bytes[1_500_000] = (bytes[1_500_000] ?? 0) ^ 1;
          writeFileSync(s3.objectPath, bytes);
        },
      });
      expect(run.outputs.result).toBe('download_error');
      expect(run.outputs.error_message).toMatch(/MD5 [0-9a-f]{32}, announced [0-9a-f]{32}/);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'a large file comes over several connections under one URL, and the whole has the MD5 of the ETag',
    async () => {
      const { run, requests } = await fetchSigned({
        file: LARGE_FILE,
        bytesPerSecond: 4_000_000,
        urls: (s3, { port }) => [() => s3.presign({ lifetimeSeconds: 300, port })],
      });
      expectResults(run, LARGE_FILE);
      expect(statuses(requests).filter(status => status === 200)).toHaveLength(1);
      expect(statuses(requests).filter(status => status === 206).length).toBeGreaterThanOrEqual(5);
      expect(run.status).toHaveLength(1);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'a URL that expires amid the parts of a large file, when all connections break, is replaced once',
    async () => {
      const { run, requests } = await fetchSigned({
        file: LARGE_FILE,
        bytesPerSecond: 4_000_000,
        urls: (s3, { port }) => [
          () => s3.presign({ lifetimeSeconds: 3, port }),
          () => s3.presign({ lifetimeSeconds: 300, port }),
        ],
        during: async (action, passage) => {
          await bytesOnDisk(action, 20_000_000);
          await passage.turn('off');
          await pause(3_500);
          await passage.turn('on');
        },
      });
      expectResults(run, LARGE_FILE);
      expect(statuses(requests)).toContain(403);
      expect(run.status).toHaveLength(2);
    },
    TEST_LIMIT_MS,
  );
});
