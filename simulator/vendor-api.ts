// The vendor's four calls as its manual describes them; knows no files and nothing of GitHub.
import type { IncomingMessage } from 'node:http';
import { type Answer, sendAnswer } from './answer.js';
import {
  BAD_REQUEST_STATUS,
  FINISHED_STATUS,
  MISSING_FILE_NAME_MESSAGE,
  vendorErrorBody,
  WRONG_CREDENTIAL_TYPE_MESSAGE,
} from './assumptions.js';
import type { KeyKind, KeyRing } from './credentials.js';
import type { Job, JobBook } from './jobs.js';
import type { Handler } from './local-server.js';
import type { Exchange } from './recorder.js';
import type { Scenario, ScriptContext, StatusScript } from './scenario.js';
import { repeatingLast, thenHealthy } from './script-queue.js';
import { answerOf, healthyStatusBody, type TakenScript } from './scripted-answer.js';

export interface VendorApiOptions {
  scenario: Scenario;
  keys: KeyRing;
  jobs: JobBook;
  modelId: string;
  pathPrefix: string;
  downloadUrl(job: Job, lifetimeSeconds?: number): string;
  uploadUrl(job: Job, fileName: string): string;
  /** Called when the model of a job is to go into service. */
  switched(job: Job): void;
  urls(): { apiUrl: string; storageUrl: string };
  stop: AbortSignal;
}

interface Call {
  kind: KeyKind;
  answer(exchange: Exchange): Answer;
}

const JOBS_PATH = '/v1/external/retrain_jobs/';
const KEY_PATH = '/v1/external/api-key';

/** Makes the handler of the API server. */
export function createVendorApi(options: VendorApiOptions): Handler {
  const routes = createRoutes(options);
  return async exchange => {
    const call = routes(exchange);
    if (call === undefined) return sendAnswer(exchange, plainError(404, 'Not Found'), options.stop);
    const complaint = options.keys.complaint(keyOf(exchange.request), call.kind);
    const answer = complaint === undefined ? call.answer(exchange) : vendorError(complaint);
    return sendAnswer(exchange, answer, options.stop);
  };
}

function createRoutes(options: VendorApiOptions): (exchange: Exchange) => Call | undefined {
  const keyCall = createKeyCall(options);
  const uploadCall = createUploadCall(options);
  const statusCall = createStatusCall(options);
  const switchCall = createSwitchCall(options);
  return exchange => {
    const { method } = exchange.request;
    const path = exchange.path.startsWith(options.pathPrefix)
      ? exchange.path.slice(options.pathPrefix.length)
      : '';
    if (path === KEY_PATH && method === 'GET') return keyCall;
    if (!path.startsWith(JOBS_PATH)) return undefined;
    const [segment = '', action, ...rest] = path.slice(JOBS_PATH.length).split('/');
    if (segment === '' || rest.length > 0) return undefined;
    if (method === 'GET' && action === undefined) {
      return segment === 'upload_url' ? uploadCall : statusCall(decoded(segment));
    }
    return method === 'PUT' && action === 'update_model' ? switchCall(decoded(segment)) : undefined;
  };
}

function createKeyCall(options: VendorApiOptions): Call {
  const script = counted(thenHealthy(options.scenario.keyAnswers));
  return {
    kind: 'secret',
    answer(exchange) {
      const modelId = exchange.query.get('model_id') ?? '';
      if (exchange.query.get('credential_type') !== 'retrain')
        return vendorError(WRONG_CREDENTIAL_TYPE_MESSAGE);
      if (modelId === '') return vendorError('Model id is required.');
      if (modelId !== options.modelId) return vendorError('This model may be deleted.');
      return answerOf(script(), contextOf(options, exchange), () => options.keys.issue());
    },
  };
}

function createUploadCall(options: VendorApiOptions): Call {
  const script = counted(thenHealthy(options.scenario.uploadAnswers));
  return {
    kind: 'api',
    answer(exchange) {
      const fileName = exchange.query.get('filename') ?? '';
      if (fileName === '') return vendorError(MISSING_FILE_NAME_MESSAGE);
      return answerOf(script(), contextOf(options, exchange), () => {
        const job = options.jobs.add();
        return { retrain_job_id: job.id, upload_url: options.uploadUrl(job, fileName) };
      });
    },
  };
}

function createStatusCall(options: VendorApiOptions): (jobId: string) => Call {
  const script = counted(repeatingLast(options.scenario.statusAnswers));
  return jobId => ({
    kind: 'api',
    answer(exchange) {
      const job = options.jobs.find(jobId);
      if (job === undefined) return vendorError('Not found retrain job.');
      const timelineStatus = options.jobs.statusOf(job);
      const taken = script();
      const context = contextOf(options, exchange, job);
      return answerOf(taken, context, () => {
        const status = taken.script.status ?? timelineStatus;
        if (status === FINISHED_STATUS) job.seenFinished = true;
        return healthyStatusBody({ status, script: taken.script, context, failure: job.failure });
      });
    },
  });
}

function createSwitchCall(options: VendorApiOptions): (jobId: string) => Call {
  const script = counted(thenHealthy(options.scenario.switchAnswers));
  return jobId => ({
    kind: 'api',
    answer(exchange) {
      const job = options.jobs.find(jobId);
      if (job === undefined) return vendorError('Not found retrain job.');
      const taken = script();
      if (taken.script.httpStatus === undefined && !isFinished(options, job)) {
        return vendorError('Retrain job is not finished.');
      }
      return answerOf(taken, contextOf(options, exchange, job), () => {
        options.switched(job);
        return { metadata: { retrain_job_id: job.id } };
      });
    },
  });
}

// A scripted scenario may finish a job before its time; a job that never was asked for has not begun.
function isFinished(options: VendorApiOptions, job: Job): boolean {
  if (job.seenFinished) return true;
  return job.startedAtMs !== undefined && options.jobs.statusOf(job) === FINISHED_STATUS;
}

function counted(next: () => StatusScript | undefined): () => TakenScript {
  let number = 0;
  return () => ({ script: next() ?? {}, number: ++number });
}

function contextOf(
  options: VendorApiOptions,
  exchange: Exchange,
  job?: Job,
): Omit<ScriptContext, 'checkNumber'> {
  return {
    jobId: job?.id ?? '',
    nowMs: Date.now(),
    modelId: options.modelId,
    request: exchange.request,
    ...options.urls(),
    downloadUrl: seconds => (job === undefined ? '' : options.downloadUrl(job, seconds)),
  };
}

function keyOf(request: IncomingMessage): string | undefined {
  const key = request.headers['x-api-key'];
  return Array.isArray(key) ? key[0] : key;
}

function vendorError(message: string): Answer {
  return { httpStatus: BAD_REQUEST_STATUS, body: vendorErrorBody(BAD_REQUEST_STATUS, message) };
}

function plainError(httpStatus: number, message: string): Answer {
  return { httpStatus, body: { message } };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
