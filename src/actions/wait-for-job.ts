// Joins the waiter and the vendor's API: waits for the job, and for its download_url; must not know files or artifacts.
import {
  type ExplainedError,
  explained,
  NetworkError,
  StorageError,
  TimedOutError,
  VendorError,
  whatHappened,
} from '../errors.js';
import type { Inputs } from '../github/inputs.js';
import { duration } from '../github/units.js';
import { isLoopback } from '../http/loopback.js';
import { createStatusClient, type StatusClient } from '../prediction-one/client.js';
import { jobFailedExplanation } from '../prediction-one/error-catalogue.js';
import type { StatusAnswer } from '../prediction-one/status-answer.js';
import { statusMeaning } from '../prediction-one/status-meaning.js';
import { PresignedUrl } from '../results/presigned-url.js';
import { type CheckResult, type WaitEvents, type WaitResult, waitUntil } from '../waiting/waiter.js';
import { WaitNarration } from './narration.js';
import type { Parts } from './parts.js';
import { warn } from './warn.js';

/** `job_finished` without a download_url is asked again for this long (an assumption: the vendor does not document it). */
const URL_PATIENCE_MS = 120_000;

/** Watches one job: every check goes through here, so that the record always holds the last answer. */
export class JobWatch {
  readonly #inputs: Inputs;
  readonly #parts: Parts;
  readonly #client: StatusClient;
  readonly #narration: WaitNarration;
  readonly #beganMs: number;
  readonly #seen = new Map<string, number>();
  #warnedOfEnd = false;

  constructor(inputs: Inputs, parts: Parts) {
    this.#inputs = inputs;
    this.#parts = parts;
    const { apiUrl, apiKey, requestTimeoutMs } = inputs;
    this.#client = createStatusClient({
      apiUrl,
      apiKey,
      requestTimeoutMs,
      transport: parts.transport,
      wallMs: parts.clock.wallMs,
    });
    this.#narration = new WaitNarration(parts.log);
    this.#beganMs = parts.clock.monotonicMs();
  }

  /**
   * Waits until the job finished, or with `wait: false` for one good answer; `onPause` runs whenever there is time.
   * @returns the last answer, finished or (only with `wait: false`) in progress
   * @throws VendorError, NetworkError, TimedOutError, or the signal's reason
   */
  async untilFinished(onPause: () => void): Promise<{ isFinished: boolean; answer: StatusAnswer }> {
    const result = await this.#wait(this.#inputs.timeoutMs, {
      judge: (answer, isFinished) => (isFinished || !this.#inputs.wait ? { isFinished, answer } : undefined),
      onPause,
    });
    this.#parts.record.elapsedMs = result.elapsedMs;
    return this.#valueOf(result, limits => this.#timedOut(limits));
  }

  /**
   * The download_url of the finished job: the one of `answer`, else asked for.
   * @throws StorageError when there is none in time or it may not be used; else like {@link untilFinished}
   */
  async downloadUrl(answer: StatusAnswer): Promise<PresignedUrl> {
    if (answer.downloadUrl !== undefined) return this.#presigned(answer.downloadUrl);
    this.#parts.log.info('The job has finished, but the API gave no download_url yet: asking again.');
    const leftMs = this.#inputs.timeoutMs - (this.#parts.record.elapsedMs ?? 0);
    return this.#askForUrl(Math.min(URL_PATIENCE_MS, leftMs));
  }

  /** A fresh download_url, after storage refused the last one. Transfers have no deadline, outages do. */
  async freshDownloadUrl(): Promise<PresignedUrl> {
    return this.#askForUrl(URL_PATIENCE_MS + this.#inputs.maxOutageMs);
  }

  async #askForUrl(timeoutMs: number): Promise<PresignedUrl> {
    const judge = (answer: StatusAnswer, isFinished: boolean) =>
      isFinished ? answer.downloadUrl : undefined;
    const result = await this.#wait(timeoutMs, { judge });
    return this.#presigned(this.#valueOf(result, noDownloadUrl));
  }

  #wait<T>(
    timeoutMs: number,
    options: { judge: (answer: StatusAnswer, isFinished: boolean) => T | undefined; onPause?: () => void },
  ): Promise<WaitResult<T>> {
    const { pollIntervalMs, maxOutageMs, requestTimeoutMs } = this.#inputs;
    const { clock, random, signal } = this.#parts;
    const narration = this.#narration;
    narration.startWait();
    const events: WaitEvents = {
      onTick: narration.tick,
      onFault: narration.fault,
      onSuspended: narration.suspended,
      onPause: pause => {
        narration.pause(pause);
        options.onPause?.();
      },
    };
    const limits = { timeoutMs, maxOutageMs, longestPauseMs: pollIntervalMs, checkLimitMs: requestTimeoutMs };
    const check = (limitMs: number) => this.#check(limitMs, options.judge);
    return waitUntil(limits, { check, clock, random, signal, events });
  }

  async #check<T>(
    limitMs: number,
    judge: (answer: StatusAnswer, isFinished: boolean) => T | undefined,
  ): Promise<CheckResult<T>> {
    const { record, signal } = this.#parts;
    record.statusChecks += 1;
    try {
      const answer = await this.#client.checkStatus(this.#inputs.retrainJobId, { limitMs, signal });
      this.#note(answer);
      this.#parts.log.debug(`Check ${record.statusChecks}: ${answer.status}`);
      const meaning = statusMeaning(answer.status, this.#inputs.failureStatuses);
      if (meaning.kind === 'failed') return { state: 'FAILURE', error: jobFailed(answer) };
      if (meaning.kind === 'in_progress' && meaning.looksFinished) this.#warnOfEnd(answer.status);
      const value = judge(answer, meaning.kind === 'finished');
      if (value !== undefined) return { state: 'SUCCESS', value };
      return { state: 'RETRY', retryAfterMs: answer.retryAfterMs };
    } catch (thrown) {
      const error = explained(thrown);
      record.message = error.apiMessage ?? record.message;
      return error.retryable
        ? { state: 'RETRY', error, retryAfterMs: error.retryAfterMs }
        : { state: 'FAILURE', error };
    }
  }

  /** Writes down what an answer says, its credential hidden before anything is told. */
  #note(answer: StatusAnswer): void {
    const { record, clock } = this.#parts;
    if (answer.downloadUrl !== undefined) this.#hideUrl(answer.downloadUrl);
    const waitedMs = clock.monotonicMs() - this.#beganMs;
    this.#seen.set(answer.status, (this.#seen.get(answer.status) ?? 0) + 1);
    if (record.timeline.at(-1)?.status !== answer.status) {
      record.timeline.push({ status: answer.status, atWallMs: clock.wallMs(), waitedMs });
    }
    record.status = answer.status;
    record.message = answer.message;
    record.modelId = answer.modelId ?? record.modelId;
    this.#narration.status(answer, waitedMs);
  }

  #hideUrl(text: string): void {
    const url = URL.canParse(text) && /^https?:/i.test(text) ? PresignedUrl.parse(text, true) : undefined;
    this.#parts.hide({ redact: [text, ...(url?.secrets() ?? [])], mask: url?.signatures() ?? [] });
  }

  #presigned(text: string): PresignedUrl {
    const { apiUrl } = this.#inputs;
    return PresignedUrl.parse(text, apiUrl.protocol === 'http:' && isLoopback(apiUrl));
  }

  #warnOfEnd(status: string): void {
    if (this.#warnedOfEnd) return;
    this.#warnedOfEnd = true;
    const text = `The status '${status}' looks like an end, but the vendor documents only 'job_finished': the wait goes on. If it means failure, list it in failure_statuses.`;
    warn(this.#parts, 'An undocumented status', text);
  }

  #valueOf<T>(result: WaitResult<T>, timedOut: (result: TimedOut) => Error): T {
    switch (result.state) {
      case 'SUCCESS':
        return result.value;
      case 'FAILURE':
        throw result.error;
      case 'OUTAGE':
        throw gaveUp(explained(result.error), this.#inputs.maxOutageMs);
      case 'TIMEOUT':
        throw timedOut(result);
      case 'ABORTED':
        throw this.#parts.signal.reason;
    }
  }

  #timedOut({ retryAfterMs, lastFault, elapsedMs }: TimedOut): TimedOutError {
    const seen = [...this.#seen].slice(-10).map(([status, count]) => `${status} × ${count}`);
    const statuses = seen.length > 0 ? ` Statuses seen: ${seen.join(', ')}.` : ' No status was seen.';
    const asked =
      retryAfterMs === undefined
        ? ''
        : ` The API asked to wait ${duration(retryAfterMs)} before the next check (Retry-After), which reaches the timeout, so waiting on would be of no use.`;
    const fault = lastFault === undefined ? '' : ` The last check failed: ${whatHappened(lastFault)}`;
    return new TimedOutError({
      what: `The retrain job did not finish within ${duration(this.#inputs.timeoutMs)} (timeout_minutes); stopped after ${duration(elapsedMs)}.${statuses}${asked}${fault}`,
      likelyCause: 'Training takes longer than the time allowed, or the vendor’s queue is long.',
      nextStep:
        'Training goes on at the vendor: run this action again with the same retrain_job_id to resume, or raise timeout_minutes.',
    });
  }
}

