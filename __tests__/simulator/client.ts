// Small clients for the simulator's tests; knows no expectation.
import { request } from 'node:http';
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

export async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}
