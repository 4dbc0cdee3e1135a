// A download over several connections against a real server that behaves well and badly, and a real folder.
import '../support/one-realm.js';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { CancelledError, type ExplainedError } from '../../src/errors.js';
import { createTransport } from '../../src/http/transport.js';
import { type DownloadLimits, type DownloadParts, download } from '../../src/results/download.js';
import { PresignedUrl } from '../../src/results/presigned-url.js';
import type { ParallelRules } from '../../src/results/segment-plan.js';
import { TemporaryFiles } from '../../src/temporary-files.js';
import { answer, type Step, silence, withServer } from '../support/local-server.js';
import { md5, serve, sha256, zipLike } from '../support/results-server.js';
import { inTempDirectory } from '../support/temp-directory.js';
import { VirtualClock } from '../support/virtual-clock.js';

const FILE = zipLike(400_000);
const TAG = '"v1"';
const PATH = '/results/model.zip?X-Amz-Signature=0123456789abcdef';
const MINUTE = 60_000;
/** As the real ones, a thousand times smaller. */
const RULES: ParallelRules = {
  connections: 4,
  measureMs: 1_000,
  minLeftBytes: 50_000,
  minLeftMs: 0,
  maxBytesPerSecond: 50_000,
  minSegmentBytes: 20_000,
  maxSegmentBytes: 100_000,
  minShareBytes: 5_000,
};
/** The single stream: half a second for the whole. */
const TRICKLE = 8_000;

interface Storage {
  /** What the request without a range gets. */
  readonly whole?: Step;
  /** What request n for a part gets, from 0 on; the last repeats. */
  readonly parts?: readonly Step[];
}

interface Options extends Partial<DownloadLimits> {
  readonly parts?: (parts: DownloadParts) => Partial<DownloadParts>;
  readonly file?: Buffer;
}

const slow = (behaviour = {}) => serve(FILE, { etag: TAG, trickle: TRICKLE, ...behaviour });
const good = (behaviour = {}) => serve(FILE, { etag: TAG, ...behaviour });

/** Downloads from such a storage, on a clock by which every chunk takes a second. */
async function fetchFrom(storage: Storage, { parts: change = () => ({}), ...limits }: Options = {}) {
  return inTempDirectory(async directory => {
    let asked = 0;
    let open = 0;
    let mostOpen = 0;
    const wholes: IncomingMessage[] = [];
    const step: Step = (request, response) => {
      open += 1;
      mostOpen = Math.max(mostOpen, open);
      response.once('close', () => {
        open -= 1;
      });
      const parts = storage.parts ?? [good({ trickle: TRICKLE })];
      if (request.headers.range === undefined) {
        wholes.push(request);
        return (storage.whole ?? slow())(request, response);
      }
      return parts[Math.min(asked++, parts.length - 1)]?.(request, response);
    };
    return withServer([step], async ({ url, requests }) => {
      const clock = new VirtualClock();
      const faults: { text: string; haveBytes: number; nextTryInMs: number }[] = [];
      const progress: number[] = [];
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
        onProgress: ({ haveBytes }) => {
          progress.push(haveBytes);
          clock.advance(1_000);
        },
        onFault: ({ error, haveBytes, nextTryInMs }) =>
          faults.push({ text: error.message, haveBytes, nextTryInMs }),
      };
      const own = {
        maxOutageMs: 10 * MINUTE,
        firstByteTimeoutMs: 5_000,
        stallTimeoutMs: 5_000,
        parallel: RULES,
        ...limits,
      };
      const ranged = () => requests.filter(({ headers }) => headers.range !== undefined);
      const seen = () => ({
        faults,
        progress,
        clock,
        requests,
        wholes,
        ranged: ranged(),
        refreshes,
        mostOpen,
      });
      try {
        const target = { url: PresignedUrl.parse(url + PATH, true), directory };
        const { file, ...got } = await download(target, own, { ...basic, ...change(basic) });
        await file.finish(join(directory, 'final'));
        const bytes = await readFile(join(directory, 'final'));
        return { got, bytes, error: undefined, left: await readdir(directory), ...seen() };
      } catch (error) {
        const thrown = error as ExplainedError;
        return { got: undefined, bytes: undefined, error: thrown, left: await readdir(directory), ...seen() };
      } finally {
        // No connection outlives the download.
        await new Promise(resolve => setTimeout(resolve, 50));
        expect(open).toBe(0);
      }
    });
  });
}

