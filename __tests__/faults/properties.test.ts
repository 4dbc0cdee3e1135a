// Whatever the API and storage send: no wrong success, no unexplained error, no half file, no secret told.
import '../support/one-realm.js';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { retrainStatusCheckAction } from '../../src/actions/retrain-status-check/action.js';
import type { Inputs } from '../../src/actions/retrain-status-check/inputs.js';
import { emptyRecord, type RunParts } from '../../src/actions/retrain-status-check/run-record.js';
import { JobWatch } from '../../src/actions/retrain-status-check/wait-for-job.js';
import { ExplainedError, VendorError } from '../../src/errors.js';
import { createLog, type Log } from '../../src/github/log.js';
import { Redactor } from '../../src/github/redact.js';
import { report } from '../../src/github/report.js';
import { createTransport, type Transport } from '../../src/http/transport.js';
import { createClient } from '../../src/prediction-one/client.js';
import { download } from '../../src/results/download.js';
import { PresignedUrl } from '../../src/results/presigned-url.js';
import { TemporaryFiles } from '../../src/temporary-files.js';
import { parseOutputs } from '../e2e/action-run.js';
import { printedBy } from '../support/inputs.js';
import { answer, type Step, withServer } from '../support/local-server.js';
import { md5, serve, sha256, zipLike } from '../support/results-server.js';
import { inTempDirectory } from '../support/temp-directory.js';
import { VirtualClock } from '../support/virtual-clock.js';

const JOB = 'job-1';
const SILENT: Log = {
  info: () => {},
  debug: () => {},
  warning: () => {},
  error: () => {},
  group: (_name, work) => work(),
};
const KEY = 'property-key-0123456789';
const INPUTS: Inputs = {
  retrainJobId: JOB,
  credentials: { apiKey: KEY },
  apiUrl: new URL('https://api.example'),
  wait: true,
  timeoutMs: 120_000,
  pollIntervalMs: 5_000,
  maxOutageMs: 20_000,
  requestTimeoutMs: 5_000,
  failureStatuses: [],
  downloadResults: true,
  resultsDirectory: '',
  extractResults: false,
  cacheResults: false,
  uploadArtifact: false,
  artifactName: '',
  artifactRetentionDays: undefined,
  ifArtifactFails: 'error',
  gate: [],
  isGateSilent: false,
  jobSummary: false,
};

const LIBRARIES = {
  loadArtifactLibrary: () => Promise.reject(new Error('no artifact is stored here')),
  toolCache: { find: () => '', cacheDir: async () => '' },
};
const TELLING = retrainStatusCheckAction(LIBRARIES);

function partsOf(transport: Transport): RunParts {
  return {
    env: {},
    clock: new VirtualClock(),
    random: () => 0,
    signal: new AbortController().signal,
    ...LIBRARIES,
    transport,
    log: SILENT,
    record: emptyRecord(),
    temporaryFiles: new TemporaryFiles(),
    tempDirectory: '',
    redact: text => text,
    hide: () => {},
  };
}

/** How a wait ended: whether it was success, and whatever was thrown. */
async function watchWith(transport: Transport, inputs: Partial<Inputs> = {}, onFinished = () => {}) {
  const clock = new VirtualClock();
  // Requests take time: without it a loop without a pause would never reach its deadline.
  const slow: Transport = request => {
    clock.advance(10);
    return transport(request);
  };
  const merged = { ...INPUTS, ...inputs };
  const { apiUrl, requestTimeoutMs } = merged;
  const client = createClient({
    apiUrl,
    apiKey: KEY,
    requestTimeoutMs,
    transport: slow,
    wallMs: clock.wallMs,
  });
  const api = { client, beganMs: clock.monotonicMs() };
  const watch = new JobWatch(merged, api, { ...partsOf(slow), clock });
  try {
    const { isFinished, answer: last } = await watch.untilFinished(() => {});
    if (!isFinished) return false;
    onFinished();
    await watch.downloadUrl(last).catch(expectExplained);
    return true;
  } catch (error) {
    expectExplained(error);
    return false;
  }
}

