// The waiting loop on a virtual clock: hours pass in milliseconds.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type CheckResult, type WaitLimits, waitUntil } from '../../src/waiting/waiter.js';
import { seededRandom } from '../support/random.js';
import { VirtualClock } from '../support/virtual-clock.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const ROUNDING = 1e-3;
const DEFAULTS: WaitLimits = {
  timeoutMs: HOUR,
  longestPauseMs: 30 * SECOND,
  maxOutageMs: 10 * MINUTE,
  checkLimitMs: 30 * SECOND,
};
const NOT_YET: CheckResult<string> = { state: 'RETRY' };
const DONE: CheckResult<string> = { state: 'SUCCESS', value: 'done' };
const fault = (text = 'down'): CheckResult<string> => ({ state: 'RETRY', error: new Error(text) });

interface Check {
  /** Awake time at the start, since the wait began. */
  readonly atMs: number;
  /** Which check it is, 0 for the first. */
  readonly index: number;
  readonly limitMs: number;
  readonly clock: VirtualClock;
}

/** Waits with the given limits; `check` says what each check finds. */
async function wait(
  check: (check: Check) => CheckResult<string>,
  options: Partial<WaitLimits> & { clock?: VirtualClock; signal?: AbortSignal; random?: () => number } = {},
) {
  const {
    clock = new VirtualClock(),
    signal = new AbortController().signal,
    random = () => 0,
    ...limits
  } = options;
  const began = clock.monotonicMs();
  const starts: number[] = [];
  const ticks: { waitedMs: number; leftMs: number }[] = [];
  const pauses: number[] = [];
  const faults: { text: string; nextCheckInMs: number }[] = [];
  const gaps: number[] = [];
  const result = await waitUntil(
    { ...DEFAULTS, ...limits },
    {
      check: async limitMs => {
        const atMs = clock.monotonicMs() - began;
        starts.push(atMs);
        return check({ atMs, index: starts.length - 1, limitMs, clock });
      },
      clock,
      random,
      signal,
      events: {
        onTick: time => ticks.push(time),
        onPause: ({ durationMs }) => pauses.push(durationMs),
        onFault: ({ error, nextCheckInMs }) => faults.push({ text: error.message, nextCheckInMs }),
        onSuspended: gapMs => gaps.push(gapMs),
      },
    },
  );
  return { result, starts, ticks, pauses, faults, gaps, clock };
}

/** A job that ends after `endMs`. */
const jobOf = (endMs: number) => (check: Check) => (check.atMs >= endMs ? DONE : NOT_YET);

describe('A wait that ends well', () => {
  test('ends with the first SUCCESS and says how long it took', async () => {
    const { result, starts } = await wait(({ index }) => (index === 3 ? DONE : NOT_YET));
    expect(result).toEqual({ state: 'SUCCESS', value: 'done', elapsedMs: 6 * SECOND, checks: 4 });
    expect(starts).toEqual([0, 2_000, 4_000, 6_000]);
  });

  test('needs one check and no sleep where the job has ended already', async () => {
    const { result, clock } = await wait(() => DONE);
    expect(result).toMatchObject({ state: 'SUCCESS', elapsedMs: 0, checks: 1 });
    expect(clock.sleeps).toEqual([]);
  });

  test.each([20, 21, 45, 60, 100, 299, 300, 600, 3_600, 18_000, 21_600].map(seconds => ({ seconds })))(
    'sees the end of a job of $seconds s at most 10% late, whenever within a pause it ended',
    async ({ seconds }) => {
      for (let part = 0; part < 20; part += 1) {
        const endMs = seconds * SECOND * (1 + part / 200);
        const { result } = await wait(jobOf(endMs), { timeoutMs: 24 * HOUR, random: seededRandom(part) });
        expect(result.state).toBe('SUCCESS');
        expect(result.elapsedMs - endMs).toBeLessThanOrEqual(endMs * 0.1);
      }
    },
  );

  test.each([
    { name: '1 min', endMs: MINUTE },
    { name: '10 min', endMs: 10 * MINUTE },
    { name: '1 h', endMs: HOUR },
    { name: '5 h', endMs: 5 * HOUR },
  ])('asks hardly more often than a loop of 30 s: a job of $name', async ({ endMs }) => {
    const loop = Math.ceil(endMs / (30 * SECOND)) + 1;
    for (let seed = 0; seed < 5; seed += 1) {
      const { result } = await wait(jobOf(endMs), { timeoutMs: 24 * HOUR, random: seededRandom(seed) });
      expect(result.checks).toBeLessThanOrEqual(40 + loop * 1.05);
    }
  });

  test('counts a pause from the start of one check to the start of the next', async () => {
    const { starts } = await wait(({ index, clock }) => {
      clock.advance(1_500);
      return index === 3 ? DONE : NOT_YET;
    });
    expect(starts).toEqual([0, 2_000, 4_000, 6_000]);
  });

  test('checks at once after a check that took longer than the pause', async () => {
    const { starts } = await wait(({ index, clock }) => {
      clock.advance(20_000);
      return index === 2 ? DONE : NOT_YET;
    });
    expect(starts).toEqual([0, 20_000, 40_000]);
  });

  test('tells of itself at least every 15 s while it pauses, in hours too', async () => {
    const { ticks, result } = await wait(jobOf(6 * HOUR), { timeoutMs: 7 * HOUR, longestPauseMs: HOUR });
    expect(result.state).toBe('SUCCESS');
    const times = [0, ...ticks.map(({ waitedMs }) => waitedMs), result.elapsedMs];
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(15 * SECOND + ROUNDING);
    for (const { waitedMs, leftMs } of ticks) expect(waitedMs + leftMs).toBeCloseTo(7 * HOUR);
  });
});