type TimedOut = Extract<WaitResult<unknown>, { state: 'TIMEOUT' }>;

function jobFailed(answer: StatusAnswer): VendorError {
  return new VendorError('job_failed', jobFailedExplanation(answer.status, answer.message));
}

/** The last fault, with how long it went on. */
function gaveUp(fault: ExplainedError, maxOutageMs: number): ExplainedError {
  const { what, likelyCause, nextStep } = fault.explanation;
  const lasted =
    maxOutageMs === 0
      ? 'max_outage_minutes is 0, so it was not tried again'
      : `checks kept failing for ${duration(maxOutageMs)} (max_outage_minutes)`;
  const explanation = { what: `${what} Gave up: ${lasted}.`, likelyCause, nextStep };
  const details = { cause: fault, apiCode: fault.apiCode };
  return fault instanceof NetworkError
    ? new NetworkError(explanation, details)
    : new VendorError(fault.code, explanation, details);
}

function noDownloadUrl({ elapsedMs, retryAfterMs, lastFault }: TimedOut): StorageError {
  const asked =
    retryAfterMs === undefined
      ? ''
      : ` The API asked to wait ${duration(retryAfterMs)} before the next check.`;
  const fault = lastFault === undefined ? '' : ` The last check failed: ${whatHappened(lastFault)}`;
  return new StorageError({
    what: `The job has finished, but the API gave no download_url within ${duration(elapsedMs)}.${asked}${fault}`,
    likelyCause: 'The vendor is still writing the results, or has removed them.',
    nextStep:
      'Re-run the job later with the same retrain_job_id, or set download_results: false if the file is not needed.',
  });
}
