// Whatever storage does to several connections at once: the right bytes or an explained error, and nothing left.
import '../support/one-realm.js';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ExplainedError } from '../../src/errors.js';
import { networkError } from '../../src/http/network-error.js';
import type { HttpRequest, HttpResponse, Transport } from '../../src/http/transport.js';
import { download } from '../../src/results/download.js';
import { PresignedUrl } from '../../src/results/presigned-url.js';
import type { ParallelRules } from '../../src/results/segment-plan.js';
import { TemporaryFiles } from '../../src/temporary-files.js';
import { md5, sha256, zipLike } from '../support/results-server.js';
import { inTempDirectory } from '../support/temp-directory.js';
import { VirtualClock } from '../support/virtual-clock.js';

const OLD = zipLike(60_000);
const NEW = zipLike(50_000);
const CHUNK_BYTES = 700;
const URL_TEXT = 'http://127.0.0.1/r.zip?X-Amz-Signature=0123456789abcdef';
const RULES: ParallelRules = {
  connections: 5,
  measureMs: 0,
  minLeftBytes: 2_000,
  minLeftMs: 0,
  maxBytesPerSecond: Number.MAX_VALUE,
  minSegmentBytes: 3_000,
  maxSegmentBytes: 6_000,
  minShareBytes: 1_000,
};

interface Fault {
  readonly does: 'good' | 'cut' | 'stall' | 'status' | 'ignore' | 'lie' | 'reset' | 'damage';
  readonly atByte: number;
  readonly status: number;
  readonly lie: 'start' | 'total' | 'etag' | 'no etag' | 'no range' | 'too long' | 'short';
}

const faults: fc.Arbitrary<Fault> = fc.record({
  does: fc.constantFrom(
    ...(['good', 'good', 'good', 'good', 'cut', 'cut', 'cut'] as const),
    ...(['stall', 'status', 'ignore', 'lie', 'reset', 'damage'] as const),
  ),
  atByte: fc.integer({ min: 0, max: 9_000 }),
  status: fc.constantFrom(400, 403, 404, 412, 416, 429, 500, 503),
  lie: fc.constantFrom('start', 'total', 'etag', 'no etag', 'no range', 'too long', 'short'),
});

const scripts = fc.record({
  faults: fc.array(faults, { minLength: 3, maxLength: 40 }),
  /** More connections come only where the first two are answered. */
  isGoodStart: fc.boolean(),
  /** From this request on storage has the new version. */
  changesAt: fc.option(fc.nat({ max: 20 }), { nil: Number.POSITIVE_INFINITY }),
  ignoresIfRange: fc.boolean(),
});

/** The bytes in chunks, one a turn of the event loop, so that connections really run beside each other. */
function bodyOf(bytes: Buffer, { does, atByte }: Fault): IncomingMessage {
  const sent = does === 'cut' || does === 'stall' ? bytes.subarray(0, atByte) : bytes;
  const body = Readable.from(
    (async function* () {
      for (let at = 0; at < sent.length; at += CHUNK_BYTES) {
        await new Promise(resolve => setImmediate(resolve));
        yield sent.subarray(at, at + CHUNK_BYTES);
      }
      if (does === 'cut' && atByte < bytes.length)
        throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    })(),
    { objectMode: false, highWaterMark: CHUNK_BYTES },
  );
  if (does !== 'stall') return body as unknown as IncomingMessage;
  const stalling = new Readable({ read() {} });
  stalling.push(sent);
  return stalling as unknown as IncomingMessage;
}