describe('A wait that ends badly', () => {
  test('ends with the first FAILURE, with its error', async () => {
    const error = new Error('the job failed');
    const { result } = await wait(({ index }) => (index === 1 ? { state: 'FAILURE', error } : NOT_YET));
    expect(result).toEqual({ state: 'FAILURE', error, elapsedMs: 2_000, checks: 2 });
  });

  test('tells of every fault and when it looks again', async () => {
    const { faults } = await wait(({ index }) => (index < 3 ? fault(`fault ${index}`) : DONE));
    expect(faults).toEqual([
      { text: 'fault 0', nextCheckInMs: 2_000 },
      { text: 'fault 1', nextCheckInMs: 4_000 },
      { text: 'fault 2', nextCheckInMs: 8_000 },
    ]);
  });
});

describe('An outage', () => {
  test.each([
    { name: '10 min', maxOutageMs: 10 * MINUTE },
    { name: '1 s, shorter than any pause', maxOutageMs: SECOND },
    { name: '30 min', maxOutageMs: 30 * MINUTE },
  ])(
    'of $name is given up exactly when it has lasted that long, after one last check',
    async ({ maxOutageMs }) => {
      const { result, starts } = await wait(({ atMs }) => (atMs < MINUTE ? NOT_YET : fault()), {
        maxOutageMs,
        random: seededRandom(1),
      });
      const firstFault = starts.find(start => start >= MINUTE) ?? 0;
      expect(result.state).toBe('OUTAGE');
      expect(result.elapsedMs - firstFault).toBeGreaterThanOrEqual(maxOutageMs);
      expect(result.elapsedMs - firstFault).toBeLessThan(maxOutageMs + 1);
      expect(starts.at(-1)).toBe(result.elapsedMs);
    },
  );

  test('with a limit of 0 is given up at the first fault', async () => {
    const { result } = await wait(() => fault('first'), { maxOutageMs: 0 });
    expect(result).toMatchObject({ state: 'OUTAGE', checks: 1, error: { message: 'first' } });
  });

  test('ends with any good answer: two outages of 9 min do not make one of 18', async () => {
    const { result } = await wait(({ atMs }) => {
      if (atMs >= 20 * MINUTE) return DONE;
      return atMs >= 10 * MINUTE && atMs < 10 * MINUTE + 30 * SECOND ? NOT_YET : fault();
    });
    expect(result.state).toBe('SUCCESS');
  });

  test('is measured from the end of the check that failed: one that hangs for its whole limit opens it late', async () => {
    const { result } = await wait(
      ({ clock }) => {
        clock.advance(30 * SECOND);
        return fault();
      },
      { maxOutageMs: MINUTE },
    );
    expect(result).toMatchObject({ state: 'OUTAGE', elapsedMs: 90 * SECOND, checks: 3 });
  });
});

