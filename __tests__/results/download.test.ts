// The download against a real server that behaves well and badly, and a real folder.
import '../support/one-realm.js';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { CancelledError, type ExplainedError } from '../../src/errors.js';
import { createTransport } from '../../src/http/transport.js';
import { type DownloadLimits, type DownloadParts, download } from '../../src/results/download.js';
import { PresignedUrl } from '../../src/results/presigned-url.js';
import { TemporaryFiles } from '../../src/temporary-files.js';
import { answer, type Step, silence, withServer } from '../support/local-server.js';
import { closeDelimited, md5, serve, sha256, zipLike } from '../support/results-server.js';
import { inTempDirectory } from '../support/temp-directory.js';
import { VirtualClock } from '../support/virtual-clock.js';

const FILE = zipLike(300_000);
const HALF = 150_000;
const TAG = '"v1"';
const MINUTE = 60_000;
const PATH = '/results/model.zip?X-Amz-Signature=0123456789abcdef';

interface Options extends Partial<DownloadLimits> {
  /** Changes what `download` is handed. */
  readonly parts?: (parts: DownloadParts) => Partial<DownloadParts>;
}

/** Downloads from a server that does the steps, and tells all that can be seen from outside. */
async function fetchFrom(steps: Step[], { parts: change = () => ({}), ...limits }: Options = {}) {
  return inTempDirectory(async directory =>
    withServer(steps, async ({ url, requests }) => {
      const clock = new VirtualClock();
      const faults: { text: string; haveBytes: number; nextTryInMs: number }[] = [];
      let refreshes = 0;
      const basic: DownloadParts = {
        transport: createTransport('unit-test'),
        clock,
        random: () => 0,
        signal: new AbortController().signal,
        temporaryFiles: new TemporaryFiles(),
        refreshUrl: async () => {
          refreshes += 1;
          return PresignedUrl.parse(`${url}/fresh-${refreshes}.zip?X-Amz-Signature=fedcba9876543210`, true);
        },
        onFault: ({ error, haveBytes, nextTryInMs }) =>
          faults.push({ text: error.message, haveBytes, nextTryInMs }),
      };
      const own = { maxOutageMs: 10 * MINUTE, firstByteTimeoutMs: 5_000, stallTimeoutMs: 5_000, ...limits };
      const target = { url: PresignedUrl.parse(url + PATH, true), directory };
      const seen = () => ({ faults, clock, requests, refreshes });
      try {
        const { file, ...got } = await download(target, own, { ...basic, ...change(basic) });
        await file.finish(join(directory, 'final'));
        const bytes = await readFile(join(directory, 'final'));
        return { got, bytes, error: undefined, left: await readdir(directory), ...seen() };
      } catch (error) {
        const thrown = error as ExplainedError;
        return { got: undefined, bytes: undefined, error: thrown, left: await readdir(directory), ...seen() };
      }
    }),
  );
}

type Outcome = Awaited<ReturnType<typeof fetchFrom>>;

function expectWhole({ error, got, bytes, left }: Outcome, file = FILE) {
  expect(error).toBeUndefined();
  expect(bytes?.equals(file)).toBe(true);
  expect(got).toMatchObject({ sizeBytes: file.length, sha256: sha256(file) });
  expect(left).toEqual(['final']);
}

function expectFailed({ error, left }: Outcome, text: RegExp | string) {
  expect(error).toMatchObject({ code: 'download_error', message: expect.stringMatching(text) });
  expect(error?.message).not.toMatch(/0123456789abcdef|fedcba9876543210/);
  expect(left).toEqual([]);
}

const ranges = ({ requests }: Outcome) => requests.map(({ headers }) => headers.range);

