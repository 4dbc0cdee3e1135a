// Small clients for the simulator's tests; knows no expectation.
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromBufferPromise } from 'yauzl';
import { TIMELINE } from '../../simulator/assumptions.js';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/index.js';

/** Runs the check against a simulator of its own and closes it whatever happens. */
export async function withSimulator(
  options: SimulatorOptions,
  check: (simulator: Simulator) => Promise<void>,
) {
  const simulator = await startSimulator(options);
  try {
    await check(simulator);
  } finally {
    await simulator.close();
  }
}

export const JOBS_PATH = '/v1/external/retrain_jobs';

export function callApi(simulator: Simulator, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(simulator.apiUrl + path, { headers: { 'x-api-key': simulator.apiKey }, ...init });
}

export function checkStatus(simulator: Simulator, jobId = simulator.jobId): Promise<Response> {
  return callApi(simulator, `${JOBS_PATH}/${encodeURIComponent(jobId)}`);
}

export interface StatusBody {
  status: string;
  message?: string;
  download_url?: string;
  metadata: { retrain_job_id: string };
}

export async function statusBody(simulator: Simulator, jobId?: string): Promise<StatusBody> {
  return (await (await checkStatus(simulator, jobId)).json()) as StatusBody;
}

/** The download URL of a job that is finished. */
export async function downloadUrl(simulator: Simulator): Promise<string> {
  const { download_url: url } = await statusBody(simulator);
  if (url === undefined) throw new Error('The answer has no download_url.');
  return url;
}

/** A request whose path goes out exactly as given, which fetch would normalise. */
export function rawStatusCode(url: string, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sent = request({ hostname, port, path, headers, agent: false }, response => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });
}

export async function getUploadUrl(simulator: Simulator, fileName = '学習 1.csv') {
  const path = `${JOBS_PATH}/upload_url?filename=${encodeURIComponent(fileName)}`;
  const response = await callApi(simulator, path);
  return (await response.json()) as { retrain_job_id: string; upload_url: string };
}

/** Uploads the data as a new job and gives the job's id. */
export async function upload(simulator: Simulator, fileName: string, bytes: Buffer): Promise<string> {
  const { retrain_job_id: jobId, upload_url: url } = await getUploadUrl(simulator, fileName);
  const { status } = await fetch(url, { method: 'PUT', body: new Uint8Array(bytes) });
  if (status !== 200) throw new Error(`The PUT was answered with ${status}.`);
  return jobId;
}

/** The first status answer that is none of a running job. */
export async function endOfJob(simulator: Simulator, jobId: string): Promise<StatusBody> {
  for (;;) {
    const body = await statusBody(simulator, jobId);
    if (TIMELINE.every(step => step.status !== body.status)) return body;
    await sleep(5);
  }
}

export function switchModel(simulator: Simulator, jobId: string): Promise<Response> {
  return callApi(simulator, `${JOBS_PATH}/${encodeURIComponent(jobId)}/update_model`, { method: 'PUT' });
}

/** The text of every file in the ZIP, in order. */
export async function unzip(bytes: Buffer): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  const archive = await fromBufferPromise(bytes, { lazyEntries: true });
  for await (const entry of archive.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await archive.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    texts.set(entry.fileName, Buffer.concat(chunks).toString());
  }
  return texts;
}

export async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}
