// The action `upload/` end to end: what arrives at storage, what is told, and how every fault on the way ends.
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { StorageScript } from '../../simulator/index.js';
import { textsOf } from '../support/archives.js';
import {
  type ActionRun,
  annotations,
  leftFiles,
  PROJECT,
  type RetrainOptions,
  type RetrainRun,
  retrain,
  runAction,
} from './action-run.js';
import { API_KEY, httpServer, JOB_ID, withServer } from './servers.js';

const TRAIN = 'size,species\n5.1,setosa\n';
const EVAL = 'size,species\n6.3,virginica\n';
const MIB = 1024 ** 2;
const PAGE = '<!doctype html><title>Login</title>';

interface UploadOptions extends RetrainOptions {
  /** In the workspace; the first one is the training data. */
  readonly files?: Record<string, string | Buffer>;
}

/** Uploads `train.csv` from the workspace, if the options say nothing else. */
function upload(options: UploadOptions = {}): Promise<RetrainRun> {
  const { files = { 'train.csv': TRAIN }, inputs = {}, ...rest } = options;
  return retrain({
    action: 'upload',
    prepare: ({ workspace }) => {
      for (const [name, content] of Object.entries(files)) writeFileSync(join(workspace, name), content);
    },
    ...rest,
    inputs: { training_data: Object.keys(files)[0] ?? '', ...inputs },
  });
}

const withPuts = (...storageUploads: StorageScript[]) => ({ scenario: { storageUploads } });
const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
const filenames = (run: RetrainRun) =>
  run.status.map(({ path }) => new URLSearchParams(path.split('?')[1]).get('filename'));
/** The job of the n-th upload_url, 1 for the first. */
const jobOf = (run: RetrainRun, count: number) => run.storage[count - 1]?.path.split('/')[2];

/** What is written whatever happens to the PUT. */
function expectUploadError(run: RetrainRun, puts: number): void {
  expect(run.outputs).toMatchObject({ result: 'upload_error', retrain_job_id: jobOf(run, puts) });
  expect(run.outputs).not.toHaveProperty('uploaded_bytes');
  expect(run.outputs).not.toHaveProperty('uploaded_sha256');
  expect(run.exitCode).toBe(1);
  expect(run.storage).toHaveLength(puts);
  expect(annotations(run, 'error')).toHaveLength(1);
}

