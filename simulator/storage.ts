// The presigned storage: serves the results file and takes uploads; knows nothing of jobs and of the API.
import { type Answer, pause, resetConnection, sendAnswer } from './answer.js';
import type { Handler } from './local-server.js';
import type { Signer, Verdict } from './presign.js';
import type { Exchange } from './recorder.js';
import type { ServedFile } from './results-file.js';
import { errorXml } from './s3-error.js';
import type { Scenario, StorageScript, StoredUpload } from './scenario.js';
import { thenHealthy } from './script-queue.js';
import { planDownload, sendDownload } from './storage-download.js';
import { receiveUpload } from './storage-upload.js';

export interface StorageOptions {
  scenario: Scenario;
  signer: Signer;
  /** The results file of a job. */
  fileOf(jobId: string): ServedFile;
  /** Called when a PUT is complete, before it is answered. */
  uploaded(upload: StoredUpload): void;
  stop: AbortSignal;
}

const RESULTS_PATH = '/results/';
const UPLOADS_PATH = '/uploads/';
const HTML_PAGE = '<!DOCTYPE html><html><body><h1>Service Unavailable</h1></body></html>\n';

/** The path of a job's results file, percent-encoded. */
export function resultsPath(jobId: string, fileName: string): string {
  return `${RESULTS_PATH}${encodeURIComponent(jobId)}/${encodeURIComponent(fileName)}`;
}

/** The path a job's data is PUT to, percent-encoded. */
export function uploadPath(jobId: string, fileName: string): string {
  return `${UPLOADS_PATH}${encodeURIComponent(jobId)}/${encodeURIComponent(fileName)}`;
}

/** Makes the handler of the storage server. */
export function createStorage(options: StorageOptions): Handler {
  const downloadScript = thenHealthy(options.scenario.storage);
  const uploadScript = thenHealthy(options.scenario.storageUploads);
  return async exchange => {
    const method = exchange.request.method ?? '';
    const verdict = options.signer.verify({ method, path: exchange.path, query: exchange.query });
    if (verdict !== 'valid') return sendAnswer(exchange, refusal(verdict), options.stop);
    if (method === 'GET' && exchange.path.startsWith(RESULTS_PATH)) {
      return serve(exchange, downloadScript() ?? {}, options);
    }
    return take(exchange, uploadScript() ?? {}, options);
  };
}

async function serve(exchange: Exchange, script: StorageScript, options: StorageOptions): Promise<void> {
  if (await endedByScript(exchange, script, options.stop)) return;
  const file = options.fileOf(namesIn(exchange.path, RESULTS_PATH)[0] ?? '');
  const plan = planDownload(exchange.request.headers, file, script);
  if (plan.kind === 'answer') return sendAnswer(exchange, plan.answer, options.stop);
  return sendDownload({ exchange, plan, script, file, stop: options.stop });
}

async function take(exchange: Exchange, script: StorageScript, options: StorageOptions): Promise<void> {
  if (await endedByScript(exchange, script, options.stop)) return;
  const [jobId = '', fileName = ''] = namesIn(exchange.path, UPLOADS_PATH);
  const received = await receiveUpload(exchange, script);
  if (received.kind === 'broken') return;
  if (received.kind === 'refused') return sendAnswer(exchange, received.answer, options.stop);
  options.uploaded({ jobId, fileName, ...received.content });
  return sendAnswer(exchange, { httpStatus: 200, headers: { etag: received.etag } }, options.stop);
}

function namesIn(path: string, folder: string): string[] {
  return path.slice(folder.length).split('/').map(decodeURIComponent);
}

/** Whether the script left nothing to do for a healthy storage. */
async function endedByScript(exchange: Exchange, script: StorageScript, stop: AbortSignal): Promise<boolean> {
  if (script.delayMs !== undefined) await pause(script.delayMs, stop);
  if (script.fault === 'hang' || stop.aborted) return true;
  if (script.fault === 'reset') {
    resetConnection(exchange);
    return true;
  }
  const instead = answerInstead(exchange, script);
  if (instead === undefined) return false;
  await sendAnswer(exchange, instead, stop);
  return true;
}

function answerInstead(exchange: Exchange, script: StorageScript): Answer | undefined {
  if (script.redirectTo !== undefined) {
    const url = `http://${exchange.request.headers.host}${exchange.record.path}`;
    const location = typeof script.redirectTo === 'function' ? script.redirectTo(url) : script.redirectTo;
    return { httpStatus: script.httpStatus ?? 302, headers: { ...script.headers, location } };
  }
  if (script.fault === 'html')
    return { httpStatus: script.httpStatus ?? 200, headers: script.headers, body: HTML_PAGE };
  if (script.fault === 'empty') return { httpStatus: script.httpStatus ?? 200, headers: script.headers };
  if (script.body !== undefined) {
    return { httpStatus: script.httpStatus ?? 200, headers: script.headers, body: script.body };
  }
  if (script.httpStatus === undefined || script.httpStatus < 300) return undefined;
  const code = script.httpStatus === 503 ? 'SlowDown' : 'ScriptedError';
  return { httpStatus: script.httpStatus, headers: script.headers, body: errorXml(code, 'Scripted error.') };
}

function refusal(verdict: Exclude<Verdict, 'valid'>): Answer {
  const bodies = {
    expired: errorXml('AccessDenied', 'Request has expired'),
    unsigned: errorXml('AccessDenied', 'Access Denied'),
    wrong_signature: errorXml(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided.',
    ),
  };
  return { httpStatus: 403, body: bodies[verdict] };
}