describe('A file that arrives well', () => {
  test('is fetched with one request, as it is, without the key', async () => {
    const headers = { 'content-disposition': 'attachment; filename="my results.zip"' };
    const outcome = await fetchFrom([serve(FILE, { etag: TAG, headers })]);
    expectWhole(outcome);
    expect(outcome.got).toMatchObject({ kind: 'zip', name: 'my results.zip' });
    expect(outcome.faults).toEqual([]);
    const [request] = outcome.requests;
    expect(outcome.requests).toHaveLength(1);
    expect(request?.url).toBe(PATH);
    expect(request?.headers).toMatchObject({ 'accept-encoding': 'identity' });
    expect(request?.headers).not.toHaveProperty('x-api-key');
    expect(request?.headers).not.toHaveProperty('range');
  });

  test('takes its name from the URL where the header has none', async () => {
    expect((await fetchFrom([serve(FILE)])).got?.name).toBe('model.zip');
  });

  test('takes a name whose bytes are UTF-8, as many servers send them', async () => {
    const named = closeDelimited(FILE, { 'content-disposition': 'attachment; filename="結果.zip"' });
    expect((await fetchFrom([named])).got?.name).toBe('結果.zip');
  });

  test.each([
    {
      what: 'in chunks, without a length',
      step: ((_request, response) => response.writeHead(200).end(FILE)) as Step,
    },
    { what: 'with its MD5 as ETag', step: serve(FILE, { etag: `"${md5(FILE)}"` }) },
    {
      what: 'with Content-MD5',
      step: serve(FILE, { headers: { 'content-md5': Buffer.from(md5(FILE), 'hex').toString('base64') } }),
    },
    {
      what: 'with an ETag of 32 digits that is no MD5, under KMS',
      step: serve(FILE, {
        etag: `"${'0'.repeat(32)}"`,
        headers: { 'x-amz-server-side-encryption': 'aws:kms' },
      }),
    },
    { what: 'close-delimited, a ZIP whose end can be seen', step: closeDelimited(FILE) },
    { what: 'close-delimited, with its MD5', step: closeDelimited(FILE, { etag: `"${md5(FILE)}"` }) },
  ])('may come $what', async ({ step }) => {
    const outcome = await fetchFrom([step]);
    expectWhole(outcome);
    expect(outcome.requests).toHaveLength(1);
  });

  test('may be a text', async () => {
    const csv = Buffer.from('metric,value\nAUC,0.91\n');
    const outcome = await fetchFrom([serve(csv, { headers: { 'content-type': 'text/csv' } })]);
    expectWhole(outcome, csv);
    expect(outcome.got?.kind).toBe('other');
  });

  test('tells its progress', async () => {
    const seen: number[] = [];
    await fetchFrom([serve(FILE)], {
      parts: () => ({ onProgress: ({ haveBytes }) => seen.push(haveBytes) }),
    });
    expect(seen.at(-1)).toBe(FILE.length);
    expect([...seen].sort((one, other) => one - other)).toEqual(seen);
  });
});

