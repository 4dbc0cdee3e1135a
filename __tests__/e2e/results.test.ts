// Rule 6 end to end: how the results file arrives, resumes, is proven, named and put in its place.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { RecordedRequest, ResultsSpec, Scenario, StorageScript } from '../../simulator/index.js';
import { needsSystem } from '../support/system.js';
import {
  annotations,
  createRunner,
  leftFiles,
  type RetrainRun,
  removeRunner,
  retrain,
} from './action-run.js';
import { httpServer, withServer } from './servers.js';

needsSystem('unix', 'symbolic links');

const NO_ARTIFACT = { upload_artifact: 'false' };
const BIG = { sizeBytes: 3_000_000 };

function fetching(storage: StorageScript[], results?: ResultsSpec, inputs = {}): Promise<RetrainRun> {
  const scenario: Scenario = { storage, ...(results === undefined ? {} : { results }) };
  return retrain({ scenario, inputs: { ...NO_ARTIFACT, ...inputs } });
}

function expectWhole(run: RetrainRun): void {
  const { results } = run.simulator;
  expect(run.outputs).toMatchObject({
    result: 'succeeded',
    results_size: String(results.sizeBytes),
    results_sha256: results.sha256,
  });
  expect(leftFiles(run).filter(path => path.endsWith('.partial'))).toEqual([]);
}

function expectDownloadError(run: RetrainRun): void {
  expect(run.outputs).toMatchObject({
    result: 'download_error',
    ready_to_switch: 'false',
    status: 'job_finished',
  });
  expect(run.outputs.results_file).toBeUndefined();
  expect(leftFiles(run)).toEqual([]);
  expect(run.exitCode).toBe(1);
}

function ranges(run: RetrainRun): unknown[] {
  return run.storage.map(({ headers }: RecordedRequest) => headers.range);
}

/** Runs the download against a handler of its own in place of the simulator's storage. */
function fetchingFrom(
  handler: Parameters<typeof httpServer>[0],
  path = '/file.zip?X-Amz-Signature=0123456789abcdef',
): Promise<RetrainRun> {
  return withServer(httpServer(handler), port =>
    retrain({
      scenario: {
        statusAnswers: [
          { body: { status: 'job_finished', download_url: `http://127.0.0.1:${port}${path}` } },
        ],
      },
      inputs: NO_ARTIFACT,
    }),
  );
}

describe('a file that arrives', () => {
  test.concurrent('is streamed to a partial file and has its final name only when it is whole', async () => {
    const seen: string[] = [];
    const run = await retrain({
      scenario: { results: BIG, storage: [{ bytesPerSecond: 4_000_000 }] },
      inputs: { ...NO_ARTIFACT, results_directory: 'out' },
      during: async ({ runner }, { requestArrives }) => {
        await requestArrives(1, ({ server }) => server === 'storage');
        for (let look = 0; look < 10; look += 1) {
          seen.push(...readdirSync(join(runner.workspace, 'out')));
          await new Promise(resolve => setTimeout(resolve, 30));
        }
      },
    });
    expectWhole(run);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.filter(name => !name.endsWith('.partial'))).toEqual([]);
    expect(run.outputs.results_file).toMatch(/\/workspace\/out\/retrain_results\.zip$/);
  });

  test.concurrent('has the SHA-256 and size that the outputs say, and is asked for without compression', async () => {
    const run = await fetching([]);
    expectWhole(run);
    const [path = '', ...others] = leftFiles(run).filter(name => name.endsWith('.zip'));
    expect(others).toEqual([]);
    const bytes = run.files.get(path) ?? Buffer.alloc(0);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(run.outputs.results_sha256);
    expect(run.storage[0]?.headers['accept-encoding']).toBe('identity');
    expect(run.outputs.results_file).toBe(
      join(run.outputs.results_directory ?? '', run.simulator.results.fileName),
    );
  });

  test.concurrent('lands in retrain-results/<job id> under RUNNER_TEMP by default', async () => {
    const run = await retrain({ simulator: { jobId: 'job-7' }, inputs: NO_ARTIFACT });
    expect(leftFiles(run)).toContain('temp/retrain-results/job-7/retrain_results.zip');
  });

  test.concurrent('lands in a folder made safe, marked with 8 digits of the hash, for an unsafe job id', async () => {
    const jobId = '../ジョブ/1';
    const hash = createHash('sha256').update(jobId).digest('hex').slice(0, 8);
    const run = await retrain({ simulator: { jobId }, inputs: NO_ARTIFACT });
    const folder = leftFiles(run)
      .find(path => path.endsWith('.zip'))
      ?.split('/')
      .at(-2);
    expect(folder).toMatch(new RegExp(`^[^/]*ジョブ_1-${hash}$`));
    expect(leftFiles(run)[0]).toMatch(/^temp\/retrain-results\//);
  });

  test.concurrent.each<[string, ResultsSpec]>([
    ['chunked', { chunked: true }],
    ['ended by the connection', { closeDelimited: true }],
    ['of a multipart ETag', { etag: 'opaque' }],
    ['of a weak ETag', { etag: 'weak' }],
    ['of no ETag', { etag: 'none' }],
  ])('%s is taken', async (_name, results) => {
    expectWhole(await fetching([], results));
  });

  test.concurrent('whose body a hostile length forecasts more than the disk holds is download_error naming the bytes', async () => {
    const run = await fetchingFrom((_request, response) => {
      response.writeHead(200, { 'content-length': '1000000000000000' });
      response.flushHeaders();
    });
    expectDownloadError(run);
    expect(run.outputs.error_message).toMatch(/1000000000000000 bytes needed, \d+ bytes free/);
  });
});

