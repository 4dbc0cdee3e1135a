// The classes of what can go wrong, each with a code and a cause; must not know how any of them is shown.
import type { MessageId } from './messages/catalogue.js';
import { INTERNAL } from './messages/internal.js';
import type { Message, ValuesOf } from './messages/message.js';

/** Every value of the output `result` of the three actions. */
export type Result =
  | 'succeeded'
  | 'pending'
  | 'gate_failed'
  | 'job_failed'
  | 'timed_out'
  | 'cancelled'
  | 'invalid_input'
  | 'auth_error'
  | 'not_found'
  | 'job_deleted'
  | 'api_error'
  | 'network_error'
  | 'download_error'
  | 'artifact_error'
  | 'upload_error'
  | 'not_finished'
  | 'internal_error';

/** The `result` values that end a run with exit code 1. */
export type FailureCode = Exclude<Result, 'succeeded' | 'pending'>;

/** What a person needs at 3 a.m.: what happened, the likely cause, what to do. Whole sentences; made by {@link explain}. */
export interface Explanation {
  /** Which entry of the catalogue it is made of. */
  readonly id: MessageId;
  readonly what: string;
  readonly likelyCause?: string | undefined;
  readonly nextStep: string;
  /** For Japanese readers, where the vendor's own answer is meant for them. */
  readonly japaneseHint?: string | undefined;
}

export interface ErrorDetails {
  readonly cause?: unknown;
  /** The vendor's own error code, digits as text, where it gave one. */
  readonly apiCode?: string | undefined;
  /** The vendor's own message, as it gave it. */
  readonly apiMessage?: string | undefined;
  /** Whether the same request may succeed later. */
  readonly retryable?: boolean;
  /** How long the server asked to wait before the next request, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

export interface StorageErrorDetails extends ErrorDetails {
  /** Which way the file went; absent: from storage. */
  readonly code?: 'download_error' | 'upload_error';
}

/** The base of all errors that the action explains to people; `code` is the output `result` it leads to. */
export class ExplainedError extends Error {
  readonly code: FailureCode;
  readonly explanation: Explanation;
  readonly apiCode: string | undefined;
  readonly apiMessage: string | undefined;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: FailureCode, explanation: Explanation, details: ErrorDetails = {}) {
    const { what, likelyCause, nextStep } = explanation;
    const why = likelyCause === undefined ? '' : ` Likely cause: ${likelyCause}`;
    super(`${what}${why} What to do: ${nextStep}`, { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.explanation = explanation;
    this.apiCode = details.apiCode;
    this.apiMessage = details.apiMessage;
    this.retryable = details.retryable ?? false;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** The workflow author's mistake: an input that cannot be used. */
export class InvalidInputError extends ExplainedError {
  constructor(explanation: Explanation, details?: ErrorDetails) {
    super('invalid_input', explanation, details);
  }
}

/** What the vendor's API answered: an error, a failed job, or something that cannot be trusted. */
export class VendorError extends ExplainedError {}

/** No usable HTTP answer came: name resolution, connection, TLS, proxy, a body that broke off. */
export class NetworkError extends ExplainedError {
  constructor(explanation: Explanation, details?: ErrorDetails) {
    super('network_error', explanation, details);
  }
}

/** A file could not be fetched, kept or sent: presigned storage, or the local disk. */
export class StorageError extends ExplainedError {
  constructor(explanation: Explanation, details: StorageErrorDetails = {}) {
    super(details.code ?? 'download_error', explanation, details);
  }
}

/** The new model does not keep what the gate asks for. */
export class GateError extends ExplainedError {
  constructor(explanation: Explanation, details?: ErrorDetails) {
    super('gate_failed', explanation, details);
  }
}

/** GitHub's side failed: the artifact service. */
export class GitHubError extends ExplainedError {
  constructor(explanation: Explanation, details?: ErrorDetails) {
    super('artifact_error', explanation, details);
  }
}

/** The wait reached its deadline. */
export class TimedOutError extends ExplainedError {
  constructor(explanation: Explanation, details?: ErrorDetails) {
    super('timed_out', explanation, details);
  }
}

/** The runner asked the action to stop (SIGINT or SIGTERM). */
export class CancelledError extends ExplainedError {
  constructor(explanation: Explanation, details?: ErrorDetails) {
    super('cancelled', explanation, details);
  }
}

/** A fault of the action itself. */
export class InternalError extends ExplainedError {
  constructor(cause: unknown) {
    super('internal_error', explain(INTERNAL, { reason: messageOf(cause) }), { cause });
  }
}

/** The explanation that an entry of the catalogue gives, its holes filled with `values`. */
export function explain<M extends Message & { readonly id: MessageId }>(
  message: M,
  values: ValuesOf<M>,
): Explanation {
  const given = new Map<string, string | number | undefined>(Object.entries(values));
  const filled = (text: string) =>
    text.replace(/\{(\w+)\??\}/g, (_hole, name: string) => String(given.get(name) ?? ''));
  const { id, what, likelyCause, nextStep, japaneseHint } = message;
  return {
    id,
    what: sentence(filled(what)),
    likelyCause: filled(likelyCause),
    nextStep: filled(nextStep),
    ...(japaneseHint !== undefined && { japaneseHint }),
  };
}

/** `text` with one full stop at its end: other people's messages come with and without one. */
export function sentence(text: string): string {
  return /[.!?。！？…]$/u.test(text.trimEnd()) ? text.trimEnd() : `${text.trimEnd()}.`;
}

/** What anything that was thrown says of itself. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** What happened, in one sentence, without causes and advice. */
export function whatHappened(error: Error): string {
  return error instanceof ExplainedError ? error.explanation.what : sentence(error.message);
}

/** The error itself where it explains itself, else an {@link InternalError} around it. */
export function explained(error: unknown): ExplainedError {
  return error instanceof ExplainedError ? error : new InternalError(error);
}