/** One answer of a storage that has `bytes`, with its fault. */
function answerTo(
  request: HttpRequest,
  bytes: Buffer,
  { fault, ignoresIfRange }: { fault: Fault; ignoresIfRange: boolean },
): HttpResponse {
  const etag = `"${md5(bytes)}"`;
  const { range, 'if-range': ifRange } = request.headers;
  if (fault.does === 'status')
    return {
      statusCode: fault.status,
      headers: {},
      body: bodyOf(Buffer.from('no'), { ...fault, does: 'good' }),
    };
  const served = fault.does === 'damage' ? Buffer.from(bytes).fill(7, bytes.length >> 1) : bytes;
  const [, first = '', last = ''] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  const isPart = first !== '' && fault.does !== 'ignore' && (ignoresIfRange || ifRange === etag);
  if (!isPart)
    return {
      statusCode: 200,
      headers: { etag, 'content-length': String(bytes.length) },
      body: bodyOf(served, fault),
    };
  const lie = fault.does === 'lie' ? fault.lie : undefined;
  const from = lie === 'start' ? Math.max(0, Number(first) - 7) : Number(first);
  const end = Math.min(bytes.length, last === '' ? bytes.length : Number(last) + 1);
  if (from >= end)
    return {
      statusCode: 416,
      headers: { 'content-range': `bytes */${bytes.length}` },
      body: bodyOf(Buffer.alloc(0), fault),
    };
  const total = bytes.length + (lie === 'total' ? 5 : 0);
  const part = served.subarray(from, end);
  const sent =
    lie === 'too long'
      ? Buffer.concat([part, Buffer.alloc(999, 7)])
      : part.subarray(0, lie === 'short' ? 99 : undefined);
  const headers = {
    ...(lie === 'no etag' ? {} : { etag: lie === 'etag' ? '"other"' : etag }),
    ...(lie === 'no range' ? {} : { 'content-range': `bytes ${from}-${end - 1}/${total}` }),
  };
  return { statusCode: 206, headers, body: bodyOf(sent, fault) };
}

test('a download over several connections ends with the right bytes and their SHA-256 or an explained error', async () => {
  const seen = { whole: 0, failed: 0, parallel: 0, four: 0, faults: 0 };
  await fc.assert(
    fc.asyncProperty(scripts, script =>
      inTempDirectory(async directory => {
        const open = new Set<IncomingMessage>();
        const clock = new VirtualClock();
        let requests = 0;
        let mostOpen = 0;
        const transport: Transport = async request => {
          const index = requests++;
          clock.advance(1);
          await new Promise(resolve => setImmediate(resolve));
          if (request.signal.aborted) throw request.signal.reason;
          const good: Fault = { does: 'good', atByte: 0, status: 0, lie: 'start' };
          const isGood = script.isGoodStart && index < 2;
          const fault = isGood ? good : (script.faults[index] ?? good);
          if (fault.does !== 'good') seen.faults += 1;
          if (fault.does === 'reset')
            throw networkError(Object.assign(new Error('reset'), { code: 'ECONNRESET' }), request.url);
          const answer = answerTo(request, index >= script.changesAt ? NEW : OLD, {
            fault,
            ignoresIfRange: script.ignoresIfRange,
          });
          open.add(answer.body);
          answer.body.once('close', () => open.delete(answer.body));
          mostOpen = Math.max(mostOpen, open.size);
          return answer;
        };
        const url = PresignedUrl.parse(URL_TEXT, true);
        const limits = {
          maxOutageMs: 20_000,
          firstByteTimeoutMs: 1_000,
          stallTimeoutMs: 30,
          parallel: RULES,
        };
        const parts = {
          transport,
          clock,
          random: () => 0,
          signal: new AbortController().signal,
          temporaryFiles: new TemporaryFiles(),
          refreshUrl: async () => PresignedUrl.parse(URL_TEXT, true),
          onProgress: () => clock.advance(1),
        };
        try {
          const got = await download({ url, directory }, limits, parts);
          await got.file.finish(join(directory, 'final'));
          const bytes = await readFile(join(directory, 'final'));
          expect(bytes.equals(OLD) || bytes.equals(NEW)).toBe(true);
          expect(got).toMatchObject({ sha256: sha256(bytes), sizeBytes: bytes.length });
          expect(await readdir(directory)).toEqual(['final']);
          seen.whole += 1;
        } catch (error) {
          if (!(error instanceof ExplainedError)) throw error;
          expect(error.code).toBe('download_error');
          expect(String(error)).not.toContain('0123456789abcdef');
          expect(await readdir(directory)).toEqual([]);
          seen.failed += 1;
        }
        await new Promise(resolve => setImmediate(resolve));
        expect(open.size).toBe(0);
        seen.parallel += mostOpen > 1 ? 1 : 0;
        seen.four += mostOpen >= 4 ? 1 : 0;
      }),
    ),
    { seed: 20261128, numRuns: 600 },
  );
  // Of no use if hardly any download came through, or hardly any over several connections.
  expect(seen.whole).toBeGreaterThan(400);
  expect(seen.parallel).toBeGreaterThan(400);
  expect(seen.four).toBeGreaterThan(200);
  expect(seen.faults).toBeGreaterThan(1_000);
});