describe('The deadline', () => {
  test('ends the wait exactly when the time is up, after one last look shortly before', async () => {
    const { result, starts } = await wait(() => NOT_YET, { timeoutMs: 10 * MINUTE });
    expect(result).toMatchObject({ state: 'TIMEOUT', elapsedMs: 10 * MINUTE });
    expect(starts.at(-1)).toBeGreaterThanOrEqual(10 * MINUTE - SECOND);
    expect(starts.at(-1)).toBeLessThan(10 * MINUTE);
  });

  test.each([100, 999, 5_000, 60_000])('of %d ms too: it is never passed', async timeoutMs => {
    const { result, starts } = await wait(() => NOT_YET, { timeoutMs });
    expect(result.state).toBe('TIMEOUT');
    expect(result.elapsedMs).toBeLessThanOrEqual(timeoutMs + ROUNDING);
    expect(result.elapsedMs).toBeGreaterThanOrEqual(timeoutMs - 5);
    expect(starts.every(start => start < timeoutMs)).toBe(true);
    expect(starts.at(-1)).toBeGreaterThanOrEqual(timeoutMs * 0.9);
  });

  test('does not miss a job that ended in the last pause', async () => {
    const { result } = await wait(jobOf(HOUR - 2 * SECOND), { longestPauseMs: HOUR });
    expect(result.state).toBe('SUCCESS');
  });

  test('bounds every check by the time that is left', async () => {
    const limits: number[] = [];
    await wait(
      ({ limitMs, atMs }) => {
        limits.push(limitMs + atMs);
        return NOT_YET;
      },
      { timeoutMs: MINUTE },
    );
    expect(new Set(limits)).toEqual(new Set([MINUTE]));
  });

  test('makes a fault that comes exactly then a TIMEOUT that names the fault, even where an outage ends too', async () => {
    const { result } = await wait(
      ({ limitMs, clock }) => {
        clock.advance(limitMs);
        return fault('cut by the deadline');
      },
      { timeoutMs: 10 * SECOND, maxOutageMs: 0 },
    );
    expect(result).toMatchObject({
      state: 'TIMEOUT',
      elapsedMs: 10 * SECOND,
      lastFault: { message: 'cut by the deadline' },
    });
  });

  test('does not turn a SUCCESS or a FAILURE that comes exactly then into a TIMEOUT', async () => {
    for (const end of [DONE, { state: 'FAILURE', error: new Error('failed') } as const]) {
      const { result } = await wait(({ limitMs, clock }) => {
        clock.advance(limitMs);
        return end;
      });
      expect(result.state).toBe(end.state);
    }
  });

  test('tells no fault where the last answer was a good one', async () => {
    const { result } = await wait(({ index }) => (index === 0 ? fault() : NOT_YET), { timeoutMs: MINUTE });
    expect(result).toMatchObject({ state: 'TIMEOUT', lastFault: undefined });
  });
});

describe('Retry-After', () => {
  const asks = (retryAfterMs: number, error?: Error): CheckResult<string> =>
    error ? { state: 'RETRY', error, retryAfterMs } : { state: 'RETRY', retryAfterMs };

  test.each([
    { on: 'a good answer', error: undefined },
    { on: 'a fault', error: new Error('429') },
  ])('on $on is obeyed beyond the longest pause, from the end of the check on', async ({ error }) => {
    const { starts } = await wait(({ index, clock }) => {
      clock.advance(SECOND);
      return index === 0 ? asks(5 * MINUTE, error) : DONE;
    });
    expect(starts).toEqual([0, 5 * MINUTE + SECOND]);
  });

  test('shorter than the own pause does not shorten it', async () => {
    const { starts } = await wait(({ index }) => (index === 0 ? asks(0) : DONE));
    expect(starts).toEqual([0, 2_000]);
  });

  test.each([
    { name: 'passes the deadline', retryAfterMs: 2 * HOUR },
    { name: 'reaches it exactly', retryAfterMs: HOUR },
    { name: 'has no end', retryAfterMs: Number.POSITIVE_INFINITY },
  ])('that $name ends the wait at once, saying so', async ({ retryAfterMs }) => {
    const { result, clock } = await wait(() => asks(retryAfterMs, new Error('429')));
    expect(result).toMatchObject({
      state: 'TIMEOUT',
      elapsedMs: 0,
      checks: 1,
      retryAfterMs,
      lastFault: { message: '429' },
    });
    expect(clock.sleeps).toEqual([]);
  });

  test('that ends just before the deadline gets its check', async () => {
    const { starts, result } = await wait(({ index }) => (index === 0 ? asks(HOUR - SECOND) : DONE));
    expect(starts).toEqual([0, HOUR - SECOND]);
    expect(result.state).toBe('SUCCESS');
  });

  test('that outlasts the outage window gets one more check after it', async () => {
    const { starts, result } = await wait(() => asks(20 * MINUTE, new Error('503')));
    expect(starts).toEqual([0, 20 * MINUTE]);
    expect(result).toMatchObject({ state: 'OUTAGE', checks: 2 });
    const saved = await wait(({ index }) => (index === 0 ? asks(20 * MINUTE, new Error('503')) : DONE));
    expect(saved.result.state).toBe('SUCCESS');
  });
});

