// The classes of what can go wrong, each with a code and a cause; must not know how any of them is shown.

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

/** What a person needs at 3 a.m.: what happened, the likely cause, what to do. Whole sentences. */
export interface Explanation {
  readonly what: string;
  readonly likelyCause?: string | undefined;
  readonly nextStep: string;
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
    super(
      'internal_error',
      {
        what: sentence(`The action itself failed: ${messageOf(cause)}`),
        nextStep:
          'Re-run the job; if it happens again, report it with the log of a run with debug logging enabled.',
      },
      { cause },
    );
  }
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
