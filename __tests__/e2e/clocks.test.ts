// Rule 12 end to end: the deadline. A suspension takes over a minute and is in __tests__/faults/.
import { describe, expect, test } from '@jest/globals';
import { needsSystem } from '../support/system.js';
import { retrain } from './action-run.js';

needsSystem('unix', 'signals');

const ONLY_STATUS = { download_results: 'false' };

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
});