describe('proof', () => {
  test.concurrent('a right Content-MD5 passes', async () => {
    expectWhole(await fetching([], { contentMd5: 'right', etag: 'none' }));
  });

  test.concurrent('a wrong Content-MD5 is download_error', async () => {
    const run = await fetching([], { contentMd5: 'wrong', etag: 'none' });
    expectDownloadError(run);
    expect(run.outputs.error_message).toContain('MD5');
  });

  test.concurrent('an ETag of exactly 32 hex digits counts as the MD5', async () => {
    const wrong = { etag: `"${'0'.repeat(32)}"` };
    expectDownloadError(await fetching(Array<StorageScript>(9).fill(wrong)));
  });

  test.concurrent('a file that was damaged on the way once is fetched again', async () => {
    expectWhole(await fetching([{ etag: `"${'0'.repeat(32)}"` }]));
  });

  test.concurrent.each([
    ['KMS', { 'x-amz-server-side-encryption': 'aws:kms' }],
    ['two-layer KMS', { 'x-amz-server-side-encryption': 'aws:kms:dsse' }],
    ["a customer's key", { 'x-amz-server-side-encryption-customer-algorithm': 'AES256' }],
  ])('an ETag is no MD5 when the answer names encryption with %s', async (_name, headers) => {
    expectWhole(await fetching([{ etag: `"${'0'.repeat(32)}"`, headers }]));
  });

  test.concurrent('an ETag stays the MD5 under plain S3 encryption', async () => {
    const script = { etag: `"${'0'.repeat(32)}"`, headers: { 'x-amz-server-side-encryption': 'AES256' } };
    expectDownloadError(await fetching(Array<StorageScript>(9).fill(script)));
  });

  test.concurrent('Content-Length is checked: a body that ends early is not the file', async () => {
    const run = await fetching(Array<StorageScript>(200).fill({ fault: 'cut', afterBytes: 100 }), {
      etag: 'none',
      lastModified: false,
    });
    expectDownloadError(run);
  });

  test.concurrent('a body without length or checksum that is cut is not taken for the file', async () => {
    expectWhole(await fetching([{ fault: 'cut' }], { closeDelimited: true, etag: 'none' }));
  });

  test.concurrent('an empty body is download_error', async () => {
    expectDownloadError(await fetching([{ fault: 'empty' }]));
  });

  test.concurrent.each<[string, StorageScript]>([
    ['HTML', { fault: 'html' }],
    ['XML', { body: '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>' }],
  ])('an %s page in place of the file is download_error', async (_name, script) => {
    expectDownloadError(await fetching([script]));
  });
});