function expectExplained(error: unknown): void {
  if (!(error instanceof ExplainedError)) throw error;
  expect(error.code).not.toBe('internal_error');
  expect(error.explanation.nextStep).not.toBe('');
}

/** Whether these bytes say that this job has finished, by the contract and nothing else. */
function saysFinished(httpStatus: number, bytes: Uint8Array): boolean {
  if (httpStatus < 200 || httpStatus > 299) return false;
  try {
    const body = JSON.parse(
      Buffer.from(bytes)
        .toString('utf8')
        .replace(/^\uFEFF/, ''),
    );
    return body?.status === 'job_finished' && String(body.metadata?.retrain_job_id ?? JOB) === JOB;
  } catch {
    return false;
  }
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '');
const nearly = fc.record(
  {
    status: fc.oneof(
      fc.constantFrom('job_finished', 'completed', 'JOB_FINISHED', 'failed', ''),
      fc.jsonValue(),
    ),
    download_url: fc.oneof(
      fc.webUrl(),
      fc.constantFrom('https://s.example/r', 'file:///etc/passwd'),
      fc.jsonValue(),
    ),
    model_id: fc.jsonValue(),
    message: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
    metadata: fc.oneof(
      fc.record({ retrain_job_id: fc.oneof(fc.constantFrom(JOB, 'job-2', '', null), fc.jsonValue()) }),
      fc.jsonValue(),
    ),
    code: fc.oneof(fc.constantFrom(4001000204, '5001000201'), fc.jsonValue()),
  },
  { requiredKeys: [] },
);
const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes)),
  fc.jsonValue().map(json),
  nearly.map(json),
  nearly.map(value => Buffer.from(JSON.stringify(value).slice(0, -1))),
);
const headers: fc.Arbitrary<Record<string, string>> = fc.dictionary(
  fc.constantFrom('retry-after', 'date', 'content-type', 'content-length', 'location', 'content-encoding'),
  fc.oneof(
    fc.constantFrom('0', '1', '-1', '1e9', 'NaN', '9'.repeat(400), 'gzip', 'Thu, 01 Jan 1970 00:00:00 GMT'),
    fc.string({ unit: 'binary' }),
  ),
);
const httpStatuses = fc.oneof(
  fc.constantFrom(200, 200, 200, 204, 302, 400, 429, 503),
  fc.integer({ min: 100, max: 999 }),
);

describe('Whatever the API answers', () => {
  test('in memory: success only where it says job_finished of this job, else an explained error', async () => {
    const answers = fc.array(fc.record({ httpStatus: httpStatuses, body: bodies, headers }), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(answers, async given => {
        let asked = 0;
        let last = given[0];
        let finishedBy: typeof last;
        const transport: Transport = async () => {
          last = given[Math.min(asked++, given.length - 1)] ?? last;
          const body = Readable.from(last?.body.length ? [last.body] : []) as unknown as IncomingMessage;
          const said = (last?.headers ?? {}) as IncomingHttpHeaders;
          return { statusCode: last?.httpStatus ?? 0, headers: said, body };
        };
        const isFinished = await watchWith(transport, {}, () => {
          finishedBy = last;
        });
        const decisive = finishedBy ?? last;
        expect(isFinished).toBe(decisive !== undefined && saysFinished(decisive.httpStatus, decisive.body));
      }),
      { seed: 20261124, numRuns: 3_000 },
    );
  });

  test('on the wire: any bytes in place of HTTP end in an explained error', async () => {
    let bytes = Buffer.alloc(0);
    let finished = 0;
    const server = createServer(socket => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(bytes));
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const line = fc.oneof(
      fc.constantFrom(
        'retry-after: 1',
        'content-type: text/html',
        'content-length: 5',
        'transfer-encoding: chunked',
      ),
      fc.string({ unit: 'binary-ascii', maxLength: 40 }),
    );
    const finishes = fc.constant(json({ status: 'job_finished', metadata: { retrain_job_id: JOB } }));
    const wire = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map(raw => Buffer.from(raw)),
      fc
        .tuple(httpStatuses, fc.array(line, { maxLength: 2 }), fc.oneof(bodies, finishes))
        .map(([status, lines, body]) =>
          Buffer.concat([
            Buffer.from(`HTTP/1.1 ${status} x\r\n${lines.map(one => `${one}\r\n`).join('')}\r\n`),
            body,
          ]),
        ),
    );
    try {
      await fc.assert(
        fc.asyncProperty(wire, async given => {
          bytes = given;
          const apiUrl = new URL(`http://127.0.0.1:${port}`);
          const end = { apiUrl, maxOutageMs: 0, requestTimeoutMs: 500 };
          const isFinished = await watchWith(createTransport('property-test'), end);
          finished += isFinished ? 1 : 0;
          if (isFinished) expect(given.toString('latin1')).toMatch(/^HTTP\/1\.1 2\d\d[\s\S]*job_finished/);
        }),
        { seed: 20261125, numRuns: 1_000 },
      );
      expect(finished).toBeGreaterThan(0);
    } finally {
      server.close();
    }
  });
});