describe('A stream that breaks off', () => {
  test.each([
    { how: 'cut', first: serve(FILE, { etag: TAG, cutAfter: HALF }) },
    { how: 'stalled', first: serve(FILE, { etag: TAG, stallAfter: HALF }) },
  ])('$how: goes on where it stopped, under the validator', async ({ first }) => {
    const outcome = await fetchFrom([first, serve(FILE, { etag: TAG })], { stallTimeoutMs: 200 });
    expectWhole(outcome);
    expect(ranges(outcome)).toEqual([undefined, `bytes=${HALF}-`]);
    expect(outcome.requests[1]?.headers['if-range']).toBe(TAG);
    expect(outcome.faults).toMatchObject([{ haveBytes: HALF, nextTryInMs: 500 }]);
  });

  test('goes on again and again, as long as there is progress, whatever the outage limit', async () => {
    const bit = serve(FILE, { etag: TAG, cutAfter: 50_000 });
    const outcome = await fetchFrom([bit, bit, bit, bit, serve(FILE, { etag: TAG })], { maxOutageMs: 1 });
    expectWhole(outcome);
    expect(ranges(outcome)).toEqual([
      undefined,
      'bytes=50000-',
      'bytes=100000-',
      'bytes=150000-',
      'bytes=200000-',
    ]);
  });

  test('goes on under a date where there is no strong ETag', async () => {
    const dates = { 'last-modified': 'Thu, 01 Oct 2026 00:00:00 GMT', etag: 'W/"v1"' };
    const rest: Step = ({ headers }, response) => {
      expect(headers['if-range']).toBe(dates['last-modified']);
      const part = { 'content-range': `bytes ${HALF}-${FILE.length - 1}/${FILE.length}` };
      response.writeHead(206, { ...part, ...dates }).end(FILE.subarray(HALF));
    };
    const headers = { ...dates, date: 'Thu, 01 Oct 2026 01:00:00 GMT' };
    expectWhole(await fetchFrom([serve(FILE, { headers, cutAfter: HALF }), rest]));
  });

  test.each([
    { what: 'no validator', etag: undefined },
    { what: 'only a weak ETag', etag: 'W/"v1"' },
  ])('starts over without a Range where there is $what', async ({ etag }) => {
    const behaviour = etag === undefined ? {} : { etag };
    const outcome = await fetchFrom([serve(FILE, { ...behaviour, cutAfter: HALF }), serve(FILE, behaviour)]);
    expectWhole(outcome);
    expect(ranges(outcome)).toEqual([undefined, undefined]);
  });

  test('starts over with a version that is shorter than what has arrived, and keeps nothing of the longer one', async () => {
    const shorter = zipLike(1_000);
    const outcome = await fetchFrom([
      serve(FILE, { etag: TAG, cutAfter: HALF }),
      serve(shorter, { etag: '"v2"' }),
    ]);
    expectWhole(outcome, shorter);
  });

  test('does not take a part that nobody asked for, even where it would fit', async () => {
    const range = { 'content-range': `bytes ${HALF}-${FILE.length - 1}/${FILE.length}` };
    const outcome = await fetchFrom([
      serve(FILE, { cutAfter: HALF }),
      answer(206, FILE.subarray(HALF), range),
      serve(FILE),
    ]);
    expectWhole(outcome);
    expect(outcome.requests).toHaveLength(3);
  });

  test('is none where bytes come slowly but steadily', async () => {
    const slow: Step = async (_request, response) => {
      response.writeHead(200, { 'content-length': String(FILE.length) });
      for (let at = 0; at < FILE.length; at += 30_000) {
        response.write(FILE.subarray(at, at + 30_000));
        await new Promise(resolve => setTimeout(resolve, 100));
      }
      response.end();
    };
    const outcome = await fetchFrom([slow], { stallTimeoutMs: 600 });
    expectWhole(outcome);
    expect(outcome.faults).toEqual([]);
  });

  const OTHER = zipLike(280_000);
  const part = (contentRange: string, body: Buffer, etag = TAG): Step =>
    answer(206, body, { 'content-range': contentRange, etag });
  test.each([
    {
      what: 'ignores the range',
      second: serve(FILE, { etag: TAG, ignoreRange: true }),
      whole: FILE,
      requests: 2,
    },
    { what: 'has a new version', second: serve(OTHER, { etag: '"v2"' }), whole: OTHER, requests: 2 },
    {
      what: 'sends a part from elsewhere',
      second: part(`bytes 0-${FILE.length - 1}/${FILE.length}`, FILE),
      whole: FILE,
      requests: 3,
    },
    {
      what: 'sends a part of a new version',
      second: part(`bytes ${HALF}-279999/280000`, OTHER.subarray(HALF), '"v2"'),
      whole: FILE,
      requests: 3,
    },
    {
      what: 'sends a part without a range',
      second: answer(206, FILE.subarray(HALF)),
      whole: FILE,
      requests: 3,
    },
    {
      what: 'says the range is beyond the file (416)',
      second: answer(416, '', { 'content-range': 'bytes */100' }),
      whole: FILE,
      requests: 3,
    },
    { what: 'says the precondition failed (412)', second: answer(412), whole: FILE, requests: 3 },
  ])('starts over where the server $what', async ({ second, whole, requests }) => {
    const outcome = await fetchFrom([
      serve(FILE, { etag: TAG, cutAfter: HALF }),
      second,
      serve(whole, { etag: TAG }),
    ]);
    expectWhole(outcome, whole);
    expect(outcome.requests).toHaveLength(requests);
  });

  test('takes a piece of the rest, then asks for what is still missing', async () => {
    const piece = part(`bytes ${HALF}-${HALF + 999}/${FILE.length}`, FILE.subarray(HALF, HALF + 1_000));
    const outcome = await fetchFrom([
      serve(FILE, { etag: TAG, cutAfter: HALF }),
      piece,
      serve(FILE, { etag: TAG }),
    ]);
    expectWhole(outcome);
    expect(ranges(outcome)).toEqual([undefined, `bytes=${HALF}-`, `bytes=${HALF + 1_000}-`]);
  });

  test('is proven whole by a 416 that names exactly what has arrived', async () => {
    const csv = Buffer.from('metric,value\n'.repeat(100));
    const outcome = await fetchFrom([closeDelimited(csv, { etag: TAG }), serve(csv, { etag: TAG })]);
    expectWhole(outcome, csv);
    expect(ranges(outcome)).toEqual([undefined, `bytes=${csv.length}-`]);
  });
});

