// Joins the waiter and the vendor's API: waits for the job, and for its download_url; must not know files or artifacts.
import { explained } from '../../errors.js';
import type { Client } from '../../prediction-one/client.js';
import type { StatusAnswer } from '../../prediction-one/status-answer.js';
import { statusMeaning } from '../../prediction-one/status-meaning.js';
import type { PresignedUrl } from '../../results/presigned-url.js';
import { type CheckResult, type WaitEvents, type WaitResult, waitUntil } from '../../waiting/waiter.js';
import { hideUrl, presigned } from '../presigned.js';
import { gaveUp } from '../vendor-call.js';
import { warn } from '../warn.js';
import type { Inputs } from './inputs.js';
import { WaitNarration } from './narration.js';
import type { RunParts } from './run-record.js';
import { jobFailed, noDownloadUrl, type TimedOut, timedOut } from './wait-endings.js';

/** `job_finished` without a download_url is asked again for this long (an assumption: the vendor does not document it). */
const URL_PATIENCE_MS = 120_000;

/** Watches one job: every check goes through here, so that the record always holds the last answer. */
export class JobWatch {
  readonly #inputs: Inputs;
  readonly #parts: RunParts;
  readonly #client: Client;
  readonly #narration: WaitNarration;
  readonly #beganMs: number;
  readonly #seen = new Map<string, number>();
  #warnedOfEnd = false;

  /** `beganMs` is when the time allowed began to run, on the monotonic clock. */
  constructor(inputs: Inputs, api: { client: Client; beganMs: number }, parts: RunParts) {
    this.#inputs = inputs;
    this.#parts = parts;
    this.#client = api.client;
    this.#narration = new WaitNarration(parts.log);
    this.#beganMs = api.beganMs;
  }

  /**
   * Waits until the job finished, or with `wait: false` for one good answer; `onPause` runs whenever there is time.
   * @returns the last answer, finished or (only with `wait: false`) in progress
   * @throws VendorError, NetworkError, TimedOutError, or the signal's reason
   */
  async untilFinished(onPause: () => void): Promise<{ isFinished: boolean; answer: StatusAnswer }> {
    const usedMs = this.#parts.clock.monotonicMs() - this.#beganMs;
    const result = await this.#wait(Math.max(1, this.#inputs.timeoutMs - usedMs), {
      judge: (answer, isFinished) => (isFinished || !this.#inputs.wait ? { isFinished, answer } : undefined),
      onPause,
    });
    this.#parts.record.elapsedMs = usedMs + result.elapsedMs;
    return this.#valueOf(result, ended => timedOut(ended, this.#inputs.timeoutMs, this.#seen));
  }

  /**
   * The download_url of the finished job: the one of `answer`, else asked for.
   * @throws StorageError when there is none in time or it may not be used; else like {@link untilFinished}
   */
  async downloadUrl(answer: StatusAnswer): Promise<PresignedUrl> {
    if (answer.downloadUrl !== undefined) return this.#presigned(answer.downloadUrl);
    this.#parts.log.info('The job has finished, but the API gave no download_url yet: asking again.');
    const patienceMs = this.#urlPatienceMs();
    return this.#askForUrl(patienceMs, patienceMs);
  }

  /**
   * A fresh download_url, after storage refused the last one: as above, but faults may go on for as long as
   * `max_outage_minutes` allows, since a transfer may outlast the deadline.
   */
  async freshDownloadUrl(): Promise<PresignedUrl> {
    const { maxOutageMs, requestTimeoutMs } = this.#inputs;
    const patienceMs = this.#urlPatienceMs();
    return this.#askForUrl(patienceMs, patienceMs + maxOutageMs + requestTimeoutMs);
  }

  /** Good answers without a download_url are asked again for two minutes, within the deadline. */
  #urlPatienceMs(): number {
    const deadlineMs = this.#beganMs + this.#inputs.timeoutMs;
    return Math.min(URL_PATIENCE_MS, Math.max(0, deadlineMs - this.#parts.clock.monotonicMs()));
  }

  async #askForUrl(patienceMs: number, timeoutMs: number): Promise<PresignedUrl> {
    const { clock, record } = this.#parts;
    const beganMs = clock.monotonicMs();
    const judge = (answer: StatusAnswer, isFinished: boolean) => {
      if (isFinished && answer.downloadUrl !== undefined) return answer.downloadUrl;
      const elapsedMs = clock.monotonicMs() - beganMs;
      if (elapsedMs >= patienceMs) throw noDownloadUrl(answer, { elapsedMs });
      return undefined;
    };
    const result = await this.#wait(timeoutMs, { judge });
    return this.#presigned(this.#valueOf(result, ended => noDownloadUrl(record, ended)));
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
    if (answer.downloadUrl !== undefined) hideUrl(answer.downloadUrl, this.#parts);
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

  #presigned(text: string): PresignedUrl {
    return presigned(text, this.#inputs.apiUrl, 'download_url');
  }

  #warnOfEnd(status: string): void {
    if (this.#warnedOfEnd) return;
    this.#warnedOfEnd = true;
    const text = `The status '${status}' looks like an end, but the vendor documents only 'job_finished': the wait goes on. If it means failure, list it in failure_statuses.`;
    warn(this.#parts, 'An undocumented status', text);
  }

  #valueOf<T>(result: WaitResult<T>, errorOf: (result: TimedOut) => Error): T {
    switch (result.state) {
      case 'SUCCESS':
        return result.value;
      case 'FAILURE':
        throw result.error;
      case 'OUTAGE':
        throw gaveUp(explained(result.error), this.#inputs.maxOutageMs);
      case 'TIMEOUT':
        throw errorOf(result);
      case 'ABORTED':
        throw this.#parts.signal.reason;
    }
  }
}
