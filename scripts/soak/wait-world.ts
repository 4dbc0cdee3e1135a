// A vendor, a network and a clock in memory for one wait, with a record of what happened; must not judge it.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { VirtualClock } from '../../__tests__/support/virtual-clock.js';
import { CancelledError } from '../../src/errors.js';
import { networkError } from '../../src/http/network-error.js';
import { TimeLimitExceeded } from '../../src/http/time-limit.js';
import type { HttpRequest, HttpResponse } from '../../src/http/transport.js';
import type { Answer, Meaning, Step } from './wait-steps.js';

export interface WaitScript {
  readonly jobId: string;
  readonly wait: boolean;
  readonly timeoutMs: number;
  readonly longestPauseMs: number;
  readonly maxOutageMs: number;
  readonly requestTimeoutMs: number;
  /** One a check; the last one repeats. */
  readonly steps: readonly Step[];
  /** What happens at the end of which sleep. */
  readonly sleeps: ReadonlyMap<
    number,
    { readonly how: 'suspend' | 'stop' | 'cancel'; readonly durationMs: number }
  >;
}

/** One check as it happened. Times are awake time since the wait began. */
export interface SeenCheck {
  readonly kind: string;
  readonly meaning: Meaning;
  readonly startMs: number;
  readonly endMs: number;
  readonly retryAfterMs: number | undefined;
  readonly wasSuspended: boolean;
  /** What was sent whole, if anything was. */
  readonly answer: Answer | undefined;
  /** When the machine slept in the pause after this check, if it did. */
  gapAtMs?: number;
}

const MOST_CHECKS = 20_000;

export class WaitWorld {
  readonly clock = new VirtualClock();
  readonly checks: SeenCheck[] = [];
  cancelledAtMs: number | undefined;
  /** Whether it asked so often that it had to be ended from outside. */
  ranAway = false;
  readonly #script: WaitScript;
  readonly #cancellation = new AbortController();
  readonly #beganMs = this.clock.monotonicMs();
  #stoppedMs = 0;

  constructor(script: WaitScript) {
    this.#script = script;
    this.clock.onSleep = index => this.#afterSleep(index);
  }

  get signal(): AbortSignal {
    return this.#cancellation.signal;
  }

  awakeMs(): number {
    return this.clock.monotonicMs() - this.#beganMs - this.#stoppedMs;
  }

  /** Answers check n with step n, as `src/http/transport.ts` would. */
  readonly transport = async ({ url }: HttpRequest): Promise<HttpResponse> => {
    const { steps, timeoutMs, requestTimeoutMs } = this.#script;
    const step = steps[Math.min(this.checks.length, steps.length - 1)];
    if (step === undefined || this.checks.length > MOST_CHECKS) {
      this.ranAway = true;
      this.#cancel();
      throw this.signal.reason;
    }
    const startMs = this.awakeMs();
    const limitMs = Math.max(1, Math.min(requestTimeoutMs, timeoutMs - startMs));
    const isLate = step.takesMs >= limitMs;
    this.clock.advance(Math.min(step.takesMs, limitMs));
    if (step.suspendedMs > 0) this.clock.suspendMachine(step.suspendedMs);
    if (step.meaning.is === 'cancel') this.#cancel();
    this.#note(step, startMs, isLate);
    if (step.meaning.is === 'cancel') throw this.signal.reason;
    if (isLate) throw networkError(new TimeLimitExceeded(limitMs), url);
    if (step.reply === undefined || step.reply instanceof Error) throw step.reply;
    const { httpStatus, headers = {} } = step.reply;
    return { statusCode: httpStatus, headers: headers as IncomingHttpHeaders, body: bodyOf(step.reply) };
  };

  #note(step: Step, startMs: number, isLate: boolean): void {
    const { reply } = step;
    const isWhole =
      !isLate && reply !== undefined && !(reply instanceof Error) && reply.breaksOffAfterBytes === undefined;
    this.checks.push({
      kind: isLate ? 'request over its time limit' : step.kind,
      meaning:
        isLate && step.meaning.is !== 'cancel' ? { is: 'fault', gaveUp: 'network_error' } : step.meaning,
      startMs,
      endMs: this.awakeMs(),
      retryAfterMs: isLate ? undefined : step.retryAfterMs,
      wasSuspended: step.suspendedMs > 0,
      answer: isWhole ? reply : undefined,
    });
  }

  #afterSleep(index: number): void {
    const happening = this.#script.sleeps.get(index);
    const last = this.checks.at(-1);
    if (happening === undefined || last === undefined) return;
    if (happening.how !== 'cancel') last.gapAtMs = this.awakeMs();
    if (happening.how === 'cancel') this.#cancel();
    else if (happening.how === 'suspend') this.clock.suspendMachine(happening.durationMs);
    else {
      this.clock.stopProcess(happening.durationMs);
      this.#stoppedMs += happening.durationMs;
    }
  }

  #cancel(): void {
    this.cancelledAtMs ??= this.awakeMs();
    this.#cancellation.abort(
      new CancelledError({ id: 'step-cancelled', what: 'The run was cancelled.', nextStep: 'Re-run it.' }),
    );
  }
}

/** A body in pieces, as a socket would bring it. */
function bodyOf({ body, breaksOffAfterBytes }: Answer): IncomingMessage {
  const stream = new PassThrough();
  const bytes = Buffer.from(body).subarray(0, breaksOffAfterBytes);
  const middle = Math.floor(bytes.length / 2);
  if (bytes.length > 1) stream.write(bytes.subarray(0, middle));
  if (bytes.length > 0) stream.write(bytes.subarray(bytes.length > 1 ? middle : 0));
  if (breaksOffAfterBytes === undefined) stream.end();
  else stream.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
  return stream as unknown as IncomingMessage;
}
