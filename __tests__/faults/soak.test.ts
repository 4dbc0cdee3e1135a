// The soak in short: waits and real runs with random faults, and proof that its oracle sees what is wrong.
import '../support/one-realm.js';
import { describe, expect, test } from '@jest/globals';
import { soakRuns } from '../../scripts/soak/runs.js';
import { parseOutputs } from '../../scripts/soak/step-run.js';
import { Tally } from '../../scripts/soak/tally.js';
import { type EndedWait, violations } from '../../scripts/soak/wait-oracle.js';
import { soakWaits } from '../../scripts/soak/waits.js';

const SEED = 20261124;

describe('The soak in short', () => {
  test('500 waits with random faults all end as the contract says', async () => {
    const tally = new Tally();
    await soakWaits(500, SEED, tally);
    expect(tally.problems.slice(0, 20)).toEqual([]);
    expect(tally.count('waits')).toBe(500);
    // Of no use if it does not meet every way a wait can end.
    expect(tally.verdicts()).toEqual(
      expect.arrayContaining([
        ...['succeeded', 'pending', 'job_failed', 'timed_out', 'cancelled', 'auth_error'],
        ...['not_found', 'job_deleted', 'api_error', 'network_error'],
      ]),
    );
    expect(tally.faultKinds().length).toBeGreaterThanOrEqual(10);
  });

  test('12 runs of the built action with random faults leave nothing behind and tell no secret', async () => {
    const tally = new Tally();
    await soakRuns(12, SEED, tally);
    expect(tally.problems.slice(0, 20)).toEqual([]);
    expect(tally.count('runs')).toBe(12);
  }, 180_000);
});

describe('The oracle', () => {
  const minute = 60_000;
  const body = '{"status":"job_finished","metadata":{"retrain_job_id":"job-1"}}';
  const good: EndedWait = {
    script: {
      jobId: 'job-1',
      wait: true,
      timeoutMs: 60 * minute,
      longestPauseMs: 30_000,
      maxOutageMs: minute,
      requestTimeoutMs: 30_000,
      steps: [],
      sleeps: new Map(),
    },
    checks: [
      { ...check(0), meaning: { is: 'good' } },
      { ...check(2_000), meaning: { is: 'finished' }, answer: { httpStatus: 200, body } },
    ],
    verdict: 'succeeded',
    endMs: 2_000,
    cancelledAtMs: undefined,
  };

  function check(startMs: number): EndedWait['checks'][number] {
    const meaning = { is: 'fault', gaveUp: 'api_error' } as const;
    const nothing = { retryAfterMs: undefined, wasSuspended: false, answer: undefined };
    return { kind: 'x', meaning, startMs, endMs: startMs, ...nothing };
  }

  test('has nothing against a wait that is right', () => {
    expect(violations(good)).toEqual([]);
  });

  const [first = check(0), second = check(0)] = good.checks;
  test.each<{ what: string; changed: Partial<EndedWait>; says: RegExp }>([
    { what: 'another verdict', changed: { verdict: 'api_error' }, says: /expected 'succeeded'/ },
    {
      what: 'success without the word for it',
      changed: {
        checks: [first, { ...second, answer: { httpStatus: 200, body: body.replace('job_', '') } }],
      },
      says: /did not say so/,
    },
    {
      what: 'success of another job',
      changed: {
        checks: [first, { ...second, answer: { httpStatus: 200, body: body.replace('job-1', 'job-2') } }],
      },
      says: /did not say so/,
    },
    {
      what: 'a pause that is too long',
      changed: { checks: [first, { ...second, startMs: 31_000 }] },
      says: /too long a pause/,
    },
    {
      what: 'a pause that is too short',
      changed: { checks: [first, { ...second, startMs: 100 }] },
      says: /too short a pause/,
    },
    {
      what: 'Retry-After forgotten',
      changed: { checks: [{ ...first, retryAfterMs: 9_000 }, second] },
      says: /Retry-After not obeyed/,
    },
    {
      what: 'a check after the end',
      changed: { checks: [second, { ...second, startMs: 4_000 }] },
      says: /came after the end/,
    },
    {
      what: 'an outage given up too early',
      changed: { checks: [check(0), check(20_000)], verdict: 'api_error', endMs: 20_000 },
      says: /without a reason/,
    },
    {
      what: 'an outage not given up',
      changed: { checks: [check(0), check(30_000), check(60_001), second] },
      says: /came after the end/,
    },
    { what: 'the deadline passed', changed: { endMs: 61 * minute }, says: /past the deadline/ },
    {
      what: 'a machine that slept, without a check at once',
      changed: { checks: [{ ...first, gapAtMs: 500 }, second] },
      says: /no check at once/,
    },
  ])('sees $what', ({ changed, says }) => {
    expect(violations({ ...good, ...changed }).join('; ')).toMatch(says);
  });

  test('sees a forged output', () => {
    expect(parseOutputs('result=succeeded\n')).toHaveProperty('forged');
    const delimiter = 'ghadelimiter_01234567-89ab-cdef-0123-456789abcdef';
    const block = `result<<${delimiter}\na\nb\n${delimiter}\n`;
    expect(parseOutputs(block)).toEqual({ result: 'a\nb' });
    expect(parseOutputs(block + block)).toHaveProperty('forged');
  });
});
