// Results behind a real nginx: Range, If-Range, 412 and 416 as RFC 9110 has them, not as our simulator has them.
import { renameSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type RetrainOptions, type RetrainRun, type RunningAction, retrain } from '../e2e/action-run.js';
import {
  bytesOnDisk,
  expectResults,
  finishedJob,
  partOf,
  type SomeFile,
  someFile,
  TEST_LIMIT_MS,
  WATCHDOG_MS,
} from './laboratory.js';
import { type Nginx, type NginxRequest, withNginx } from './nginx.js';

const FILE_BYTES = 4_000_000;
/** Slow enough that half a file is half a second. */
const SLOW = 'limit_rate 3m;';
const LAST_YEAR = new Date(Date.now() - 365 * 86_400_000);
const PATIENT = { max_outage_minutes: '0.5' };

interface Serving {
  readonly file: SomeFile;
  readonly directives?: string;
  readonly inputs?: RetrainOptions['inputs'];
  /** Runs beside the action. */
  readonly during?: (action: RunningAction, nginx: Nginx, path: string) => Promise<unknown>;
}

async function fetchFromNginx(serving: Serving): Promise<{ run: RetrainRun; requests: NginxRequest[] }> {
  return await withNginx(serving.directives ?? '', async nginx => {
    const path = join(nginx.folder, 'results.csv');
    replaceFile(path, serving.file);
    const run = await retrain({
      watchdogMs: WATCHDOG_MS,
      scenario: { statusAnswers: [finishedJob(() => `${nginx.url}/results.csv?X-Amz-Signature=0123456789`)] },
      inputs: { ...PATIENT, upload_artifact: 'false', ...serving.inputs },
      during: async action => serving.during?.(action, nginx, path),
    });
    const requests = await nginx.requests();
    expect(requests.map(({ key }) => key).filter(Boolean)).toEqual([]);
    return { run, requests };
  });
}

/** Puts a file in the other's place as a storage does: in one step, nginx keeps serving the old one to its readers. */
function replaceFile(path: string, file: SomeFile, modified = LAST_YEAR): void {
  writeFileSync(`${path}.new`, file.bytes);
  utimesSync(`${path}.new`, modified, modified);
  renameSync(`${path}.new`, path);
}

/** nginx goes down in the middle of the file, and comes back after `change`; it logs only what came after that. */
function interrupted(change: (path: string) => void): NonNullable<Serving['during']> {
  return async (action, nginx, path) => {
    await bytesOnDisk(action, 1_000_000);
    await nginx.stop();
    change(path);
    await nginx.start();
  };
}

const steps = (requests: readonly NginxRequest[]) =>
  requests.map(({ status, range, ifRange }) => [status, range !== '', ifRange !== '']);