describe('what arrives', () => {
  test.concurrent.each<UploadOptions & { what: string; name: string }>([
    { what: 'a CSV', files: { 'train.csv': TRAIN }, name: 'train.csv' },
    { what: 'a TSV', files: { 'train.TSV': 'a\tb\n1\t2\n' }, name: 'train.TSV' },
    {
      what: 'a ZIP as it is',
      files: { 'both.zip': Buffer.from('PK\u0003\u0004 anything') },
      name: 'both.zip',
    },
    { what: 'a Japanese name', files: { '学習 データ.csv': TRAIN }, name: '学習 データ.csv' },
    {
      what: 'another name',
      files: { 'export.dat': TRAIN },
      inputs: { file_name: '2026&w=1.csv' },
      name: '2026&w=1.csv',
    },
  ])(
    '$what: the very bytes, under the name, with their length and without a key',
    async ({ files = {}, inputs = {}, name }) => {
      const run = await upload({ files, inputs });
      const content = Buffer.from(Object.values(files)[0] ?? '');
      expect(run.simulator.uploads).toEqual([
        {
          jobId: run.outputs.retrain_job_id,
          fileName: name,
          sizeBytes: content.length,
          sha256: sha256(content),
          bytes: content,
        },
      ]);
      expect(run.outputs).toEqual({
        result: 'succeeded',
        retrain_job_id: jobOf(run, 1),
        uploaded_bytes: String(content.length),
        uploaded_sha256: sha256(content),
      });
      expect(run.exitCode).toBe(0);
      expect(filenames(run)).toEqual([name]);
      expect(run.storage[0]?.headers).toMatchObject({ 'content-length': String(content.length) });
      expect(Object.keys(run.storage[0]?.headers ?? {})).not.toContain('x-api-key');
      expect(Object.keys(run.storage[0]?.headers ?? {})).not.toContain('content-type');
      expect(run.summary).toMatch(/^## ✅ Data uploaded/);
      expect(run.lingeredMs).toBeLessThan(1_500);
    },
  );

  test.concurrent('a path is relative to the workspace', async () => {
    const run = await upload({
      prepare: ({ workspace }) => {
        mkdirSync(join(workspace, 'data'));
        writeFileSync(join(workspace, 'data/train.csv'), TRAIN);
      },
      inputs: { training_data: 'data/train.csv' },
    });
    expect(run.outputs.uploaded_sha256).toBe(sha256(TRAIN));
  });

  test.concurrent('evaluation data makes a ZIP of the two, names in UTF-8, and leaves nothing behind', async () => {
    const run = await upload({
      files: { '学習データ.csv': TRAIN, '評価.tsv': EVAL },
      inputs: { evaluation_data: '評価.tsv' },
    });
    expect(run.outputs.result).toBe('succeeded');
    expect(filenames(run)).toEqual(['学習データ.zip']);
    const bytes = run.simulator.uploads[0]?.bytes ?? Buffer.alloc(0);
    expect(await textsOf(bytes)).toEqual({ 'train_src/学習データ.csv': TRAIN, 'eval_src/評価.tsv': EVAL });
    expect(run.outputs).toMatchObject({
      uploaded_bytes: String(bytes.length),
      uploaded_sha256: sha256(bytes),
    });
    expect(leftFiles(run).sort()).toEqual(['workspace/学習データ.csv', 'workspace/評価.tsv']);
  });

  test.concurrent('two files of one name both arrive', async () => {
    const run = await upload({
      prepare: ({ workspace }) => {
        for (const [folder, text] of [
          ['a', TRAIN],
          ['b', EVAL],
        ] as const) {
          mkdirSync(join(workspace, folder));
          writeFileSync(join(workspace, folder, 'data.csv'), text);
          utimesSync(join(workspace, folder, 'data.csv'), new Date(0), new Date(0));
        }
      },
      inputs: { training_data: 'a/data.csv', evaluation_data: 'b/data.csv', file_name: 'week.zip' },
    });
    expect(filenames(run)).toEqual(['week.zip']);
    expect(await textsOf(run.simulator.uploads[0]?.bytes ?? Buffer.alloc(0))).toEqual({
      'train_src/data.csv': TRAIN,
      'eval_src/data.csv': EVAL,
    });
  });
});

describe('inputs', () => {
  test.concurrent.each<UploadOptions & { what: string; says: RegExp }>([
    { what: 'no data file', inputs: { training_data: '' }, says: /'training_data' must be the path/ },
    {
      what: 'a file that is not there',
      inputs: { training_data: 'nowhere.csv' },
      says: /there is none at '.*workspace\/nowhere\.csv'/,
    },
    {
      what: 'a folder',
      inputs: { training_data: '../temp', file_name: 'a.csv' },
      says: /'training_data' must be a regular file/,
    },
    {
      what: 'an empty file',
      files: { 'train.csv': '' },
      says: /'training_data' must be a file with at least one byte/,
    },
    {
      what: 'evaluation data that is not there',
      inputs: { evaluation_data: 'eval.csv' },
      says: /'evaluation_data' must be a file that is there/,
    },
    {
      what: 'a device',
      inputs: { training_data: '/dev/zero', file_name: 'a.csv' },
      says: /must be a regular file, not a folder or a device/,
    },
    {
      what: 'a name with a path',
      inputs: { file_name: '../a.csv' },
      says: /'file_name' must be a plain name.*current value is '\.\.\/a\.csv'/,
    },
    {
      what: 'a name that no vendor takes',
      files: { 'train.parquet': TRAIN },
      says: /'file_name' must be .*'\.csv', '\.tsv' or '\.zip'/,
    },
    {
      what: 'a ZIP that is called CSV',
      inputs: { evaluation_data: 'train.csv', file_name: 'a.csv' },
      says: /ends in '\.zip'/,
    },
    {
      what: 'a ZIP to be packed',
      files: { 'train.zip': 'PK' },
      inputs: { evaluation_data: 'train.zip' },
      says: /the action makes the ZIP/,
    },
    { what: 'no key', inputs: { api_key: '' }, says: /'api_key' must be/ },
  ])('$what is invalid_input, before any request', async ({ says, ...options }) => {
    const run = await upload(options);
    expect(run.outputs).toEqual({ result: 'invalid_input', error_message: expect.stringMatching(says) });
    expect(run.exitCode).toBe(1);
    expect(run.simulator.requests).toEqual([]);
  });

  test.concurrent('both files are named when neither can be used', async () => {
    const run = await upload({ inputs: { training_data: 'a.csv', evaluation_data: 'b.csv' } });
    expect(run.outputs.error_message).toMatch(/'training_data'.*'evaluation_data'/);
  });
});

describe('errors of the API', () => {
  test.concurrent.each([
    ['invalid_api_key.', 'auth_error'],
    ['This user may be deleted.', 'not_found'],
    ['This model may be deleted.', 'not_found'],
    ['This job may be deleted.', 'job_deleted'],
    ['Something else.', 'api_error'],
  ])('%s → %s, without a PUT', async (message, result) => {
    const run = await upload({ scenario: { uploadAnswers: [{ httpStatus: 400, message }] } });
    expect(run.outputs).toMatchObject({ result, error_code: '4001000204' });
    expect(run.outputs).not.toHaveProperty('retrain_job_id');
    expect(run.storage).toEqual([]);
  });

  test.concurrent('passing faults are retried', async () => {
    const uploadAnswers = [
      { fault: 'reset' as const },
      { httpStatus: 500, message: 'Not found configuration_file.' },
    ];
    const run = await upload({ scenario: { uploadAnswers }, inputs: { max_outage_minutes: '1' } });
    expect(run.outputs.result).toBe('succeeded');
    expect(run.status).toHaveLength(3);
  });

  test.concurrent('no answer at all is network_error', async () => {
    const run = await upload({
      scenario: { uploadAnswers: [{ fault: 'reset' }] },
      inputs: { max_outage_minutes: '0' },
    });
    expect(run.outputs.result).toBe('network_error');
  });

  test.concurrent.each([
    { url: 'ftp://127.0.0.1/x?X-Amz-Signature=abcdef0123456789', says: /must be https/ },
    { url: 'no url', says: /is not a URL/ },
  ])('an upload_url that may not be used ($url) is upload_error, its job told', async ({ url, says }) => {
    const body = { retrain_job_id: 'job-7', upload_url: url };
    const run = await upload({ scenario: { uploadAnswers: [{ body }] } });
    expect(run.outputs).toMatchObject({
      result: 'upload_error',
      retrain_job_id: 'job-7',
      error_message: expect.stringMatching(says),
    });
    expect(run.outputs.error_message).not.toContain('Do not switch');
    expect(run.log + JSON.stringify(run.outputs) + run.summary).not.toContain('abcdef0123456789');
  });

  test.concurrent('an upload_url of any length is told as any other wrong one', async () => {
    const body = { retrain_job_id: 'job-7', upload_url: 'x'.repeat(70_000) };
    const run = await upload({ scenario: { uploadAnswers: [{ body }] } });
    expect(run.outputs).toMatchObject({
      result: 'upload_error',
      retrain_job_id: 'job-7',
      error_message: expect.stringContaining('is not a URL'),
    });
  });

  test.concurrent.each(['a\nb', 'two words', '.', '..', 'x'.repeat(257)])(
    'a job id that no other call takes (%j) is no answer: nothing is sent',
    async retrain_job_id => {
      const body = { retrain_job_id, upload_url: 'https://storage.test.invalid/put' };
      const run = await upload({
        scenario: { uploadAnswers: [{ body }] },
        inputs: { max_outage_minutes: '0' },
      });
      expect(run.outputs).toEqual({
        result: 'api_error',
        error_message: expect.stringContaining('no usable retrain_job_id'),
      });
      expect(run.storage).toEqual([]);
    },
  );
});

describe('faults of storage', () => {
  test.concurrent.each<{ what: string; script: StorageScript }>([
    { what: 'a connection that breaks in the middle', script: { fault: 'cut', afterBytes: 3 * MIB } },
    { what: 'a connection that is reset', script: { fault: 'reset' } },
    { what: 'a server error', script: { httpStatus: 503 } },
    { what: 'too many requests', script: { httpStatus: 429, headers: { 'retry-after': '1' } } },
  ])('$what: sent again from the first byte', async ({ script }) => {
    const content = Buffer.alloc(8 * MIB, 'abcdefghijk');
    const run = await upload({
      files: { 'train.csv': content },
      ...withPuts(script, script),
      inputs: { max_outage_minutes: '1' },
    });
    expect(run.outputs).toMatchObject({ result: 'succeeded', uploaded_sha256: sha256(content) });
    expect(run.simulator.uploads.map(({ sha256: got }) => got)).toEqual([sha256(content)]);
    // The same job throughout: the URL still holds.
    expect(new Set(run.storage.map(({ path }) => path)).size).toBe(1);
    expect(run.storage).toHaveLength(3);
    expect(run.log).toContain('trying again from the first byte');
  });

  test.concurrent('silence is a fault: an answer that never comes', async () => {
    const run = await upload({ ...withPuts({ fault: 'hang' }), inputs: { request_timeout_seconds: '0.5' } });
    expect(run.outputs.result).toBe('succeeded');
    expect(run.storage).toHaveLength(2);
  });

  test.concurrent('Retry-After is obeyed', async () => {
    const run = await upload(withPuts({ httpStatus: 503, headers: { 'retry-after': '2' } }));
    expect(run.outputs.result).toBe('succeeded');
    const [first, second] = run.storage.map(({ startedAtMs }) => startedAtMs);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(1_950);
  });

  test.concurrent('faults that last end as upload_error, the job told', async () => {
    const run = await upload({ scenario: { storageUploads: Array(20).fill({ httpStatus: 500 }) } });
    expectUploadError(run, run.storage.length);
    expect(run.storage.length).toBeGreaterThan(1);
    expect(run.outputs.error_message).toMatch(/HTTP 500.*max_outage_minutes|max_outage_minutes.*HTTP 500/);
  });

  test.concurrent.each([400, 405, 411, 412, 202, 206, 300, 301, 302, 303])(
    'HTTP %i is final',
    async httpStatus => {
      const redirectTo = httpStatus >= 300 && httpStatus < 400 ? { redirectTo: (url: string) => url } : {};
      const body = httpStatus < 300 ? { body: '' } : {};
      expectUploadError(await upload(withPuts({ httpStatus, ...redirectTo, ...body })), 1);
    },
  );

  test.concurrent.each([200, 201, 204])('HTTP %i is good', async httpStatus => {
    const run = await upload(withPuts({ httpStatus, body: '' }));
    expect(run.outputs.result).toBe('succeeded');
  });

  test.concurrent('an answer before the file is there is no success', async () => {
    const files = { 'train.csv': Buffer.alloc(64 * MIB, 'x') };
    const run = await upload({ files, ...withPuts({ httpStatus: 200, body: '' }) });
    expect(run.outputs.result).toBe('succeeded');
    expect(run.simulator.uploads).toHaveLength(1);
  });

  test.concurrent('a page in place of storage is no success', async () => {
    const run = await upload(withPuts({ fault: 'html' }));
    expectUploadError(run, 1);
    expect(run.outputs.error_message).toContain('HTML page');
  });

  test.concurrent.each<{ what: string; answer: (response: ServerResponse) => void }>([
    { what: 'a long page', answer: response => response.end(`${PAGE}${'x'.repeat(200_000)}`) },
    { what: 'a page that never ends', answer: response => response.write(PAGE) },
    {
      what: 'a page that breaks off',
      answer: response =>
        response
          .writeHead(200, { 'content-length': 5_000 })
          .write(PAGE, () => setTimeout(() => response.destroy(), 50)),
    },
    { what: 'a page with a comment first', answer: response => response.end(`<!-- proxy -->${PAGE}`) },
    {
      what: 'what calls itself a page',
      answer: response =>
        response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<form>'),
    },
  ])('$what in place of storage is no success', async ({ answer }) => {
    const { run, puts } = await withRawStorage(Buffer.from(TRAIN), (request, response) =>
      request.resume().on('end', () => answer(response)),
    );
    expect(run.outputs).toMatchObject({
      result: 'upload_error',
      error_message: expect.stringContaining('HTML page'),
    });
    expect(puts()).toBe(1);
  });

  test.concurrent('an error that storage sends with HTTP 200 is no success, and sent again', async () => {
    const body =
      '<?xml version="1.0"?>\n<Error><Code>InternalError</Code><Message>Try again.</Message></Error>';
    const run = await upload(withPuts({ httpStatus: 200, body }));
    expect(run.outputs.result).toBe('succeeded');
    expect(run.storage).toHaveLength(2);
    expect(run.log).toContain('HTTP 200 (InternalError: Try again.)');
  });

  test.concurrent('a Retry-After that nobody waits for ends it at once, saying so', async () => {
    const run = await upload(withPuts({ httpStatus: 503, headers: { 'retry-after': '7200' } }));
    expectUploadError(run, 1);
    expect(run.outputs.error_message).toContain('the storage asked to wait 120 min');
    expect(run.outputs.error_message).not.toContain('of failures');
  });

  test.concurrent('S3’s RequestTimeout is retried', async () => {
    const body = '<Error><Code>RequestTimeout</Code><Message>Too slow.</Message></Error>';
    const run = await upload(withPuts({ httpStatus: 400, body }));
    expect(run.outputs.result).toBe('succeeded');
  });

  test.concurrent.each([307, 308])('a redirect with HTTP %i is followed with all bytes', async httpStatus => {
    const run = await upload(withPuts({ httpStatus, redirectTo: url => url }));
    expect(run.outputs.result).toBe('succeeded');
    expect(run.simulator.uploads.map(({ sha256: got }) => got)).toEqual([sha256(TRAIN)]);
  });

  test.concurrent('redirects in a circle end as upload_error', async () => {
    const again = { httpStatus: 307, redirectTo: (url: string) => url };
    expectUploadError(await upload(withPuts(...Array<StorageScript>(9).fill(again))), 6);
  });
});

describe('an upload_url that holds no more', () => {
  test.concurrent.each([403, 404, 410])(
    'HTTP %i: a fresh one, whose job is the true one',
    async httpStatus => {
      const run = await upload(withPuts({ httpStatus }));
      expect(run.outputs).toMatchObject({ result: 'succeeded', retrain_job_id: jobOf(run, 2) });
      expect(jobOf(run, 1)).not.toBe(jobOf(run, 2));
      expect(run.simulator.uploads.map(({ jobId }) => jobId)).toEqual([jobOf(run, 2)]);
    },
  );

  test.concurrent('one that expired while a large file was to be sent', async () => {
    const files = { 'train.csv': Buffer.alloc(40 * MIB, 'abcdefg') };
    const run = await upload({
      files,
      ...withPuts({ httpStatus: 403 }),
      inputs: { max_outage_minutes: '1' },
    });
    expect(run.outputs).toMatchObject({ result: 'succeeded', uploaded_sha256: sha256(files['train.csv']) });
  });

  test.concurrent('one that storage refuses while the file is still on its way, hanging up', async () => {
    const content = Buffer.alloc(64 * MIB, 'abcdefg');
    let asked = 0;
    const { run, puts } = await withRawStorage(content, (request, response) => {
      asked += 1;
      if (asked > 2) return void request.resume().on('end', () => response.end());
      response.writeHead(403, { connection: 'close' });
      response.end('<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>');
    });
    expect(run.outputs).toMatchObject({ result: 'succeeded', uploaded_sha256: sha256(content) });
    expect(run.log).toContain('Request has expired');
    // Its answer is lost, then waited for; the third one goes to the fresh URL.
    expect(puts()).toBe(3);
  });

  test.concurrent('at most three fresh ones, the last job told', async () => {
    const run = await upload({ scenario: { downloadUrlSeconds: -5 } });
    expectUploadError(run, 4);
    expect(run.outputs.error_message).toContain('Request has expired');
  });
});

describe('a file that changes while it is sent', () => {
  const content = Buffer.alloc(48 * MIB, 'x');
  test.concurrent.each<{ what: string; change: (path: string) => void }>([
    { what: 'shrinks', change: path => truncateSync(path, MIB) },
    { what: 'grows', change: path => appendFileSync(path, 'more') },
    { what: 'is written anew', change: path => writeFileSync(path, Buffer.alloc(content.length, 'y')) },
  ])('one that $what is upload_error, and never arrives whole', async ({ change }) => {
    let receivedBytes = 0;
    // Storage reads nothing until the file has changed; what is in the buffers by then is less than the file.
    const { run, puts } = await withRawStorage(content, (request, response, path) => {
      setTimeout(() => {
        change(path);
        request.on('data', (chunk: Buffer) => {
          receivedBytes += chunk.length;
        });
        request.on('end', () => response.end());
      }, 300);
    });
    expect(run.outputs).toMatchObject({
      result: 'upload_error',
      retrain_job_id: JOB_ID,
      error_message: expect.stringContaining('changed while it was being sent'),
    });
    expect(puts()).toBe(1);
    expect(receivedBytes).toBeLessThan(content.length);
  });
});

/** Uploads to a storage that does what `take` does with every PUT; `path` is the data file. */
async function withRawStorage(
  content: Buffer,
  take: (request: IncomingMessage, response: ServerResponse, path: string) => unknown,
): Promise<{ run: ActionRun; puts: () => number }> {
  let path = '';
  const server = httpServer((request, response) => {
    if (request.url?.startsWith('/v1/')) {
      const upload_url = `http://${request.headers.host}/put?X-Amz-Signature=0123456789abcdef`;
      response.end(JSON.stringify({ retrain_job_id: JOB_ID, upload_url }));
      return;
    }
    count += 1;
    request.on('error', () => {});
    take(request, response, path);
  });
  let count = 0;
  const run = await withServer(server, port =>
    runAction({
      action: 'upload',
      inputs: { training_data: 'train.csv', api_key: API_KEY, api_url: `http://127.0.0.1:${port}` },
      prepare: ({ workspace }) => {
        path = join(workspace, 'train.csv');
        writeFileSync(path, content);
      },
    }),
  );
  return { run, puts: () => count };
}

describe('a cancel', () => {
  const ON_STORAGE = ({ server }: { server: string }) => server === 'storage';
  const LONG = { max_outage_minutes: '10', request_timeout_seconds: '60' };
  const moment = () => new Promise(resolve => setTimeout(resolve, 150));

  function expectCancelled(run: ActionRun, sentAtMs: number): void {
    expect(run.outputs.result).toBe('cancelled');
    expect(run.exitCode).toBe(1);
    expect(run.endedAtMs - sentAtMs).toBeLessThan(2_000);
    expect(leftFiles(run).filter(path => path.startsWith('temp/'))).toEqual([]);
    expect(run.outputs.error_message).toMatch(/training starts only with whole data/);
    expect(run.summary).toContain('⏹️');
  }

  test.concurrent.each<{ what: string; options: RetrainOptions }>([
    { what: 'while storage is silent', options: withPuts({ fault: 'hang' }) },
    { what: 'in the middle of the file', options: withPuts({ fault: 'stall', afterBytes: 9 }) },
    {
      what: 'between two tries',
      options: withPuts(
        ...Array<StorageScript>(99).fill({ httpStatus: 503, headers: { 'retry-after': '60' } }),
      ),
    },
  ])('$what: told within two seconds, with the job, without the ZIP', async ({ options }) => {
    let sentAtMs = 0;
    const run = await upload({
      ...options,
      files: { 'train.csv': TRAIN, 'eval.csv': EVAL },
      inputs: { ...LONG, evaluation_data: 'eval.csv' },
      during: async (action, simulator) => {
        await simulator.requestArrives(1, ON_STORAGE).then(moment);
        sentAtMs = action.signal('SIGINT');
      },
    });
    expectCancelled(run, sentAtMs);
    expect(run.outputs.retrain_job_id).toBe(jobOf(run, 1));
    expect(run.outputs.error_message).toContain('training may have begun');
  });

  test.concurrent('while the ZIP is made: nothing of it is left', async () => {
    let sentAtMs = 0;
    const big = Buffer.alloc(150 * MIB);
    for (let at = 0; at < big.length; at += 4) big.writeUInt32LE((at * 2_654_435_761) >>> 0, at);
    const run = await upload({
      files: { 'train.csv': big, 'eval.csv': EVAL },
      inputs: {
        evaluation_data: 'eval.csv',
        secret_key: 'simulator-secret-key-0123456789',
        model_id: '48211',
        api_key: '',
      },
      during: async action => {
        await action.logShows('Got a fresh API key');
        await moment();
        sentAtMs = action.signal('SIGTERM');
      },
    });
    expectCancelled(run, sentAtMs);
    expect(run.outputs).not.toHaveProperty('retrain_job_id');
    expect(run.outputs.error_message).toContain('No data had gone out');
    expect(run.storage).toEqual([]);
  });
});

describe('rule 9: what the API says', () => {
  test.concurrent('forges nothing, and its upload_url is seen nowhere', async () => {
    const upload_url = 'https://storage.test.invalid/put?X-Amz-Signature=feedfacecafebeef0123&x-id=1';
    const body = { retrain_job_id: '::set-output\u200bname=result::x', upload_url };
    const run = await upload({
      scenario: { uploadAnswers: [{ body }] },
      inputs: { max_outage_minutes: '0' },
    });
    expect(run.outputs.result).toBe('upload_error');
    expect(run.commands.map(({ name }) => name)).not.toContain('set-output');
    expect(run.log + run.summary + JSON.stringify(run.outputs)).not.toContain('feedfacecafebeef0123');
    expect(run.stdout).toContain('::add-mask::feedfacecafebeef0123');
  });
});

test('every result that action.yml names is one of the contract’s, and the other way round', () => {
  const { outputs } = parse(readFileSync(join(PROJECT, 'upload/action.yml'), 'utf8'));
  const named = outputs.result.description
    .replace(/\(.*?\)/gs, '')
    .match(/[a-z]+_[a-z]+|succeeded|cancelled/g);
  expect(named).toEqual([
    ...['succeeded', 'invalid_input', 'auth_error', 'not_found', 'job_deleted', 'api_error'],
    ...['network_error', 'upload_error', 'cancelled', 'internal_error'],
  ]);
});
