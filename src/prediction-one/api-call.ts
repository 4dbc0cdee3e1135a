// One request to the vendor's REST API, with the key and a time limit; must not know what any answer means.
import { ExplainedError } from '../errors.js';
import { networkError } from '../http/network-error.js';
import { readBody } from '../http/read-body.js';
import { retryAfterMs } from '../http/retry-after.js';
import { timeLimit } from '../http/time-limit.js';
import type { HttpResponse, Transport } from '../http/transport.js';
import { isRetryableStatus } from './error-catalogue.js';

export interface ApiOptions {
  /** Base URL; a path prefix is kept. */
  readonly apiUrl: URL;
  /** What goes into `x-api-key`: the model's API key, or for Get API Key the account's secret key. */
  readonly apiKey: string;
  /** Whether the key was issued in this very run. */
  readonly isKeyFresh?: boolean;
  readonly requestTimeoutMs: number;
  readonly transport: Transport;
  readonly wallMs: () => number;
}

export interface ApiRequest {
  readonly method: 'GET' | 'PUT';
  /** Segments below `/v1/external`, not yet encoded. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
}

export interface CallContext {
  /** An upper limit besides the request's own, in milliseconds. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

export interface RawAnswer {
  readonly httpStatus: number;
  /** Undefined when the body was larger than may be read. */
  readonly bodyText: string | undefined;
  readonly retryAfterMs?: number | undefined;
  /** Whether the key that it was asked with was issued in this very run. */
  readonly isKeyFresh?: boolean | undefined;
}

const MAX_ANSWER_BYTES = 1024 * 1024;

/** Sends one request and reads its answer. @throws NetworkError when no usable answer came, the signal's reason on abort */
export async function callApi(
  options: ApiOptions,
  request: ApiRequest,
  { limitMs, signal }: CallContext,
): Promise<RawAnswer> {
  const url = endpointUrl(options.apiUrl, request);
  const limit = timeLimit(Math.max(1, Math.min(options.requestTimeoutMs, limitMs)), signal);
  try {
    const headers = { 'x-api-key': options.apiKey, accept: 'application/json' };
    const { method } = request;
    const answer = await options.transport({ method, url, headers, signal: limit.signal });
    const askedMs = retryAfterMs(answer.headers, options.wallMs());
    const bytes = await readAnswerBody(answer, signal);
    const bodyText = bytes?.toString('utf8');
    const { isKeyFresh } = options;
    return { httpStatus: answer.statusCode, bodyText, retryAfterMs: askedMs, isKeyFresh };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof ExplainedError) throw error;
    // A body that breaks off ends in one of Node's plain errors, one that takes too long in the limit's.
    throw networkError(limit.signal.aborted ? limit.signal.reason : error, url);
  } finally {
    limit.dispose();
  }
}

/** The body; of an answer whose status says all, as much as comes, since nothing in it would make a retry useful. */
async function readAnswerBody(
  { statusCode, body }: HttpResponse,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  if (statusCode < 300 || isRetryableStatus(statusCode)) return readBody(body, MAX_ANSWER_BYTES);
  return readBody(body, MAX_ANSWER_BYTES).catch(error => {
    if (signal.aborted) throw error;
    return Buffer.alloc(0);
  });
}

/** `{api_url}/v1/external/…`, each part of the path as exactly one percent-encoded segment. */
export function endpointUrl(apiUrl: URL, { path, query = {} }: Omit<ApiRequest, 'method'>): URL {
  const prefix = apiUrl.pathname.replace(/\/+$/, '');
  const segments = path.map(encodeURIComponent).join('/');
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const search = pairs.length > 0 ? `?${pairs.join('&')}` : '';
  return new URL(`${apiUrl.origin}${prefix}/v1/external/${segments}${search}`);
}