const OLD = zipLike(20_000);
const NEW = zipLike(30_000);
const SIGNED = '/r.zip?X-Amz-Signature=0123456789abcdef';

/** One answer of storage, good or bad, of the old or the new version of the file. */
const storageSteps: fc.Arbitrary<Step> = fc
  .record({
    bytes: fc.constantFrom(OLD, OLD, NEW),
    how: fc.constantFrom(
      'whole',
      'cut',
      'cut',
      'cut',
      'stall',
      'ignore',
      'lie',
      'status',
      'reset',
      'page',
      'empty',
    ),
    // Not a few bytes only: storage that gives some each time is asked until all have come, however long it takes.
    at: fc.oneof(fc.constant(0), fc.integer({ min: 4_000, max: 20_000 })),
    lie: fc.constantFrom('start', 'total', 'no range', 'other bytes', 'too long'),
    status: fc.constantFrom(500, 503, 429, 416, 412, 403, 404, 400),
  })
  .map(({ bytes, how, at, lie, status }) => {
    const good = { etag: `"${md5(bytes)}"` };
    const steps: Record<typeof how, Step> = {
      whole: serve(bytes, good),
      cut: serve(bytes, { ...good, cutAfter: at }),
      stall: serve(bytes, { ...good, stallAfter: at }),
      ignore: serve(bytes, { ...good, ignoreRange: true, cutAfter: at }),
      lie: lying(bytes, good.etag, lie),
      status: answer(status, '<Error><Code>Scripted</Code></Error>'),
      reset: request => void request.socket.destroy(),
      page: answer(200, '<!doctype html><title>Log in</title>', { 'content-type': 'text/html' }),
      empty: answer(200),
    };
    return steps[how];
  });

/** A 206 that is not the part asked for, whatever it says. */
function lying(bytes: Buffer, etag: string, lie: string): Step {
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const start = lie === 'start' ? Math.max(0, from - 7) : from;
    const total = lie === 'total' ? bytes.length + 5 : bytes.length;
    const part = lie === 'other bytes' ? Buffer.alloc(bytes.length - from, 7) : bytes.subarray(start);
    const range = { 'content-range': `bytes ${start}-${bytes.length - 1}/${total}` };
    response.writeHead(206, { etag, ...(lie === 'no range' ? {} : range) });
    response.end(lie === 'too long' ? Buffer.concat([part, Buffer.from('more')]) : part);
  };
}

describe('Whatever storage does', () => {
  test('a download ends with the right bytes and their SHA-256 or an explained error, and no partial file', async () => {
    const script = fc.tuple(
      fc.array(storageSteps, { maxLength: 5 }),
      fc.oneof(fc.constant(undefined), storageSteps),
    );
    let whole = 0;
    await fc.assert(
      fc.asyncProperty(script, async ([steps, last = serve(OLD, { etag: `"${md5(OLD)}"` })]) =>
        inTempDirectory(directory =>
          withServer([...steps, last], async ({ url }) => {
            const target = { url: PresignedUrl.parse(url + SIGNED, true), directory };
            const limits = { maxOutageMs: 20_000, firstByteTimeoutMs: 1_000, stallTimeoutMs: 40 };
            const parts = {
              ...partsOf(createTransport('property-test')),
              refreshUrl: async () => PresignedUrl.parse(url + SIGNED, true),
            };
            try {
              const got = await download(target, limits, parts);
              await got.file.finish(join(directory, 'final'));
              const bytes = await readFile(join(directory, 'final'));
              expect(bytes.equals(OLD) || bytes.equals(NEW)).toBe(true);
              expect(got).toMatchObject({ sha256: sha256(bytes), sizeBytes: bytes.length });
              expect(await readdir(directory)).toEqual(['final']);
              whole += 1;
            } catch (error) {
              expectExplained(error);
              expect(String(error)).not.toContain('0123456789abcdef');
              expect(await readdir(directory)).toEqual([]);
            }
          }),
        ),
      ),
      { seed: 20261126, numRuns: 250 },
    );
    // Of no use if hardly any download came through.
    expect(whole).toBeGreaterThan(50);
  });
});