describe('results behind nginx', () => {
  test.concurrent(
    'come whole in one request, uncompressed',
    async () => {
      const file = someFile(FILE_BYTES);
      const { run, requests } = await fetchFromNginx({ file, directives: 'gzip on; gzip_types *;' });
      expectResults(run, file);
      expect(requests).toHaveLength(1);
      expect(requests[0]).toMatchObject({
        method: 'GET',
        status: 200,
        range: '',
        acceptEncoding: 'identity',
        sentBytes: FILE_BYTES,
      });
    },
    TEST_LIMIT_MS,
  );

  test.concurrent.each([
    ['ETag', '', /^"[0-9a-f-]+"$/],
    ['Last-Modified alone', 'etag off;', /^\w{3}, .* GMT$/],
  ])(
    'that break off go on where they stopped, held together by %s',
    async (_validator, directives, ifRange) => {
      const file = someFile(FILE_BYTES);
      const { run, requests } = await fetchFromNginx({
        file,
        directives: SLOW + directives,
        during: interrupted(() => {}),
      });
      expectResults(run, file);
      const [rest] = requests;
      expect(requests.map(({ status }) => status)).toEqual([206]);
      expect(rest?.ifRange).toMatch(ifRange);
      const fromByte = Number(/^bytes=(\d+)-$/.exec(rest?.range ?? '')?.[1]);
      expect(fromByte).toBeGreaterThanOrEqual(1_000_000);
      expect(fromByte).toBeLessThan(FILE_BYTES);
      expect(rest?.sentBytes).toBe(FILE_BYTES - fromByte);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'that break off without ETag and Last-Modified start over',
    async () => {
      const file = someFile(FILE_BYTES);
      const { run, requests } = await fetchFromNginx({
        file,
        directives: `${SLOW} etag off; add_header Last-Modified "";`,
        during: interrupted(() => {}),
      });
      expectResults(run, file);
      expect(steps(requests)).toEqual([[200, false, false]]);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent.each([
    ['longer', FILE_BYTES + 1_000_000],
    ['shorter', FILE_BYTES - 1_500_000],
    ['of the same length', FILE_BYTES],
  ])(
    'replaced in the middle by a file that is %s start over and end as the new file',
    async (_length, sizeBytes) => {
      const replacement = someFile(sizeBytes);
      const { run, requests } = await fetchFromNginx({
        file: someFile(FILE_BYTES),
        directives: SLOW,
        during: interrupted(path => replaceFile(path, replacement, new Date(Date.now() - 3_600_000))),
      });
      expectResults(run, replacement);
      expect(steps(requests)).toEqual([[200, true, true]]);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'cut short under the same date are refused with 416 and start over',
    async () => {
      const shorter = someFile(500_000);
      const { run, requests } = await fetchFromNginx({
        file: someFile(FILE_BYTES),
        directives: `${SLOW} etag off;`,
        during: interrupted(path => replaceFile(path, shorter)),
      });
      expectResults(run, shorter);
      expect(steps(requests)).toEqual([
        [416, true, true],
        [200, false, false],
      ]);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'whose resumption is refused with 412 start over',
    async () => {
      const file = someFile(FILE_BYTES);
      const { run, requests } = await fetchFromNginx({
        file,
        directives: `${SLOW} if ($http_range) { return 412; }`,
        during: interrupted(() => {}),
      });
      expectResults(run, file);
      expect(requests.map(({ status }) => status)).toEqual([412, 200]);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'behind a server that ignores Range start over',
    async () => {
      const file = someFile(FILE_BYTES);
      const { run, requests } = await fetchFromNginx({
        file,
        directives: `${SLOW} max_ranges 0;`,
        during: interrupted(() => {}),
      });
      expectResults(run, file);
      expect(steps(requests)).toEqual([[200, true, true]]);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'may take longer than timeout_minutes, as long as bytes flow',
    async () => {
      const file = someFile(FILE_BYTES);
      const { run, requests } = await fetchFromNginx({
        file,
        directives: 'limit_rate 500k;',
        inputs: { timeout_minutes: '0.05', max_outage_minutes: '0.02' },
      });
      expectResults(run, file);
      expect(requests).toHaveLength(1);
      expect(run.durationMs).toBeGreaterThan(6_000);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'cut short on the disk of the server while it sends them end as the shorter file, never as half of the old',
    async () => {
      const file = someFile(FILE_BYTES);
      const { run, requests } = await fetchFromNginx({
        file,
        directives: `${SLOW} etag off; sendfile off;`,
        during: async (action, _nginx, path) => {
          await bytesOnDisk(action, 1_000_000);
          truncateSync(path, 2_500_000);
          utimesSync(path, LAST_YEAR, LAST_YEAR);
        },
      });
      expectResults(run, partOf(file, 2_500_000));
      expect(requests.map(({ status, range }) => [status, range !== ''])).toEqual([
        [200, false],
        // By how much had arrived: nothing is left for it, or a part of something shorter.
        [requests[1]?.status === 206 ? 206 : 416, true],
        [200, false],
      ]);
    },
    TEST_LIMIT_MS,
  );
});

/** nginx limits each connection: so much that a second of it leaves more than is fetched in another three. */
const LARGE_BYTES = 40_000_000;
const SLOW_EACH = 'limit_rate 4m;';

describe('large results behind a slow nginx', () => {
  test.concurrent(
    'come over several connections, each part once, held together by the ETag',
    async () => {
      const file = someFile(LARGE_BYTES);
      const { run, requests } = await fetchFromNginx({ file, directives: SLOW_EACH });
      expectResults(run, file);
      const parts = requests.filter(({ range }) => range !== '');
      expect(requests).toHaveLength(parts.length + 1);
      expect(parts.length).toBeGreaterThanOrEqual(5);
      for (const part of parts) {
        expect(part).toMatchObject({ status: 206, ifRange: expect.stringMatching(/^"[0-9a-f-]+"$/) });
        expect(part.range).toMatch(/^bytes=\d+-\d+$/);
      }
      const starts = parts.map(({ range }) => range.split('-')[0]);
      expect(new Set(starts).size).toBe(starts.length);
      expect(requests.find(({ range }) => range === '')?.sentBytes).toBeLessThan(LARGE_BYTES);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent.each([
    ['that ignores Range', 'max_ranges 0;', 200],
    ['that refuses more connections', 'if ($http_range) { return 503; }', 503],
  ])(
    '%s come over the first one alone, after one request more',
    async (_what, directives, status) => {
      const file = someFile(LARGE_BYTES);
      const { run, requests } = await fetchFromNginx({ file, directives: SLOW_EACH + directives });
      expectResults(run, file);
      expect(requests.map(request => request.status)).toEqual([200, status]);
      expect(requests[0]?.sentBytes).toBe(LARGE_BYTES);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent.each([
    ['goes down and comes back: every part goes on where it stopped', undefined],
    ['comes back with another file: it is fetched from its start', someFile(LARGE_BYTES - 3_000_000)],
  ])(
    'that %s',
    async (_what, replacement) => {
      const file = someFile(LARGE_BYTES);
      const { run, requests } = await fetchFromNginx({
        file,
        directives: SLOW_EACH,
        during: async (action, nginx, path) => {
          // Written ahead of the front: so long a file there is only with more than one connection.
          await bytesOnDisk(action, 20_000_000);
          await nginx.stop();
          if (replacement !== undefined) replaceFile(path, replacement, new Date(Date.now() - 3_600_000));
          await nginx.start();
        },
      });
      expectResults(run, replacement ?? file);
      const wholes = requests.filter(({ status }) => status === 200);
      if (replacement === undefined) expect(wholes).toEqual([]);
      else expect(wholes.length).toBeGreaterThan(0);
    },
    TEST_LIMIT_MS,
  );
});