describe('Storage that fails', () => {
  test('is asked again, in growing pauses, exactly until max_outage_minutes are over', async () => {
    const outcome = await fetchFrom([
      answer(503, '<Error><Code>SlowDown</Code><Message>Please &amp; wait</Message></Error>'),
    ]);
    expectFailed(
      outcome,
      /gave up after 10 min without progress.*HTTP 503.*SlowDown.*0 of an unknown number of bytes/s,
    );
    expect(outcome.clock.sleeps.slice(0, 8)).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ]);
    expect(outcome.clock.sleeps.reduce((sum, ms) => sum + ms, 0)).toBe(10 * MINUTE);
  });

  test('is given up at its first fault with max_outage_minutes 0', async () => {
    const outcome = await fetchFrom([answer(500)], { maxOutageMs: 0 });
    expectFailed(outcome, /HTTP 500/);
    expect(outcome.requests).toHaveLength(1);
  });

  test('is given up when it breaks off at the same byte for too long', async () => {
    const cut = serve(FILE, { cutAfter: HALF });
    const outcome = await fetchFrom([cut], { maxOutageMs: 3_000 });
    expectFailed(outcome, /without progress/);
    expect(outcome.clock.sleeps.reduce((sum, ms) => sum + ms, 0)).toBe(3_000);
  });

  test.each([
    { what: 'no answer in time', step: silence, text: /nothing came within 0\.15 s/ },
    {
      what: 'a body that stalls before its first byte',
      step: serve(FILE, { stallAfter: 0 }),
      text: /nothing came within 0\.15 s/,
    },
    { what: 'a closed connection', step: (({ socket }) => socket.destroy()) as Step, text: /failed: / },
  ])('with $what is asked again', async ({ step, text }) => {
    const outcome = await fetchFrom([step, serve(FILE)], { firstByteTimeoutMs: 150, stallTimeoutMs: 150 });
    expectWhole(outcome);
    expect(outcome.faults[0]?.text).toMatch(text);
    expect(outcome.faults[0]?.text).not.toMatch(/model\.zip|0123456789abcdef/);
  });

  test('is obeyed where it says Retry-After, beyond the outage limit too', async () => {
    const outcome = await fetchFrom([answer(503, '', { 'retry-after': '120' }), serve(FILE)], {
      maxOutageMs: MINUTE,
    });
    expectWhole(outcome);
    expect(outcome.clock.sleeps).toEqual([120_000]);
  });

  test('that asks to wait for days is given up at once', async () => {
    const outcome = await fetchFrom([answer(503, '', { 'retry-after': '259200' })]);
    expectFailed(outcome, /HTTP 503/);
    expect(outcome.clock.sleeps).toEqual([]);
  });

  test.each([400, 401, 405, 409])(
    'with an answer that no repetition mends (%d) is not asked again',
    async status => {
      const outcome = await fetchFrom([answer(status, '<Error><Code>Nope</Code></Error>')]);
      expectFailed(outcome, new RegExp(`HTTP ${status} \\(Nope\\)`));
      expect(outcome.requests).toHaveLength(1);
    },
  );

  test('is left in peace when the disk cannot hold the file', async () => {
    const outcome = await fetchFrom([
      (_request, response) => {
        response.writeHead(200, { 'content-length': String(Number.MAX_SAFE_INTEGER) });
        response.write('PK');
      },
    ]);
    expectFailed(outcome, /is full: 9007199254740991 bytes needed, \d+ bytes free/);
    expect(outcome.requests).toHaveLength(1);
  });
});