type Outcome = Awaited<ReturnType<typeof fetchFrom>>;

function expectWhole({ error, got, bytes, left, progress }: Outcome, file = FILE) {
  expect(error).toBeUndefined();
  expect(bytes?.equals(file)).toBe(true);
  expect(got).toMatchObject({ sizeBytes: file.length, sha256: sha256(file), kind: 'zip' });
  expect(left).toEqual(['final']);
  expect(progress.at(-1)).toBe(file.length);
}

function expectFailed({ error, left }: Outcome, text: RegExp) {
  expect(error).toMatchObject({ code: 'download_error', message: expect.stringMatching(text) });
  expect(error?.message).not.toMatch(/0123456789abcdef|fedcba9876543210/);
  expect(left).toEqual([]);
}

const rangeOf = ({ headers }: IncomingMessage) =>
  (/^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []).slice(1).map(Number);

describe('A large file on a slow link', () => {
  test('comes over several connections, each part under the one ETag', async () => {
    const outcome = await fetchFrom({});
    expectWhole(outcome);
    expect(outcome.faults).toEqual([]);
    expect(outcome.wholes).toHaveLength(1);
    expect(outcome.mostOpen).toBe(4);
    expect(outcome.ranged.length).toBeGreaterThanOrEqual(3);
    for (const { headers } of outcome.ranged) {
      expect(headers).toMatchObject({ 'if-range': TAG, 'accept-encoding': 'identity' });
      expect(headers).not.toHaveProperty('x-api-key');
    }
    const progress = outcome.progress;
    expect([...progress].sort((one, other) => one - other)).toEqual(progress);
  });

  test('is compared with the MD5 that is announced', async () => {
    const etag = `"${md5(FILE)}"`;
    const outcome = await fetchFrom({
      whole: slow({ etag }),
      parts: [good({ etag, trickle: TRICKLE })],
    });
    expectWhole(outcome);
    expect(outcome.wholes).toHaveLength(1);
  });

  test('with a damaged part is fetched once more, by one stream', async () => {
    const etag = `"${md5(FILE)}"`;
    const damaged = Buffer.from(FILE);
    damaged.fill(7, 300_000);
    const outcome = await fetchFrom({
      whole: slow({ etag }),
      parts: [serve(damaged, { etag, trickle: TRICKLE })],
    });
    expectWhole(outcome);
    expect(outcome.faults).toMatchObject([{ text: expect.stringContaining('MD5') }]);
    expect(outcome.wholes).toHaveLength(2);
  });

  test.each([
    { what: 'only a weak ETag', whole: slow({ etag: 'W/"v1"' }) },
    {
      what: 'only a date',
      whole: serve(FILE, {
        trickle: TRICKLE,
        headers: {
          'last-modified': 'Thu, 01 Oct 2026 00:00:00 GMT',
          date: 'Thu, 01 Oct 2026 01:00:00 GMT',
        },
      }),
    },
    { what: 'no ranges', whole: slow({ headers: { 'accept-ranges': 'none' } }) },
    {
      what: 'no length',
      whole: ((_request, response) => {
        response.writeHead(200, { etag: TAG });
        response.write(FILE.subarray(0, 100_000));
        setTimeout(() => response.end(FILE.subarray(100_000)), 50);
      }) as Step,
    },
  ])('comes as one stream where storage has $what', async ({ whole }) => {
    const outcome = await fetchFrom({ whole });
    expectWhole(outcome);
    expect(outcome.requests).toHaveLength(1);
  });

  test.each([
    { what: 'the link is fast', parallel: { ...RULES, maxBytesPerSecond: 1 } },
    { what: 'one connection is allowed', parallel: { ...RULES, connections: 1 } },
    { what: 'it is small', parallel: { ...RULES, minLeftBytes: FILE.length } },
  ])('comes as one stream where $what', async ({ parallel }) => {
    const outcome = await fetchFrom({}, { parallel });
    expectWhole(outcome);
    expect(outcome.requests).toHaveLength(1);
  });
});

