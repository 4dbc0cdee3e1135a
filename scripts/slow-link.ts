// `npm run slow-link`: 100 MiB over 100 ms of latency and 10 MB/s a connection, the built action alternating with curl.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withNginx } from '../__tests__/faults/nginx.js';
import { type Toxic, withToxiproxy } from '../__tests__/faults/toxiproxy.js';
import { PROJECT } from './build.js';

const FILE_BYTES = 100 * 1024 ** 2;
const PAIRS = 5;
const LINK: readonly Toxic[] = [
  { type: 'latency', attributes: { latency: 100 } },
  // In kilobytes a second, of each connection.
  { type: 'bandwidth', attributes: { rate: 10_000 } },
];

const folder = mkdtempSync(join(tmpdir(), 'slow-link-'));
try {
  await withNginx('', nginx =>
    withToxiproxy(async toxiproxy => {
      const bytes = randomBytes(FILE_BYTES);
      writeFileSync(join(nginx.folder, 'results.zip'), bytes);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const { url } = await toxiproxy.passage(nginx.port, LINK);
      await compare(`${url}/results.zip`, sha256);
    }),
  );
} finally {
  rmSync(folder, { recursive: true });
}

async function compare(url: string, sha256: string): Promise<void> {
  const ours: number[] = [];
  const curls: number[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    curls.push(await tookMs(() => ended(spawn('curl', ['-sS', '-o', join(folder, 'curl'), url]))));
    ours.push(await runAction(url, sha256));
    console.log(
      `pair ${pair + 1}: ours ${Math.round(ours[pair] ?? 0)} ms, curl ${Math.round(curls[pair] ?? 0)} ms`,
    );
  }
  const ratios = ours.map((ms, pair) => ms / (curls[pair] ?? Number.NaN)).sort((one, other) => one - other);
  const told = ratios.map(ratio => ratio.toFixed(2));
  console.log(`ours / curl: median ${told[(PAIRS - 1) / 2]} (min ${told[0]}, max ${told[PAIRS - 1]})`);
}

/** How long the whole action took, start-up included. @throws Error when its file is not the right one */
async function runAction(url: string, sha256: string): Promise<number> {
  const api = createServer((_request, answer) => {
    answer.end(JSON.stringify({ status: 'job_finished', download_url: `${url}?X-Amz-Signature=0123456789` }));
  });
  await new Promise<void>(resolve => api.listen(0, '127.0.0.1', resolve));
  const temp = mkdtempSync(join(folder, 'run-'));
  const output = join(temp, 'output');
  writeFileSync(output, '');
  const startedMs = performance.now();
  const child = spawn(process.execPath, [join(PROJECT, 'dist/index.js')], {
    env: {
      PATH: process.env.PATH,
      RUNNER_TEMP: temp,
      GITHUB_OUTPUT: output,
      INPUT_RETRAIN_JOB_ID: 'job',
      INPUT_API_KEY: 'slow-link-key',
      INPUT_API_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
      INPUT_UPLOAD_ARTIFACT: 'false',
      INPUT_EXTRACT_RESULTS: 'false',
    },
    stdio: process.env.VERBOSE ? 'inherit' : 'ignore',
  });
  await ended(child);
  const durationMs = performance.now() - startedMs;
  api.close();
  const said = readFileSync(output, 'utf8');
  const file = /results_file<<(\S+)\n(.*)\n\1/.exec(said)?.[2] ?? '';
  if (file === '') throw new Error(said);
  const found = execFileSync('sha256sum', [file], { encoding: 'utf8' }).slice(0, 64);
  if (found !== sha256 || !said.includes(sha256)) throw new Error(`not the file that was served: ${said}`);
  rmSync(temp, { recursive: true });
  return durationMs;
}

async function tookMs(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

async function ended(child: ChildProcess): Promise<void> {
  await new Promise(resolve => child.on('close', resolve));
}
