// Rule 12 end to end: the deadline. Suspensions of over 60 s take too long for every run: E2E_SLOW=1 adds them.
import { describe, expect, test } from '@jest/globals';
import { retrain } from './action-run.js';

const ONLY_STATUS = { download_results: 'false' };
const slowTest = process.env.E2E_SLOW === '1' ? test.concurrent : test.skip;

describe('rule 12: clocks', () => {
  test.concurrent('the deadline ends the wait, not earlier and hardly later', async () => {
    const run = await retrain({ scenario: 'timeout', inputs: { ...ONLY_STATUS, timeout_minutes: '0.02' } });
    expect(run.outputs).toMatchObject({ result: 'timed_out', ready_to_switch: 'false', status: 'training' });
    expect(Number(run.outputs.elapsed_seconds)).toBeGreaterThanOrEqual(1.2);
    expect(Number(run.outputs.elapsed_seconds)).toBeLessThan(2.5);
  });

  test.concurrent('the deadline counts requests in flight too', async () => {
    const run = await retrain({
      scenario: { statusAnswers: [{ status: 'training' }, { fault: 'hang' }] },
      inputs: {
        ...ONLY_STATUS,
        timeout_minutes: '0.02',
        request_timeout_seconds: '30',
        max_outage_minutes: '5',
      },
    });
    expect(run.outputs).toMatchObject({ result: 'timed_out', status_checks: '2' });
    expect(Number(run.outputs.elapsed_seconds)).toBeGreaterThanOrEqual(1.2);
    expect(Number(run.outputs.elapsed_seconds)).toBeLessThan(2.5);
  });

  test.concurrent('a stop of less than 60 s is no suspension: it counts', async () => {
    const run = await retrain({
      scenario: 'timeout',
      inputs: { ...ONLY_STATUS, timeout_minutes: '0.04' },
      during: async action => {
        await action.logShows('training');
        action.signal('SIGSTOP');
        await new Promise(resolve => setTimeout(resolve, 2_500));
        action.signal('SIGCONT');
      },
    });
    expect(run.outputs.result).toBe('timed_out');
    expect(run.log).not.toContain('suspended');
  });

  slowTest(
    'a gap of over 60 s is logged, followed by a check at once, and does not count',
    async () => {
      let continuedAtMs = 0;
      const run = await retrain({
        watchdogMs: 110_000,
        scenario: { statusAnswers: [{ status: 'training' }, {}] },
        inputs: { ...ONLY_STATUS, timeout_minutes: '0.5', poll_interval_seconds: '10' },
        during: async action => {
          await action.logShows('training');
          action.signal('SIGSTOP');
          await new Promise(resolve => setTimeout(resolve, 75_000));
          continuedAtMs = action.signal('SIGCONT');
        },
      });
      expect(run.log).toContain('suspended');
      expect(run.outputs.result).toBe('succeeded');
      expect((run.status[1]?.startedAtMs ?? 0) - continuedAtMs).toBeLessThan(1_000);
      expect(Number(run.outputs.elapsed_seconds)).toBeLessThan(30);
    },
    120_000,
  );
});
