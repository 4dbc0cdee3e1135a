// `npm run figures`: measures what the built actions promise, start-up, memory and upload speed, alternating with its yardstick.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '../simulator/index.js';
import { PROJECT } from './build.js';

const ACTION = join(PROJECT, 'dist/index.js');
const UPLOAD = join(PROJECT, 'dist/upload/index.js');
const UPLOAD_RUNS = 5;
const START_RUNS = 15;
const GIB_BYTES = 1024 ** 3;
const CHUNK = randomBytes(16 * 1024 ** 2);
const SAMPLE_MS = 20;

const folder = mkdtempSync(join(tmpdir(), 'figures-'));
try {
  await figureStartUp();
  await figureMemory(false);
  await figureMemory(true);
  await figureUpload();
} finally {
  rmSync(folder, { recursive: true });
}

/** Process start to the first status request, against bare Node making the same request. */
async function figureStartUp(): Promise<void> {
  const bare = join(folder, 'bare.mjs');
  writeFileSync(
    bare,
    "import http from 'node:http'; http.get(process.env.INPUT_API_URL, answer => answer.resume());",
  );
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let run = 0; run < START_RUNS; run += 1) {
    theirs.push(await firstRequestMs(bare));
    ours.push(await firstRequestMs(ACTION));
  }
  console.log(`first status request: ${spread(ours)}; bare Node's request: ${spread(theirs)}`);
}

async function firstRequestMs(script: string): Promise<number> {
  let startedMs = 0;
  let firstMs = 0;
  const server = createServer((_request, answer) => {
    firstMs ||= performance.now() - startedMs;
    answer.end('{"status":"training"}');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  startedMs = performance.now();
  const inputs = {
    retrain_job_id: 'job',
    api_key: 'figures-key',
    api_url: `http://127.0.0.1:${port}`,
    wait: 'false',
  };
  await runChild(script, inputs);
  server.close();
  return firstMs;
}

/** Peak resident memory while a 1 GiB results file streams through. */
async function figureMemory(uploadArtifact: boolean): Promise<void> {
  const scenario = {
    statusAnswers: [{ status: 'job_finished' }],
    results: { sizeBytes: GIB_BYTES, fileName: 'results.zip' },
  };
  const simulator = await startSimulator({ scenario });
  const inputs = {
    retrain_job_id: simulator.jobId,
    api_key: simulator.apiKey,
    api_url: simulator.apiUrl,
    upload_artifact: String(uploadArtifact),
  };
  const service = {
    ACTIONS_RESULTS_URL: simulator.artifactUrl,
    ACTIONS_RUNTIME_TOKEN: simulator.runtimeToken,
  };
  const startedMs = performance.now();
  const peakBytes = await runChild(ACTION, inputs, service);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(
    `1 GiB results, upload_artifact: ${uploadArtifact}: peak ${Math.round(peakBytes / 1e6)} MB resident, ${seconds} s`,
  );
  await simulator.close();
}

/** Sends 1 GiB to the simulator, alternating with `curl -T`: whole processes, start-up included. */
async function figureUpload(): Promise<void> {
  const data = join(folder, 'train.csv');
  const file = openSync(data, 'w');
  for (let sent = 0; sent < GIB_BYTES; sent += CHUNK.length) writeSync(file, CHUNK);
  closeSync(file);
  const simulator = await startSimulator();
  const { apiUrl, apiKey } = simulator;
  const inputs = { training_data: data, api_key: apiKey, api_url: apiUrl };
  const ours: number[] = [];
  const curls: number[] = [];
  let peakBytes = 0;
  for (let run = 0; run < UPLOAD_RUNS; run += 1) {
    const asked = await fetch(`${apiUrl}/v1/external/retrain_jobs/upload_url?filename=train.csv`, {
      headers: { 'x-api-key': apiKey },
    });
    const { upload_url: url } = (await asked.json()) as { upload_url: string };
    curls.push(await tookMs(() => ended(spawn('curl', ['-sS', '-T', data, url], { stdio: 'ignore' }))));
    ours.push(
      await tookMs(async () => {
        peakBytes = Math.max(peakBytes, await runChild(UPLOAD, inputs));
      }),
    );
  }
  await simulator.close();
  rmSync(data);
  console.log(
    `1 GiB upload: ${spread(ours)}, peak ${Math.round(peakBytes / 1e6)} MB resident; curl -T: ${spread(curls)}`,
  );
}

async function tookMs(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

async function ended(child: ChildProcess): Promise<void> {
  await new Promise(resolve => child.on('close', resolve));
}

/** Runs a script as a runner would and resolves to its peak resident memory in bytes (Linux). */
async function runChild(
  script: string,
  inputs: Record<string, string>,
  env: Record<string, string> = {},
): Promise<number> {
  const temp = mkdtempSync(join(folder, 'temp-'));
  const named = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const child = spawn(process.execPath, [script], {
    env: { PATH: process.env.PATH, RUNNER_TEMP: temp, ...Object.fromEntries(named), ...env },
    stdio: 'ignore',
  });
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, residentPeakBytes(child.pid));
  }, SAMPLE_MS);
  await ended(child);
  clearInterval(timer);
  rmSync(temp, { recursive: true });
  return peakBytes;
}

function residentPeakBytes(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    // The process has just ended: its last sample counts.
    return 0;
  }
}

function spread(valuesMs: number[]): string {
  const sorted = valuesMs.toSorted((one, other) => one - other);
  const at = (share: number) => `${Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0)} ms`;
  return `median ${at(0.5)} (min ${at(0)}, max ${at(1)}, ${sorted.length} runs)`;
}
