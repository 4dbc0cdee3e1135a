// Faults that are only noticed after a minute, end to end; run by `npm run test:faults`.
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import { ZipFile } from 'yazl';
import { createRunner, removeRunner, retrain } from '../e2e/action-run.js';

const TEST_LIMIT_MS = 120_000;
const WATCHDOG_MS = 110_000;
const STOPPED_MS = 75_000;
const ZEROS = Buffer.alloc(1024 * 1024);

describe('patience', () => {
  test.concurrent(
    'a machine that was suspended for over a minute checks at once, and the time does not count',
    async () => {
      let continuedAtMs = 0;
      const run = await retrain({
        watchdogMs: WATCHDOG_MS,
        scenario: { statusAnswers: [{ status: 'training' }, {}] },
        inputs: { download_results: 'false', timeout_minutes: '0.5', poll_interval_seconds: '10' },
        during: async action => {
          await action.logShows('training');
          action.signal('SIGSTOP');
          await new Promise(resolve => setTimeout(resolve, STOPPED_MS));
          continuedAtMs = action.signal('SIGCONT');
        },
      });
      expect(run.log).toContain('suspended');
      expect(run.outputs.result).toBe('succeeded');
      expect((run.status[1]?.startedAtMs ?? 0) - continuedAtMs).toBeLessThan(1_000);
      expect(Number(run.outputs.elapsed_seconds)).toBeLessThan(30);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'a body that stalls is given up after 60 s without a byte and resumed from where it stopped',
    async () => {
      const run = await retrain({
        watchdogMs: WATCHDOG_MS,
        scenario: {
          statusAnswers: [{ status: 'job_finished' }],
          results: { sizeBytes: 3_000_000 },
          storage: [{ fault: 'stall', afterBytes: 1_000_000 }],
        },
        inputs: { upload_artifact: 'false' },
      });
      expect(run.outputs).toMatchObject({ result: 'succeeded', results_size: '3000000' });
      const [first, second] = run.storage;
      expect(second?.headers.range).toBe('bytes=1000000-');
      expect(second?.headers['if-range']).toBeDefined();
      expect((second?.startedAtMs ?? 0) - (first?.startedAtMs ?? 0)).toBeLessThan(70_000);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'an artifact service whose answer breaks off is told as such, not waited for and not taken for our own fault',
    async () => {
      const cutAnswer = createServer((request, answer) => {
        request.resume();
        answer.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
        answer.write('{"ok":');
        setImmediate(() => answer.destroy());
      });
      await new Promise<void>(resolve => cutAnswer.listen(0, '127.0.0.1', resolve));
      const { port } = cutAnswer.address() as AddressInfo;
      const run = await retrain({
        watchdogMs: WATCHDOG_MS,
        scenario: { statusAnswers: [{ status: 'job_finished' }] },
        inputs: { max_outage_minutes: '0' },
        env: { ACTIONS_RESULTS_URL: `http://127.0.0.1:${port}/` },
      });
      cutAnswer.close();
      expect(run.outputs).toMatchObject({ result: 'artifact_error', ready_to_switch: 'false' });
      expect(run.outputs.results_file).toBeDefined();
      expect(run.exitCode).toBe(1);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent.each(['SIGINT', 'SIGTERM'] as const)(
    'a cancel by %s in the middle of unpacking ends within two seconds and leaves nothing half unpacked',
    async signal => {
      const runner = createRunner();
      let sentAtMs = 0;
      const run = await retrain({
        runner,
        watchdogMs: WATCHDOG_MS,
        scenario: {
          statusAnswers: [{ status: 'job_finished' }],
          results: { bytes: await largeArchive(), fileName: 'results.zip' },
        },
        inputs: { upload_artifact: 'false' },
        during: async action => {
          await action.logShows('SHA-256');
          sentAtMs = action.signal(signal);
        },
      });
      expect(run.outputs).toMatchObject({ result: 'cancelled', ready_to_switch: 'false' });
      expect(run.endedAtMs - sentAtMs).toBeLessThan(2_000);
      expect(readdirSync(run.outputs.results_directory ?? '')).toEqual(['results.zip']);
      removeRunner(runner);
    },
    TEST_LIMIT_MS,
  );
});

/** 1.5 GiB of zeros in a few MB: unpacking it takes seconds. */
async function largeArchive(): Promise<Buffer> {
  const zip = new ZipFile();
  const zeros = Readable.from(
    (function* () {
      for (let count = 0; count < 1536; count += 1) yield ZEROS;
    })(),
  );
  zip.addReadStream(zeros, 'zeros.bin', { compressionLevel: 1 });
  zip.end();
  return buffer(zip.outputStream);
}
