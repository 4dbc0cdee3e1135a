// Tells a good answer of any call from an error, as a pure rule; must not know the network or what a good one is used for.
import { explain, VendorError } from '../errors.js';
import { VENDOR } from '../messages/vendor.js';
import type { RawAnswer } from './api-call.js';
import { excerpt, findErrorBody } from './error-body.js';
import { type ApiCall, classify, isKnownMessage } from './error-catalogue.js';
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
    throw new VendorError('api_error', explain(VENDOR.redirected, { httpStatus }));
  }
  if (bodyText === undefined) throw unreadable(raw, 'it is larger than 1 MiB');
  const body = tryParse(bodyText);
  const isGood = httpStatus >= 200 && httpStatus < 300;
  const content = isGood && isObject(body) ? shape.read(body) : undefined;
  if (content === undefined) throw errorAnswer(raw, body, shape);
  return content;
}

/** An answer about another job must never lead anywhere. @throws VendorError when it names one (compared as text) */
export function checkJob(body: JsonObject, retrainJobId: string, call: 'status' | 'switch'): void {
  const answered = jobIdOf(body);
  if (answered === undefined || answered === null) return;
  const isText = typeof answered === 'string' || typeof answered === 'number';
  if (isText && String(answered) === retrainJobId) return;
  const shown = typeof answered === 'object' ? JSON.stringify(answered) : String(answered);
  const message = call === 'switch' ? VENDOR.anotherJobSwitched : VENDOR.anotherJob;
  throw new VendorError('api_error', explain(message, { asked: retrainJobId, got: shown.slice(0, 300) }));
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
  const isKeyFresh = raw.isKeyFresh ?? false;
  const { code, message, retryable } = classify({ text, httpStatus, call, isKeyFresh });
  if (!isError && retryable) return unreadable(raw, `it has no ${lacks}`);
  const statusAndCode = [
    `HTTP ${raw.httpStatus}`,
    found.code && `code ${found.code}`,
    found.error !== says && found.error,
  ]
    .filter(Boolean)
    .join(', ');
  const details = {
    apiCode: found.code,
    apiMessage: found.message,
    retryable,
    retryAfterMs: raw.retryAfterMs,
  };
  return new VendorError(code, explain(message, { statusAndCode, said: says && `: ${says}` }), details);
}

/** The first three digits of the vendor's codes are an HTTP status (4001000204, 5001000201); assumed, not documented. */
function statusOfCode(code: string | undefined): number {
  if (code === undefined || !code.startsWith('4')) return 500;
  const status = Number(code.slice(0, 3));
  return status >= 400 && status < 500 ? status : 400;
}

function unreadable(raw: RawAnswer, why: string): VendorError {
  const explanation = explain(VENDOR.unreadable, { httpStatus: raw.httpStatus, reason: why });
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
