// Large results over a slow link, made by toxiproxy, in a file of its own: nothing else may take its bandwidth.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type RetrainRun, retrain } from '../e2e/action-run.js';
import {
  expectResults,
  finishedJob,
  type SomeFile,
  someFile,
  TEST_LIMIT_MS,
  WATCHDOG_MS,
} from './laboratory.js';
import { type NginxRequest, withNginx } from './nginx.js';
import { type Passage, type Toxic, withToxiproxy } from './toxiproxy.js';

const LATENCY: Toxic = { type: 'latency', attributes: { latency: 100 } };

interface Link {
  readonly file: SomeFile;
  readonly toxics: readonly Toxic[];
  readonly before?: (url: string) => Promise<unknown>;
  readonly during?: (passage: Passage) => Promise<unknown>;
}

async function fetchOver(link: Link): Promise<{ run: RetrainRun; requests: NginxRequest[] }> {
  return await withNginx('', async nginx => {
    writeFileSync(join(nginx.folder, 'results.csv'), link.file.bytes);
    return await withToxiproxy(async toxiproxy => {
      const passage = await toxiproxy.passage(nginx.port, link.toxics);
      const url = `${passage.url}/results.csv`;
      await link.before?.(url);
      const run = await retrain({
        watchdogMs: WATCHDOG_MS,
        scenario: { statusAnswers: [finishedJob(() => `${url}?X-Amz-Signature=0123456789`)] },
        inputs: { upload_artifact: 'false', max_outage_minutes: '1' },
        during: async () => link.during?.(passage),
      });
      return { run, requests: await nginx.requests() };
    });
  });
}

test(
  '100 MiB over 100 ms and 10 MB/s a connection take much less time than with curl',
  async () => {
    let curlMs = 0;
    const { run, requests } = await fetchOver({
      file: someFile(100 * 1024 ** 2),
      toxics: [LATENCY, { type: 'bandwidth', attributes: { rate: 10_000 } }],
      before: async url => {
        const startedMs = performance.now();
        await once(spawn('curl', ['-sS', '-o', '/dev/null', url], { stdio: 'ignore' }), 'close');
        curlMs = performance.now() - startedMs;
      },
    });
    expect(run.outputs.result).toBe('succeeded');
    // curl's own, the first, and five more.
    expect(requests.length).toBeGreaterThanOrEqual(7);
    expect(requests.filter(({ range }) => range !== '').map(({ status }) => status)).not.toContain(200);
    expect(curlMs).toBeGreaterThan(10_000);
    // Measured: 0.30, by `npm run slow-link`.
    expect(run.durationMs / curlMs).toBeLessThan(0.6);
  },
  TEST_LIMIT_MS,
);

test(
  'every connection is cut again and again: every part goes on where it stopped',
  async () => {
    const file = someFile(40_000_000);
    const { run, requests } = await fetchOver({
      file,
      // The first one lives for two seconds, long enough to be found slow.
      toxics: [
        { type: 'bandwidth', attributes: { rate: 2_000 } },
        { type: 'limit_data', attributes: { bytes: 4_000_000 } },
      ],
    });
    expectResults(run, file);
    const parts = requests.filter(({ range }) => range !== '');
    expect(requests).toHaveLength(parts.length + 1);
    expect(parts.length).toBeGreaterThanOrEqual(10);
    expect(new Set(parts.map(({ status }) => status))).toEqual(new Set([206]));
  },
  TEST_LIMIT_MS,
);