describe('A file that is not what it should be', () => {
  const WRONG = { etag: `"${'0'.repeat(32)}"` };

  test('is fetched once more where its MD5 is wrong, from the first byte', async () => {
    const damaged = Buffer.from(FILE);
    damaged[1_000] = (damaged[1_000] ?? 0) ^ 1;
    const etag = `"${md5(FILE)}"`;
    const outcome = await fetchFrom([serve(damaged, { etag }), serve(FILE, { etag })]);
    expectWhole(outcome);
    expect(ranges(outcome)).toEqual([undefined, undefined]);
  });

  test('is an error where the same bytes with the same wrong MD5 come again', async () => {
    const outcome = await fetchFrom([serve(FILE, WRONG)]);
    expectFailed(outcome, new RegExp(`MD5 ${md5(FILE)}, announced ${'0'.repeat(32)}`));
    expect(outcome.requests).toHaveLength(2);
  });

  test('is checked as a whole where it came in parts', async () => {
    const etag = WRONG.etag;
    const outcome = await fetchFrom([serve(FILE, { etag, cutAfter: HALF }), serve(FILE, { etag })]);
    expectFailed(outcome, /MD5/);
  });

  test('is an error where its Content-MD5 is wrong', async () => {
    const headers = { 'content-md5': Buffer.alloc(16).toString('base64') };
    expectFailed(await fetchFrom([serve(FILE, { headers })]), /announced 0{32}/);
  });

  test.each([
    { what: 'a ZIP without its end', bytes: FILE.subarray(0, HALF) },
    { what: 'a CSV', bytes: Buffer.from('metric,value\nAUC,0.9') },
    { what: 'a ZIP with something behind its end', bytes: Buffer.concat([FILE, Buffer.from('x')]) },
  ])('cannot be told from a cut one where it is close-delimited and $what', async ({ bytes }) => {
    const outcome = await fetchFrom([closeDelimited(bytes)]);
    expectFailed(outcome, /neither a length nor a checksum/);
    expect(outcome.requests).toHaveLength(2);
  });

  test.each([
    { what: 'empty', step: serve(Buffer.alloc(0)), text: /is empty/ },
    { what: 'empty, in chunks', step: answer(200), text: /is empty/ },
    { what: 'no content at all (204)', step: answer(204), text: /204/ },
    {
      what: 'an HTML page',
      step: answer(200, '<!doctype html><title>Login</title>', { 'content-type': 'text/html' }),
      text: /HTML or XML page/,
    },
    {
      what: 'an XML error of S3',
      step: answer(200, '<?xml version="1.0"?><Error><Code>x</Code></Error>'),
      text: /HTML or XML page/,
    },
  ])('is an error at once where it is $what', async ({ step, text }) => {
    const outcome = await fetchFrom([step]);
    expectFailed(outcome, text);
    expect(outcome.requests).toHaveLength(1);
  });
});

describe('Redirects of storage', () => {
  const to = (location: string): Step => answer(307, '', { location });

  test('are followed, five of them', async () => {
    const outcome = await fetchFrom([to('/1'), to('/2?a=b'), to('3'), to('/4'), to('/5'), serve(FILE)]);
    expectWhole(outcome);
    expect(outcome.requests.map(({ url }) => url)).toEqual([PATH, '/1', '/2?a=b', '/3', '/4', '/5']);
  });

  test('are followed no further', async () => {
    const outcome = await fetchFrom([to('/again')]);
    expectFailed(outcome, /more than 5 times/);
    expect(outcome.requests).toHaveLength(6);
  });

  test.each(['ftp://127.0.0.1/x', 'file:///etc/passwd', 'http://'])(
    'to %s are not followed',
    async location => {
      const outcome = await fetchFrom([to(location)]);
      expectFailed(outcome, /redirected/);
      expect(outcome.requests).toHaveLength(1);
    },
  );

  test('lead the resumed part of a file too', async () => {
    const outcome = await fetchFrom([
      to('/a'),
      serve(FILE, { etag: TAG, cutAfter: HALF }),
      to('/b'),
      serve(FILE, { etag: TAG }),
    ]);
    expectWhole(outcome);
    expect(ranges(outcome)).toEqual([undefined, undefined, `bytes=${HALF}-`, `bytes=${HALF}-`]);
  });
});

