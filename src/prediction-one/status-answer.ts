// Turns one HTTP answer of the Retrain Status Check API into what it says, as a pure rule; must not know the network.
import { sentence, VendorError } from '../errors.js';
import { excerpt, findErrorBody } from './error-body.js';
import { classify, REDIRECT_ADVICE, WRONG_JOB_ADVICE } from './error-catalogue.js';
import { parseJson } from './lossless-json.js';

/** A good answer, as documented under "Response"; texts exactly as they came. */
export interface StatusAnswer {
  readonly status: string;
  /** Decimal digits, never rounded. */
  readonly modelId?: string;
  readonly message?: string;
  /** A credential: hand it to PresignedUrl at once, never to a log. */
  readonly downloadUrl?: string;
}

export interface RawAnswer {
  readonly httpStatus: number;
  /** Undefined when the body was larger than may be read. */
  readonly bodyText: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/**
 * Reads an answer to the status check of job `retrainJobId`.
 * @throws VendorError for every answer that is no status; `retryable` tells whether asking again may help.
 */
export function readStatusAnswer(raw: RawAnswer, retrainJobId: string): StatusAnswer {
  const { httpStatus, bodyText } = raw;
  if (httpStatus >= 300 && httpStatus < 400) {
    const what = `The API answered with a redirect (HTTP ${httpStatus}), which is not followed.`;
    throw new VendorError('api_error', { what, ...REDIRECT_ADVICE });
  }
  if (bodyText === undefined) throw unreadable(raw, 'it is larger than 1 MiB');
  const body = tryParse(bodyText);
  const isGood = httpStatus >= 200 && httpStatus < 300;
  if (isGood && isObject(body) && typeof body.status === 'string' && body.status.trim() !== '') {
    checkJob(body, retrainJobId);
    return readFields(body, body.status);
  }
  throw errorAnswer(raw, body);
}

function readFields(body: Record<string, unknown>, status: string): StatusAnswer {
  const { model_id: modelId, message, download_url: downloadUrl } = body;
  const isId = (typeof modelId === 'number' || typeof modelId === 'string') && /^\d+$/.test(String(modelId));
  return {
    status,
    ...(isId ? { modelId: String(modelId) } : {}),
    ...(typeof message === 'string' && message !== '' ? { message } : {}),
    ...(typeof downloadUrl === 'string' && downloadUrl.trim() !== ''
      ? { downloadUrl: downloadUrl.trim() }
      : {}),
  };
}

/** An answer about another job must never lead to a switch. */
function checkJob(body: Record<string, unknown>, retrainJobId: string): void {
  const metadata = isObject(body.metadata) ? body.metadata : {};
  const answered = metadata.retrain_job_id;
  if (answered === undefined || answered === null) return;
  const isText = typeof answered === 'string' || typeof answered === 'number';
  if (isText && String(answered) === retrainJobId) return;
  const shown = typeof answered === 'object' ? JSON.stringify(answered) : String(answered);
  const what = `The API answered about another job: asked for '${retrainJobId}', got '${shown.slice(0, 300)}'.`;
  throw new VendorError('api_error', { what, ...WRONG_JOB_ADVICE });
}

function errorAnswer(raw: RawAnswer, body: unknown): VendorError {
  const bodyText = raw.bodyText ?? '';
  const found = findErrorBody(body ?? excerpt(bodyText));
  const says = found.message ?? found.error ?? found.texts[0];
  const isError = raw.httpStatus >= 400 || (found.code ?? found.message ?? found.error) !== undefined;
  const effectiveStatus = raw.httpStatus >= 400 ? raw.httpStatus : statusOfCode(found.code);
  const searched = [...found.texts, body === undefined ? bodyText.slice(0, 10_000) : ''].join('\n');
  const { code, retryable, likelyCause, nextStep } = classify(searched, effectiveStatus);
  if (!isError && retryable) return unreadable(raw, 'it has no status');
  const named = [found.code && `code ${found.code}`, found.error !== says && found.error]
    .filter(Boolean)
    .join(', ');
  const what = sentence(
    `The API answered with an error (HTTP ${raw.httpStatus}${named ? `, ${named}` : ''})${says ? `: ${says}` : ''}`,
  );
  const details = {
    apiCode: found.code,
    apiMessage: found.message,
    retryable,
    retryAfterMs: raw.retryAfterMs,
  };
  return new VendorError(code, { what, likelyCause, nextStep }, details);
}

/** The first three digits of the vendor's codes are an HTTP status (4001000204, 5001000201); assumed, not documented. */
function statusOfCode(code: string | undefined): number {
  if (code === undefined || !code.startsWith('4')) return 500;
  const status = Number(code.slice(0, 3));
  return status >= 400 && status < 500 ? status : 400;
}

function unreadable(raw: RawAnswer, why: string): VendorError {
  const explanation = {
    what: `The API's answer (HTTP ${raw.httpStatus}) cannot be read: ${why}.`,
    likelyCause: 'Something between the runner and the API answered in its place, or api_url is not the API.',
    nextStep: 'Check api_url and the proxy, then re-run the job with the same retrain_job_id.',
  };
  return new VendorError('api_error', explanation, { retryable: true, retryAfterMs: raw.retryAfterMs });
}

function tryParse(text: string): unknown {
  try {
    return parseJson(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    // Too deep or no JSON at all: both are an answer that cannot be read, which the caller reports.
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
