// The inputs that all actions share: job, credentials, address and patience of the API; must not use any of them.
import { explain, InvalidInputError } from '../errors.js';
import type { InputReader } from '../github/input-reader.js';
import { isLoopback } from '../http/loopback.js';
import { INPUTS } from '../messages/inputs.js';
import { isJobId } from '../prediction-one/job-id.js';
import type { ReadInputs } from './action.js';

/** How the action proves to the API who asks. */
export type Credentials =
  | { readonly apiKey: string; readonly secretKey?: undefined }
  /** A fresh API key is issued for this model: a key from the screen expires after 30 days. */
  | { readonly secretKey: string; readonly modelId: string; readonly apiKey?: undefined };

export interface ApiInputs {
  readonly credentials: Credentials;
  readonly apiUrl: URL;
  readonly requestTimeoutMs: number;
  readonly maxOutageMs: number;
  readonly jobSummary: boolean;
}

/** The vendor's API; the same product under its newer name lives at developer-api.easy-predictive-analytics.sony.com. */
export const DEFAULT_API_URL = 'https://developer-api.predictionone.sony.biz';

export const SECRET_INPUTS = ['api_key', 'secret_key'] as const;

export const MINUTE_MS = 60_000;
export const MAX_MINUTES = 10_080;
export const SECONDS = { min: 0.1, max: 3600 } as const;
const API_KEY = "the model's API key, passed from a secret";

export function readApiInputs(reader: InputReader): ApiInputs {
  return {
    credentials: readCredentials(reader),
    apiUrl: readApiUrl(reader),
    requestTimeoutMs: 1000 * reader.number('request_timeout_seconds', { fallback: 30, ...SECONDS }),
    maxOutageMs: MINUTE_MS * reader.number('max_outage_minutes', { fallback: 10, min: 0, max: MAX_MINUTES }),
    jobSummary: reader.boolean('job_summary', true),
  };
}

/** All inputs, or the error that names everything that is wrong with them. */
export function readAll<I extends ApiInputs>(
  reader: InputReader,
  inputs: I,
  retrainJobId: string | undefined,
): ReadInputs<I> {
  if (reader.problems.length === 0) return { inputs };
  return { error: refusalOf(reader), retrainJobId, jobSummary: inputs.jobSummary };
}

/** The error that names everything that the reader refused. */
export function refusalOf({ problems }: InputReader): InvalidInputError {
  return new InvalidInputError(explain(INPUTS.unusable, { whatEachInputMustBe: problems.join(' ') }));
}

/** The id, and whether it may be told: a wrong one is in the error message alone. */
export function readJobId(reader: InputReader): { id: string; usable: string | undefined } {
  const id = reader.text('retrain_job_id');
  const isId = isJobId(id);
  const must =
    "the id that the upload step gave (1 to 256 characters without white space or control characters, not '.' or '..')";
  if (!isId) reader.refuse('retrain_job_id', must, id);
  return { id, usable: isId ? id : undefined };
}

/** Exactly one of `api_key` and `secret_key`, `model_id` with `secret_key` and only with it. */
function readCredentials(reader: InputReader): Credentials {
  const apiKey = reader.text('api_key');
  const secretKey = reader.text('secret_key');
  const modelId = reader.text('model_id');
  if (secretKey === '') {
    if (modelId !== '')
      reader.refuse('model_id', "empty unless 'secret_key' is given, which it belongs to", modelId);
    checkApiKey(reader, apiKey);
    return { apiKey };
  }
  if (apiKey !== '')
    reader.refuseSecret('secret_key', "empty when 'api_key' is given: exactly one of the two");
  if (!isHeaderValue(secretKey))
    reader.refuseSecret(
      'secret_key',
      "the account's secret key, without characters that no header can carry",
    );
  const isModelId = /^\d{1,40}$/.test(modelId);
  if (!isModelId && modelId !== '' && /^\d+$/.test(secretKey))
    reader.refuseSecret(
      'model_id',
      "the id of the model in digits; it seems to be swapped with 'secret_key'",
    );
  else if (!isModelId)
    reader.refuse('model_id', "the id of the model in digits, which 'secret_key' needs", modelId);
  return { secretKey, modelId };
}

function checkApiKey(reader: InputReader, key: string): void {
  if (key === '') {
    const why =
      "or 'secret_key' with 'model_id' in its place; an empty one usually means that the secret does not exist here";
    reader.refuse('api_key', `${API_KEY}, ${why}`, key);
  } else if (!isHeaderValue(key)) {
    reader.refuseSecret('api_key', `${API_KEY}, without line breaks or characters that no header can carry`);
  }
}

/** What Node lets into a header value (https://nodejs.org/api/http.html#httpvalidateheadervaluename-value). */
function isHeaderValue(text: string): boolean {
  return !/[^\t\x20-\x7e\x80-\xff]/.test(text);
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