describe('A download_url that holds no more', () => {
  test.each([403, 404, 410])('(%d) is replaced by a fresh one', async status => {
    const outcome = await fetchFrom([
      answer(status, '<Error><Code>AccessDenied</Code></Error>'),
      serve(FILE),
    ]);
    expectWhole(outcome);
    expect(outcome.refreshes).toBe(1);
    expect(outcome.requests.map(({ url }) => url?.split('?')[0])).toEqual([
      '/results/model.zip',
      '/fresh-1.zip',
    ]);
    expect(outcome.faults[0]?.text).toMatch(new RegExp(`HTTP ${status} \\(AccessDenied\\)`));
  });

  test('amid the file: goes on where it stopped', async () => {
    const outcome = await fetchFrom([
      serve(FILE, { etag: TAG, cutAfter: HALF }),
      answer(403),
      serve(FILE, { etag: TAG }),
    ]);
    expectWhole(outcome);
    expect(ranges(outcome)).toEqual([undefined, `bytes=${HALF}-`, `bytes=${HALF}-`]);
  });

  test('is replaced three times, then it is an error', async () => {
    const outcome = await fetchFrom([answer(403)]);
    expectFailed(outcome, /A fresh download_url did not help 3 times/);
    expect(outcome.refreshes).toBe(3);
    expect(outcome.requests).toHaveLength(4);
  });

  test('is asked for with the error of whoever could not give one', async () => {
    const error = new Error('the API is gone');
    const outcome = await fetchFrom([answer(403)], {
      parts: () => ({ refreshUrl: () => Promise.reject(error) }),
    });
    expect(outcome.error).toBe(error);
    expect(outcome.left).toEqual([]);
  });
});

describe('A cancel', () => {
  const reason = new CancelledError({ id: 'step-cancelled', what: 'Cancelled.', nextStep: 'Resume.' });

  test.each([
    { when: 'while the answer is awaited', step: silence },
    { when: 'amid the body', step: serve(FILE, { stallAfter: HALF }) },
    {
      when: 'while an error page is read',
      step: serve(Buffer.alloc(2_000, 'x'), { stallAfter: 10 }),
      status: 500,
    },
  ])('$when ends it at once and leaves no file', async ({ step, status }) => {
    const controller = new AbortController();
    const cancelling: Step = (request, response) => {
      if (status !== undefined) response.writeHead(status).write('<Error>');
      else step(request, response);
      setTimeout(() => controller.abort(reason), 80);
    };
    const outcome = await fetchFrom([cancelling], { parts: () => ({ signal: controller.signal }) });
    expect(outcome.error).toBe(reason);
    expect(outcome.left).toEqual([]);
  });

  test('between two tries ends it at once and leaves no file', async () => {
    const controller = new AbortController();
    const outcome = await fetchFrom([answer(503)], {
      parts: ({ clock }) => {
        (clock as VirtualClock).onSleep = index => index === 2 && controller.abort(reason);
        return { signal: controller.signal };
      },
    });
    expect(outcome.error).toBe(reason);
    expect(outcome.requests).toHaveLength(3);
    expect(outcome.left).toEqual([]);
  });
});

test('a large file arrives whole through many cuts at odd places', async () => {
  const large = randomBytes(3_000_001);
  const behaviours = [1, 65_537, 1_048_577, 999_983].map(cutAfter => serve(large, { etag: TAG, cutAfter }));
  const outcome = await fetchFrom([...behaviours, serve(large, { etag: TAG })]);
  expectWhole(outcome, large);
});