describe('a stream that breaks', () => {
  test.concurrent('resumes with Range and If-Range from where it stopped', async () => {
    const run = await fetching([{ fault: 'cut', afterBytes: 1_234_567 }], BIG);
    expectWhole(run);
    expect(ranges(run)).toEqual([undefined, 'bytes=1234567-']);
    const [first, second] = run.storage;
    expect(first?.headers['if-range']).toBeUndefined();
    expect(second?.headers['if-range']).toMatch(/^"[0-9a-f]{32}"$/);
    expect(second?.headers['accept-encoding']).toBe('identity');
  });

  test.concurrent('resumes again and again, since each step is progress', async () => {
    const cut: StorageScript = { fault: 'cut', afterBytes: 600_000 };
    const run = await fetching([cut, cut, cut], BIG);
    expectWhole(run);
    expect(ranges(run)).toEqual([undefined, 'bytes=600000-', 'bytes=1200000-', 'bytes=1800000-']);
  });

  test.concurrent('is started over when the server ignores Range', async () => {
    const run = await fetching([{ fault: 'cut' }, { ignoreRange: true }], BIG);
    expectWhole(run);
    expect(run.storage).toHaveLength(2);
  });

  test.concurrent('is started over when the server answers a wrong range', async () => {
    const run = await fetching([{ fault: 'cut' }, { wrongContentRange: true }], BIG);
    expectWhole(run);
    expect(ranges(run).at(-1)).toBeUndefined();
  });

  test.concurrent('is started over when the file changed meanwhile', async () => {
    const run = await fetching([{ fault: 'cut' }, { etag: '"another-version"' }], BIG);
    expectWhole(run);
    expect(run.storage).toHaveLength(2);
  });

  test.concurrent('is one stream from the start when there is no strong validator', async () => {
    const run = await fetching([{ fault: 'cut' }], { ...BIG, etag: 'weak', lastModified: false });
    expectWhole(run);
    expect(ranges(run)).toEqual([undefined, undefined]);
  });
});

describe('a storage that fails', () => {
  test.concurrent('is asked again', async () => {
    const run = await fetching([{ httpStatus: 503 }, { fault: 'reset' }, { httpStatus: 429 }], undefined, {
      max_outage_minutes: '1',
    });
    expectWhole(run);
    expect(run.storage).toHaveLength(4);
    expect(run.status).toHaveLength(1);
  });

  test.concurrent('is given up after max_outage_minutes without progress: download_error', async () => {
    const run = await fetching(Array<StorageScript>(50).fill({ httpStatus: 503 }));
    expectDownloadError(run);
    expect(run.outputs.error_message).toContain('max_outage_minutes');
    expect(run.storage.length).toBeGreaterThan(1);
    const spentMs = (run.storage.at(-1)?.startedAtMs ?? 0) - (run.storage[0]?.startedAtMs ?? 0);
    expect(spentMs).toBeGreaterThanOrEqual(1_150);
  });

  test.concurrent('that does not answer within request_timeout_seconds is asked again', async () => {
    const run = await fetching([{ fault: 'hang' }], undefined, { request_timeout_seconds: '0.4' });
    expectWhole(run);
    expect(run.storage).toHaveLength(2);
  });

  test.concurrent.each([403, 404, 410])(
    'with a %i gets a fresh download_url from the API',
    async httpStatus => {
      const run = await fetching([{ httpStatus }]);
      expectWhole(run);
      expect(run.status).toHaveLength(2);
      expect(run.storage).toHaveLength(2);
    },
  );

  test.concurrent('is asked with at most 3 fresh URLs', async () => {
    const run = await fetching(Array<StorageScript>(50).fill({ httpStatus: 403 }), undefined, {
      max_outage_minutes: '1',
    });
    expectDownloadError(run);
    expect(run.status).toHaveLength(4);
    expect(run.storage).toHaveLength(4);
    expect(run.outputs.error_message).toContain('403');
  });

  test.concurrent('with an expired URL goes on with a fresh one', async () => {
    const run = await retrain({ scenario: 'expired-url', inputs: NO_ARTIFACT });
    expectWhole(run);
  });

  test.concurrent('in the middle of the file with a 403 resumes under the fresh URL', async () => {
    const run = await fetching([{ fault: 'cut', afterBytes: 1_000_000 }, { httpStatus: 403 }], BIG);
    expectWhole(run);
    expect(ranges(run)).toEqual([undefined, 'bytes=1000000-', 'bytes=1000000-']);
  });

  test.concurrent('with any other 4xx ends at once', async () => {
    const run = await fetching([{ httpStatus: 418 }]);
    expectDownloadError(run);
    expect(run.storage).toHaveLength(1);
  });
});

describe('a download_url that is not there yet', () => {
  test.concurrent('is asked for again', async () => {
    const run = await retrain({ scenario: 'no-download-url-yet', inputs: NO_ARTIFACT });
    expectWhole(run);
    expect(run.status).toHaveLength(3);
  });

  test.concurrent('is download_error when the deadline comes first', async () => {
    const run = await retrain({
      scenario: { statusAnswers: [{ omitDownloadUrl: true }] },
      inputs: { ...NO_ARTIFACT, timeout_minutes: '0.02' },
    });
    expectDownloadError(run);
    expect(run.durationMs).toBeLessThan(4_000);
    expect(run.outputs.error_message).toContain('download_url');
  });

  test.concurrent('is not missed with download_results: false', async () => {
    const run = await retrain({
      scenario: { statusAnswers: [{ omitDownloadUrl: true }] },
      inputs: { download_results: 'false' },
    });
    expect(run.outputs).toMatchObject({ result: 'succeeded', ready_to_switch: 'true' });
    expect(run.storage).toEqual([]);
  });
});