describe('Storage that does not answer the second connection with its part', () => {
  const half = (range: string, etag = TAG) =>
    answer(206, FILE.subarray(200_000), { 'content-range': range, etag });
  test.each([
    { what: 'ignores the range', part: good({ ignoreRange: true }) },
    { what: 'has another version', part: serve(zipLike(400_000), { etag: '"v2"' }) },
    { what: 'sends another part', part: half('bytes 0-199999/400000') },
    { what: 'sends a part of another whole', part: half('bytes 200000-399999/400001') },
    { what: 'does not say of which whole', part: half('bytes 200000-399999/*') },
    {
      what: 'sends a part without an ETag',
      part: answer(206, FILE, { 'content-range': 'bytes 0-399999/400000' }),
    },
    ...[400, 403, 404, 412, 416, 429, 500, 503].map(status => ({
      what: `answers ${status}`,
      part: answer(status, '<Error><Code>TooMany</Code></Error>', { 'retry-after': '3600' }),
    })),
    { what: 'closes it', part: (({ socket }) => socket.destroy()) as Step },
    { what: 'redirects it to nowhere', part: answer(307, '', { location: 'ftp://x' }) },
    { what: 'says nothing', part: silence },
  ])('$what: is asked once, and the first stream brings all, without a word', async ({ part }) => {
    const outcome = await fetchFrom({ parts: [part] });
    expectWhole(outcome);
    expect(outcome.faults).toEqual([]);
    expect(outcome.refreshes).toBe(0);
    expect(outcome.wholes).toHaveLength(1);
    expect(outcome.ranged).toHaveLength(1);
  });

  test('answers too late: the first stream has passed', async () => {
    const late: Step = (request, response) => void setTimeout(() => good()(request, response), 450);
    const outcome = await fetchFrom({ parts: [late] });
    expectWhole(outcome);
    expect(outcome.ranged).toHaveLength(1);
  });
});

describe('Storage that fails some connections', () => {
  test.each([400, 403, 429, 503])('refuses more of them (%d): fewer do it, without a fault', async status => {
    const outcome = await fetchFrom({
      parts: [good({ trickle: TRICKLE }), answer(status), answer(status), good()],
    });
    expectWhole(outcome);
    expect(outcome.faults).toEqual([]);
    expect(outcome.refreshes).toBe(0);
    expect(outcome.wholes).toHaveLength(1);
  });

  test('has enough of one that was cut (503): the others bring its rest, without waiting for Retry-After', async () => {
    const steady = good({ trickle: TRICKLE });
    const busy = answer(503, '', { 'retry-after': '3600' });
    const outcome = await fetchFrom({
      parts: [good({ trickle: TRICKLE, cutAfter: 30_000 }), steady, steady, busy, steady],
    });
    expectWhole(outcome);
    expect(outcome.faults).toMatchObject([{ text: expect.stringContaining('broke off') }]);
    expect(outcome.clock.sleeps).toEqual([500]);
  });

  test('cuts every one of them: each goes on where it stopped', async () => {
    const cut = good({ trickle: TRICKLE, cutAfter: 30_000 });
    const outcome = await fetchFrom({ whole: slow({ cutAfter: 120_000 }), parts: [cut] }, { maxOutageMs: 1 });
    expectWhole(outcome);
    expect(outcome.wholes).toHaveLength(1);
    expect(outcome.faults.length).toBeGreaterThan(5);
    const starts = outcome.ranged.map(request => rangeOf(request)[0]);
    expect(new Set(starts).size).toBe(starts.length);
  });

  test('lets one stall: the others take of its part, and it is asked again', async () => {
    const outcome = await fetchFrom(
      { parts: [good({ stallAfter: 10_000 }), good({ trickle: TRICKLE })] },
      { stallTimeoutMs: 500 },
    );
    expectWhole(outcome);
    expect(outcome.faults).toMatchObject([{ text: expect.stringContaining('nothing came within 0.5 s') }]);
    expect(outcome.wholes).toHaveLength(1);
  });

  test('is down for all: given up after max_outage_minutes, with what had arrived', async () => {
    const outcome = await fetchFrom(
      {
        whole: slow({ cutAfter: 150_000 }),
        parts: [good({ trickle: TRICKLE, cutAfter: 20_000 }), good({ cutAfter: 0 })],
      },
      { maxOutageMs: MINUTE },
    );
    expectFailed(outcome, /gave up after 1 min without progress.*\d{5,} of 400000 bytes had arrived/s);
    expect(outcome.wholes).toHaveLength(1);
  });

  test('does not know ranges any more: one stream starts over', async () => {
    const ignoring = good({ ignoreRange: true });
    const outcome = await fetchFrom({
      whole: slow({ cutAfter: 150_000 }),
      parts: [good({ trickle: TRICKLE, cutAfter: 20_000 }), ignoring],
    });
    expectWhole(outcome);
    expect(outcome.faults.at(-1)?.text).toMatch(/HTTP 200.*not the part that was asked for/);
  });

  const NEW = zipLike(350_000);
  test.each([
    { what: 'If-Range finds it', part: serve(NEW, { etag: '"v2"' }) },
    {
      what: 'the ETag tells it, where If-Range is ignored',
      part: ((request, response) => {
        request.headers['if-range'] = '"v2"';
        return serve(NEW, { etag: '"v2"' })(request, response);
      }) as Step,
    },
  ])('has a new version amid the file: it is fetched from its start ($what)', async ({ part }) => {
    let isNew = false;
    const outcome = await fetchFrom({
      whole: (request, response) =>
        (isNew ? serve(NEW, { etag: '"v2"' }) : slow({ cutAfter: 120_000 }))(request, response),
      parts: [
        good({ trickle: TRICKLE, cutAfter: 40_000 }),
        (request, response) => {
          isNew = true;
          return part(request, response);
        },
      ],
    });
    expectWhole(outcome, NEW);
  });
});

