// Tells a good answer of any call from an error, as a pure rule; must not know the network or what a good one is used for.
import { sentence, VendorError } from '../errors.js';
import type { RawAnswer } from './api-call.js';
import { excerpt, findErrorBody } from './error-body.js';
import {
  type ApiCall,
  classify,
  isKnownMessage,
  REDIRECT_ADVICE,
  WRONG_JOB_ADVICE,
} from './error-catalogue.js';
import { parseJson } from './lossless-json.js';

export type JsonObject = Record<string, unknown>;

/** How one call's good answers look. */
export interface AnswerShape<T> {
  readonly call: ApiCall;
  /** The answer's content, or undefined when the body is not a good answer of this call. */
  readonly read: (body: JsonObject) => T | undefined;
  /** What a body lacks that is none, such as 'a status'. */
  readonly lacks: string;
}

/** @throws VendorError for everything but a good answer; `retryable` tells whether asking again may help */
export function readAnswer<T>(raw: RawAnswer, shape: AnswerShape<T>): T {
  const { httpStatus, bodyText } = raw;
  if (httpStatus >= 300 && httpStatus < 400) {
    const what = `The API answered with a redirect (HTTP ${httpStatus}), which is not followed.`;
    throw new VendorError('api_error', { what, ...REDIRECT_ADVICE });
  }
  if (bodyText === undefined) throw unreadable(raw, 'it is larger than 1 MiB');
  const body = tryParse(bodyText);
  const isGood = httpStatus >= 200 && httpStatus < 300;
  const content = isGood && isObject(body) ? shape.read(body) : undefined;
  if (content === undefined) throw errorAnswer(raw, body, shape);
  return content;
}

/** An answer about another job must never lead anywhere. @throws VendorError when it names one (compared as text) */
export function checkJob(body: JsonObject, retrainJobId: string): void {
  const answered = jobIdOf(body);
  if (answered === undefined || answered === null) return;
  const isText = typeof answered === 'string' || typeof answered === 'number';
  if (isText && String(answered) === retrainJobId) return;
  const shown = typeof answered === 'object' ? JSON.stringify(answered) : String(answered);
  const what = `The API answered about another job: asked for '${retrainJobId}', got '${shown.slice(0, 300)}'.`;
  throw new VendorError('api_error', { what, ...WRONG_JOB_ADVICE });
}

/** Whether an error stands anywhere in a body that looks like a good one. */
export function namesError(body: JsonObject, call: ApiCall): boolean {
  const { code, error, texts } = findErrorBody(body);
  const isNamed = (code ?? error ?? body.code ?? body.error ?? undefined) !== undefined;
  return isNamed || isKnownMessage(texts.join('\n'), call);
}

/** `metadata.retrain_job_id`, whatever it is. */
export function jobIdOf(body: JsonObject): unknown {
  return isObject(body.metadata) ? body.metadata.retrain_job_id : undefined;
}

/** Whether a parsed JSON value is an object: no array, not null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function errorAnswer(
  raw: RawAnswer,
  body: unknown,
  { call, lacks }: Pick<AnswerShape<unknown>, 'call' | 'lacks'>,
): VendorError {
  const bodyText = raw.bodyText ?? '';
  const found = findErrorBody(body ?? excerpt(bodyText));
  const says = found.message ?? found.error ?? found.texts[0];
  const isError = raw.httpStatus >= 400 || (found.code ?? found.message ?? found.error) !== undefined;
  const httpStatus = raw.httpStatus >= 400 ? raw.httpStatus : statusOfCode(found.code);
  const text = [...found.texts, body === undefined ? bodyText.slice(0, 10_000) : ''].join('\n');
  const { code, retryable, likelyCause, nextStep } = classify({ text, httpStatus, call });
  if (!isError && retryable) return unreadable(raw, `it has no ${lacks}`);
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
    nextStep: 'Check api_url and the proxy, then re-run the job.',
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