describe('An abort', () => {
  test('before the wait: no check is made', async () => {
    const { result } = await wait(() => DONE, { signal: AbortSignal.abort() });
    expect(result).toEqual({ state: 'ABORTED', elapsedMs: 0, checks: 0 });
  });

  test('while sleeping: no further check is made', async () => {
    const controller = new AbortController();
    const clock = new VirtualClock();
    clock.onSleep = index => index === 2 && controller.abort();
    const { result, starts } = await wait(() => NOT_YET, { clock, signal: controller.signal });
    expect(result).toMatchObject({ state: 'ABORTED', checks: 3 });
    expect(starts).toHaveLength(3);
  });

  test.each([
    { found: 'a fault', result: fault('aborted') },
    { found: 'a success', result: DONE },
    { found: 'a failure', result: { state: 'FAILURE', error: new Error('x') } as const },
  ])('while checking counts, even where the check still found $found', async ({ result: found }) => {
    const controller = new AbortController();
    const { result } = await wait(
      () => {
        controller.abort();
        return found;
      },
      { signal: controller.signal },
    );
    expect(result).toMatchObject({ state: 'ABORTED', checks: 1 });
  });

  test('by an error of the clock itself is no abort: it is thrown', async () => {
    const clock = new VirtualClock();
    clock.onSleep = () => {
      throw new Error('a broken clock');
    };
    await expect(wait(() => NOT_YET, { clock })).rejects.toThrow('a broken clock');
  });
});

