// The only reader of the action's inputs: one typed, validated object; must not use any of them.
import * as core from '@actions/core';
import { InvalidInputError } from '../errors.js';
import { isLoopback } from '../http/loopback.js';
import { FINISHED_STATUS } from '../prediction-one/status-meaning.js';
import { InputReader } from './input-reader.js';

export interface Inputs {
  readonly retrainJobId: string;
  readonly apiKey: string;
  readonly apiUrl: URL;
  readonly wait: boolean;
  readonly timeoutMs: number;
  readonly pollIntervalMs: number;
  readonly maxOutageMs: number;
  readonly requestTimeoutMs: number;
  readonly failureStatuses: readonly string[];
  readonly downloadResults: boolean;
  readonly resultsDirectory: string;
  readonly cacheResults: boolean;
  readonly extractResults: boolean;
  readonly uploadArtifact: boolean;
  /** Empty for the default name. */
  readonly artifactName: string;
  readonly artifactRetentionDays: number | undefined;
  readonly ifArtifactFails: 'error' | 'warn';
  readonly jobSummary: boolean;
}

/** What could be read: all, or the error with the little that is usable all the same. */
export type ReadInputs =
  | { readonly inputs: Inputs; readonly error?: undefined }
  | {
      readonly error: InvalidInputError;
      readonly retrainJobId: string | undefined;
      readonly jobSummary: boolean;
    };

/** The vendor's API; the same product under its newer name lives at developer-api.easy-predictive-analytics.sony.com. */
export const DEFAULT_API_URL = 'https://developer-api.predictionone.sony.biz';

const MINUTE_MS = 60_000;
const MAX_MINUTES = 10_080;
const SECONDS = { min: 0.1, max: 3600 };

/**
 * Inputs of the same contract that later versions bring. Ignoring them would pass what they should stop, so they
 * are refused; anything else that is unknown only gets the runner's own warning.
 */
const NOT_YET_SUPPORTED = ['gate', 'model_id'] as const;

/** Registers the secrets with the runner, before anything else is printed, and returns them. */
export function maskSecrets(): string[] {
  const secrets = ['api_key', 'secret_key'].map(name => core.getInput(name)).filter(secret => secret !== '');
  for (const secret of secrets) core.setSecret(secret);
  return secrets;
}

/** Reads and validates every input; what is wrong is gathered, so that one run names all mistakes. */
export function readInputs(): ReadInputs {
  const reader = new InputReader();
  const retrainJobId = readJobId(reader);
  const isJobIdUsable = reader.problems.length === 0;
  const inputs: Inputs = {
    retrainJobId,
    apiKey: readApiKey(reader),
    apiUrl: readApiUrl(reader),
    wait: reader.boolean('wait', true),
    timeoutMs:
      MINUTE_MS *
      reader.number('timeout_minutes', { fallback: 60, min: 0, aboveMin: true, max: MAX_MINUTES }),
    pollIntervalMs: 1000 * reader.number('poll_interval_seconds', { fallback: 30, ...SECONDS }),
    maxOutageMs: MINUTE_MS * reader.number('max_outage_minutes', { fallback: 10, min: 0, max: MAX_MINUTES }),
    requestTimeoutMs: 1000 * reader.number('request_timeout_seconds', { fallback: 30, ...SECONDS }),
    failureStatuses: readFailureStatuses(reader),
    downloadResults: reader.boolean('download_results', true),
    resultsDirectory: reader.text('results_directory'),
    cacheResults: reader.boolean('cache_results', false),
    extractResults: reader.boolean('extract_results', true),
    uploadArtifact: reader.boolean('upload_artifact', true),
    artifactName: readArtifactName(reader),
    artifactRetentionDays: readRetentionDays(reader),
    ifArtifactFails: reader.choice('if_artifact_fails', ['error', 'warn']),
    jobSummary: reader.boolean('job_summary', true),
  };
  refuseUnsupported(reader);
  if (reader.problems.length === 0) return { inputs };
  const explanation = {
    what: reader.problems.join(' '),
    nextStep: 'Correct the inputs under `with:` of the step and re-run the job.',
  };
  return {
    error: new InvalidInputError(explanation),
    retrainJobId: isJobIdUsable ? retrainJobId : undefined,
    jobSummary: inputs.jobSummary,
  };
}

function readJobId(reader: InputReader): string {
  const id = reader.text('retrain_job_id');
  const length = [...id].length;
  const isId =
    length >= 1 && length <= 256 && !/[\s\p{Cc}]/u.test(id) && id.isWellFormed() && id !== '.' && id !== '..';
  const must =
    "the id that the upload step gave (1 to 256 characters without white space or control characters, not '.' or '..')";
  if (!isId) reader.refuse('retrain_job_id', must, id);
  return id;
}

function readApiKey(reader: InputReader): string {
  const key = reader.text('api_key');
  const must = "the model's API key, passed from a secret";
  if (reader.text('secret_key') !== '') {
    reader.refuseSecret('secret_key', `empty in this version, which takes 'api_key' (${must})`);
  }
  if (key === '')
    reader.refuse('api_key', `${must}; an empty one usually means that the secret does not exist here`, key);
  // What Node refuses in a header value (https://nodejs.org/api/http.html#httpvalidateheadervaluename-value).
  else if (/[^\t\x20-\x7e\x80-\xff]/.test(key))
    reader.refuseSecret('api_key', `${must}, without line breaks or characters that no header can carry`);
  return key;
}

function readApiUrl(reader: InputReader): URL {
  const text = reader.text('api_url') || DEFAULT_API_URL;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain =
    !/[?#]/.test(text) && url?.username === '' && url.password === '' && !/^[a-z]+:\/*[^/]*@/i.test(text);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
  if (url && isPlain && isSafe) return url;
  const must = 'an https URL (http for loopback only) without user info, query or fragment';
  reader.refuse('api_url', must, text.replace(/^.*@/s, '***@').replace(/[?#].*/s, '?…'));
  return new URL(DEFAULT_API_URL);
}

function readFailureStatuses(reader: InputReader): string[] {
  const statuses = reader.list('failure_statuses');
  const finished = statuses.find(status => status.toLowerCase() === FINISHED_STATUS);
  if (finished !== undefined)
    reader.refuse(
      'failure_statuses',
      `a list without '${FINISHED_STATUS}', which is success`,
      reader.text('failure_statuses'),
    );
  return statuses;
}

/** The rules of `@actions/artifact` for names (path-and-artifact-name-validation), and no control characters. */
function readArtifactName(reader: InputReader): string {
  const name = reader.text('artifact_name');
  const isLong = Buffer.byteLength(name) > 200;
  if (isLong || /[":<>|*?\\/\p{Cc}]/u.test(name)) {
    reader.refuse(
      'artifact_name',
      'at most 200 bytes without any of " : < > | * ? \\ / or line breaks',
      name,
    );
  }
  return name;
}

function readRetentionDays(reader: InputReader): number | undefined {
  const days = reader.number('artifact_retention_days', { fallback: 0, min: 1, max: 400, whole: true });
  return days === 0 ? undefined : days;
}

function refuseUnsupported(reader: InputReader): void {
  for (const name of NOT_YET_SUPPORTED) {
    const text = reader.text(name);
    if (text !== '') reader.refuse(name, 'empty in this version, which does not support it yet', text);
  }
}