describe('A download_url that holds no more amid the parts', () => {
  /** Under the old URL the first two requests for parts are answered, then nothing is. */
  const expiring = (): Storage => {
    let old = 0;
    return {
      whole: slow({ cutAfter: 120_000 }),
      parts: [
        (request, response) => {
          const isOld = request.url === PATH;
          if (isOld) old += 1;
          return (isOld && old > 4 ? answer(403) : good({ trickle: TRICKLE, cutAfter: 30_000 }))(
            request,
            response,
          );
        },
      ],
    };
  };

  test('is replaced once for all of them', async () => {
    const outcome = await fetchFrom(expiring());
    expectWhole(outcome);
    expect(outcome.refreshes).toBe(1);
    expect(outcome.ranged.filter(({ url }) => url?.startsWith('/fresh-1')).length).toBeGreaterThan(2);
  });

  test('is replaced three times in the download, then it is an error', async () => {
    const outcome = await fetchFrom({
      whole: slow({ cutAfter: 120_000 }),
      parts: [
        good({ trickle: TRICKLE, cutAfter: 20_000 }),
        good({ trickle: TRICKLE, cutAfter: 20_000 }),
        answer(403),
      ],
    });
    expectFailed(outcome, /A fresh download_url did not help 3 times/);
    expect(outcome.refreshes).toBe(3);
  });

  test('is asked for with the error of whoever could not give one', async () => {
    const error = new CancelledError({ id: 'step-cancelled', what: 'the API is gone', nextStep: 'x' });
    const outcome = await fetchFrom(expiring(), {
      parts: () => ({ refreshUrl: () => Promise.reject(error) }),
    });
    expect(outcome.error).toBe(error);
    expect(outcome.left).toEqual([]);
  });
});

test('A cancel amid the parts ends all connections at once and leaves no file', async () => {
  const controller = new AbortController();
  const reason = new CancelledError({ id: 'step-cancelled', what: 'Cancelled.', nextStep: 'Resume.' });
  const outcome = await fetchFrom(
    { parts: [good({ stallAfter: 5_000 })] },
    {
      parts: ({ onProgress }) => ({
        signal: controller.signal,
        onProgress: told => {
          onProgress?.(told);
          if (told.haveBytes > 120_000) controller.abort(reason);
        },
      }),
    },
  );
  expect(outcome.error).toBe(reason);
  expect(outcome.left).toEqual([]);
  expect(outcome.mostOpen).toBe(4);
});