describe('Whatever the vendor says', () => {
  const hostile = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '::error::',
          '##[command]',
          '::set-output name=result::succeeded',
          '\r\n',
          '\u001b[31m',
          '\u202e',
        ),
        fc.constantFrom(
          '<img src=x>',
          '</code>',
          '|',
          '`',
          '[a](javascript:b)',
          'EOF\nresult=succeeded',
          '\n::add-mask::e',
        ),
        fc.string({ unit: 'binary', maxLength: 12 }),
      ),
      { maxLength: 6 },
    )
    .map(pieces => pieces.join(''));
  const said = fc.record({
    secret: fc.stringMatching(/^[A-Za-z0-9+/=_-]{12,24}$/),
    start: hostile,
    end: hostile,
    at: fc.nat({ max: 11 }),
  });

  test('the report of a run holds no command, no markup and no secret, and says its own result', () => {
    const folder = mkdtempSync(join(tmpdir(), 'unit-test-'));
    const [output, summary] = [join(folder, 'output'), join(folder, 'summary')];
    const before = process.env.GITHUB_OUTPUT;
    process.env.GITHUB_OUTPUT = output;
    try {
      fc.assert(
        fc.property(said, ({ secret, start, end, at }) => {
          writeFileSync(output, '');
          writeFileSync(summary, '');
          const text = `${start}${secret}${end} ${secret.slice(0, at)}\u200b${secret.slice(at)}`;
          const redactor = new Redactor();
          redactor.add(secret);
          const log = createLog(redactor.redact);
          const record = { ...emptyRecord(), retrainJobId: JOB, result: 'job_failed' as const };
          record.error = new VendorError(
            'job_failed',
            { id: 'api-fails', what: text, likelyCause: text, nextStep: 'Wait.' },
            { apiCode: text },
          );
          Object.assign(record, { status: text, message: text, warnings: [text] });
          record.timeline.push({ status: text, atWallMs: 0, waitedMs: 0 });
          const parts = { log, redact: redactor.redact, nowWallMs: 1, summaryPath: summary };
          const printed = printedBy(() => {
            log.info(text);
            log.warning(text, text);
            expect(report(record, TELLING, parts)).toBe(1);
          });
          expect(
            printed
              .split('\n')
              .filter(line => /^\s*::/.test(line) && !/^::(warning|error) title=/.test(line)),
          ).toEqual([]);
          expect(printed).not.toMatch(/##\[|\u001b|\r/);
          const written = readFileSync(summary, 'utf8');
          expect(written.replace(/<\/?(?:code|details|summary)>|<br>/g, '')).not.toMatch(/<[a-z/!]|\]\(/i);
          const read = written
            .replace(/&#(\d+);/g, (_all, sign) => String.fromCodePoint(Number(sign)))
            .replaceAll('\u2060', '');
          for (const place of [printed, read, readFileSync(output, 'utf8')])
            expect(place).not.toContain(secret);
          expect(parseOutputs(readFileSync(output, 'utf8'))).toMatchObject({
            result: 'job_failed',
            ready_to_switch: 'false',
          });
        }),
        { seed: 20261127, numRuns: 500 },
      );
    } finally {
      if (before === undefined) delete process.env.GITHUB_OUTPUT;
      else process.env.GITHUB_OUTPUT = before;
      rmSync(folder, { recursive: true });
    }
  });
});