describe('the name of the file', () => {
  const nameOf = (run: RetrainRun) => run.outputs.results_file?.split('/').at(-1);

  test.concurrent.each([
    ['attachment; filename="model 1.zip"', 'model 1.zip'],
    ['attachment; filename="x.zip"; filename*=UTF-8\'\'%E7%B5%90%E6%9E%9C.zip', '結果.zip'],
    ['attachment; filename="../../etc/passwd.zip"', 'passwd.zip'],
    ['attachment; filename="..\\\\..\\\\boot.zip"', 'boot.zip'],
    ['attachment; filename="a:b|c?.zip"', 'a_b_c_.zip'],
    ['attachment; filename=".bashrc.zip"', '_bashrc.zip'],
    ['attachment; filename="NUL.zip"', '_NUL.zip'],
  ])('comes from Content-Disposition %s, made safe', async (contentDisposition, name) => {
    const run = await fetching([], { contentDisposition });
    expectWhole(run);
    expect(nameOf(run)).toBe(name);
    expect(leftFiles(run).every(path => path.startsWith('temp/retrain-results/'))).toBe(true);
  });

  test.concurrent('comes from the URL without Content-Disposition', async () => {
    expect(nameOf(await fetching([], { contentDisposition: null, fileName: '結果 1.zip' }))).toBe(
      '結果 1.zip',
    );
  });

  test.concurrent('is made up where neither says one', async () => {
    const run = await fetchingFrom((_request, response) => response.end('metric,value\n'), '/%2e%2e%2f');
    expect(run.outputs.result).toBe('succeeded');
    expect(nameOf(run)).toBe('results');
  });

  test.concurrent('is shortened when it is longer than a file system takes', async () => {
    const run = await fetching([], { contentDisposition: `attachment; filename="${'n'.repeat(400)}.zip"` });
    expectWhole(run);
    expect(nameOf(run)).toMatch(/^n{50,240}\.zip$/);
  });
});

describe('results_directory', () => {
  test.concurrent('is created when it is missing, relative to the workspace', async () => {
    const run = await retrain({ inputs: { ...NO_ARTIFACT, results_directory: './a/b c/結果' } });
    expectWhole(run);
    expect(leftFiles(run)).toContain('workspace/a/b c/結果/retrain_results.zip');
  });

  test.concurrent("keeps everybody else's files: the results get another name, with a warning", async () => {
    const run = await retrain({
      inputs: { ...NO_ARTIFACT, results_directory: 'out' },
      prepare: ({ workspace }) => {
        mkdirSync(join(workspace, 'out'));
        writeFileSync(join(workspace, 'out/retrain_results.zip'), 'precious');
        writeFileSync(join(workspace, 'out/other.txt'), 'precious too');
        symlinkSync('other.txt', join(workspace, 'out/retrain_results-2.zip'));
      },
    });
    expectWhole(run);
    expect(run.outputs.results_file).toMatch(/out\/retrain_results-3\.zip$/);
    expect(String(run.files.get('workspace/out/retrain_results.zip'))).toBe('precious');
    expect(String(run.files.get('workspace/out/other.txt'))).toBe('precious too');
    expect(annotations(run, 'warning')).toEqual([expect.stringContaining('retrain_results.zip')]);
  });

  test.concurrent('gets only our own earlier file replaced, silently', async () => {
    const runner = createRunner();
    try {
      const inputs = { ...NO_ARTIFACT, results_directory: 'out' };
      for (const text of ['metric,value\nAUC,0.8\n', 'metric,value\nAUC,0.91\n']) {
        const results = { bytes: Buffer.from(text), fileName: 'metrics.csv' };
        const run = await retrain({ runner, inputs, scenario: { results } });
        expectWhole(run);
        expect(annotations(run, 'warning')).toEqual([]);
        expect(String(run.files.get('workspace/out/metrics.csv'))).toBe(text);
        expect(leftFiles(run).filter(path => path.startsWith('workspace/'))).toHaveLength(1);
      }
    } finally {
      removeRunner(runner);
    }
  });
});