describe('A suspended machine', () => {
  const suspensions = [
    { kind: 'whose monotonic clock stands still', suspend: (c: VirtualClock) => c.suspendMachine(HOUR) },
    { kind: 'whose monotonic clock goes on', suspend: (c: VirtualClock) => c.stopProcess(HOUR) },
  ];

  test.each(suspensions)(
    '$kind: noted, followed by a check at once, the deadline is not eaten',
    async ({ suspend }) => {
      const clock = new VirtualClock();
      const checkedAt: number[] = [];
      const wokeAt: number[] = [];
      clock.onSleep = index => {
        if (index !== 40) return;
        suspend(clock);
        wokeAt.push(clock.wallMs());
      };
      const { result, gaps } = await wait(
        () => {
          checkedAt.push(clock.wallMs());
          return NOT_YET;
        },
        { clock, timeoutMs: 30 * MINUTE },
      );
      expect(gaps).toEqual([HOUR]);
      expect(checkedAt).toContain(wokeAt[0]);
      expect(result).toMatchObject({ state: 'TIMEOUT', elapsedMs: 30 * MINUTE });
    },
  );

  test.each(suspensions)('$kind, amid an outage: the outage window starts anew', async ({ suspend }) => {
    const clock = new VirtualClock();
    let awakeMs = 0;
    clock.onSleep = index => {
      if (index === 30) suspend(clock);
      awakeMs += clock.sleeps.at(-1) ?? 0;
    };
    const { result } = await wait(() => fault(), { clock });
    const sleptBefore = clock.sleeps.slice(0, 31).reduce((sum, ms) => sum + ms, 0);
    expect(sleptBefore).toBeLessThan(10 * MINUTE);
    expect(result.state).toBe('OUTAGE');
    expect(result.elapsedMs).toBe(sleptBefore + 10 * MINUTE);
    expect(awakeMs).toBe(result.elapsedMs);
  });

  test.each(suspensions)(
    '$kind, during a check: the fault it leads to opens no outage',
    async ({ suspend }) => {
      const { result, gaps, starts } = await wait(
        ({ index, clock }) => {
          if (index > 0) return DONE;
          clock.advance(3 * SECOND);
          suspend(clock);
          return fault('the connection died in its sleep');
        },
        { maxOutageMs: 0 },
      );
      expect(gaps).toHaveLength(1);
      expect(starts).toHaveLength(2);
      expect(result.state).toBe('SUCCESS');
      expect(result.elapsedMs).toBeLessThanOrEqual(30 * SECOND);
    },
  );

  test('of less than a minute is no suspension', async () => {
    const clock = new VirtualClock();
    clock.onSleep = index => index === 5 && clock.suspendMachine(40 * SECOND);
    const { gaps } = await wait(({ index }) => (index === 20 ? DONE : NOT_YET), { clock });
    expect(gaps).toEqual([]);
  });

  test('in the last pause before the deadline still gets its check', async () => {
    const clock = new VirtualClock();
    clock.onSleep = () => {
      if (clock.sleeps.reduce((sum, ms) => sum + ms, 0) === MINUTE) clock.suspendMachine(HOUR);
    };
    let isAwakeAgain = false;
    const { result } = await wait(
      () => {
        isAwakeAgain = clock.wallMs() > Date.UTC(2026, 9, 1) + HOUR;
        return isAwakeAgain ? DONE : NOT_YET;
      },
      { clock, timeoutMs: MINUTE },
    );
    expect(result.state).toBe('SUCCESS');
  });
});

describe('Whatever the checks find', () => {
  const script = fc.array(
    fc.record({
      takesMs: fc.integer({ min: 0, max: 40_000 }),
      isFault: fc.boolean(),
      retryAfterMs: fc.option(fc.integer({ min: 0, max: 900_000 }), { nil: undefined, freq: 6 }),
    }),
    { minLength: 1, maxLength: 30 },
  );

  test('the deadline holds, pauses stay within bounds, and only a true outage is given up', async () => {
    await fc.assert(
      fc.asyncProperty(script, fc.integer({ min: 0, max: 600_000 }), async (steps, maxOutageMs) => {
        const ends: { atMs: number; isFault: boolean; asked: number }[] = [];
        const { result, starts } = await wait(
          ({ index, limitMs, clock, atMs }) => {
            const step = steps[index % steps.length] ?? {
              takesMs: 0,
              isFault: false,
              retryAfterMs: undefined,
            };
            const takesMs = Math.min(step.takesMs, limitMs);
            clock.advance(takesMs);
            ends.push({ atMs: atMs + takesMs, isFault: step.isFault, asked: step.retryAfterMs ?? 0 });
            const { retryAfterMs } = step;
            return step.isFault
              ? { state: 'RETRY', error: new Error('down'), retryAfterMs }
              : { state: 'RETRY', retryAfterMs };
          },
          {
            timeoutMs: 30 * MINUTE,
            maxOutageMs,
            checkLimitMs: 40 * SECOND,
            random: seededRandom(steps.length),
          },
        );
        expect(result.elapsedMs).toBeLessThanOrEqual(30 * MINUTE);
        for (let index = 1; index < starts.length; index += 1) {
          const before = ends[index - 1] ?? { atMs: 0, asked: 0 };
          const own = (starts[index - 1] ?? 0) + DEFAULTS.longestPauseMs;
          expect(starts[index]).toBeLessThanOrEqual(Math.max(own, before.atMs + before.asked) + ROUNDING);
        }
        if (result.state === 'OUTAGE') {
          const lastGood = ends.findLastIndex(end => !end.isFault);
          const opened = ends[lastGood + 1]?.atMs ?? 0;
          expect(result.elapsedMs - opened).toBeGreaterThanOrEqual(maxOutageMs - ROUNDING);
        } else expect(result.state).toBe('TIMEOUT');
      }),
      { seed: 20261002, numRuns: 200 },
    );
  });
});
