// The vendor's REST API: one request per call, with the key and a time limit; must not know waiting or GitHub.
import { ExplainedError } from '../errors.js';
import { networkError } from '../http/network-error.js';
import { readBody } from '../http/read-body.js';
import { retryAfterMs } from '../http/retry-after.js';
import { timeLimit } from '../http/time-limit.js';
import type { HttpResponse, Transport } from '../http/transport.js';
import { isRetryableStatus } from './error-catalogue.js';
import { readStatusAnswer, type StatusAnswer } from './status-answer.js';

export interface ClientOptions {
  /** Base URL; a path prefix is kept. */
  readonly apiUrl: URL;
  readonly apiKey: string;
  readonly requestTimeoutMs: number;
  readonly transport: Transport;
  readonly wallMs: () => number;
}

export interface CheckedStatus extends StatusAnswer {
  /** How long the API asks to wait before the next check. */
  readonly retryAfterMs?: number | undefined;
}

export interface CheckContext {
  /** An upper limit besides the request's own, in milliseconds. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

export interface StatusClient {
  /**
   * Asks for the status of a job once (Retrain Status Check API).
   * @throws VendorError for an error answer, NetworkError when no usable answer came, the signal's reason on abort.
   */
  checkStatus(retrainJobId: string, context: CheckContext): Promise<CheckedStatus>;
}

const MAX_ANSWER_BYTES = 1024 * 1024;

export function createStatusClient(options: ClientOptions): StatusClient {
  return {
    async checkStatus(retrainJobId, { limitMs, signal }) {
      const url = statusUrl(options.apiUrl, retrainJobId);
      const limit = timeLimit(Math.max(1, Math.min(options.requestTimeoutMs, limitMs)), signal);
      try {
        const headers = { 'x-api-key': options.apiKey, accept: 'application/json' };
        const answer = await options.transport({ method: 'GET', url, headers, signal: limit.signal });
        const askedMs = retryAfterMs(answer.headers, options.wallMs());
        const bytes = await readAnswer(answer, signal);
        const raw = {
          httpStatus: answer.statusCode,
          bodyText: bytes?.toString('utf8'),
          retryAfterMs: askedMs,
        };
        return { ...readStatusAnswer(raw, retrainJobId), retryAfterMs: askedMs };
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (error instanceof ExplainedError) throw error;
        // A body that breaks off ends in one of Node's plain errors, one that takes too long in the limit's.
        throw networkError(limit.signal.aborted ? limit.signal.reason : error, url);
      } finally {
        limit.dispose();
      }
    },
  };
}

/** The body; of an answer whose status says all, as much as comes, since nothing in it would make a retry useful. */
async function readAnswer(
  { statusCode, body }: HttpResponse,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  if (statusCode < 300 || isRetryableStatus(statusCode)) return readBody(body, MAX_ANSWER_BYTES);
  return readBody(body, MAX_ANSWER_BYTES).catch(error => {
    if (signal.aborted) throw error;
    return Buffer.alloc(0);
  });
}

/** `{api_url}/v1/external/retrain_jobs/{retrain_job_id}`, the id as exactly one percent-encoded segment. */
export function statusUrl(apiUrl: URL, retrainJobId: string): URL {
  const prefix = apiUrl.pathname.replace(/\/+$/, '');
  return new URL(`${apiUrl.origin}${prefix}/v1/external/retrain_jobs/${encodeURIComponent(retrainJobId)}`);
}
