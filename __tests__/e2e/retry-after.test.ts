// Rule 3 end to end: how Retry-After is obeyed, and its limits.
import { describe, expect, test } from '@jest/globals';
import type { ScriptContext, StatusScript } from '../../simulator/index.js';
import { type RetrainRun, retrain } from './action-run.js';

const ONLY_STATUS = { download_results: 'false' };

function gapsMs({ status }: RetrainRun): number[] {
  return status.slice(1).map((request, index) => request.startedAtMs - (status[index]?.startedAtMs ?? 0));
}

describe('rule 3: Retry-After', () => {
  test.concurrent.each<[string, StatusScript]>([
    ['a good answer', { status: 'training', headers: { 'retry-after': '1' } }],
    ['HTTP 503', { httpStatus: 503, headers: { 'retry-after': '1' } }],
    ['HTTP 429', { httpStatus: 429, headers: { 'retry-after': '1' } }],
    ['an unreadable answer', { body: '<html></html>', headers: { 'retry-after': '1' } }],
  ])('in seconds on %s it is obeyed, beyond poll_interval_seconds too', async (_name, script) => {
    const run = await retrain({ scenario: { statusAnswers: [script, {}] }, inputs: ONLY_STATUS });
    expect(run.outputs.result).toBe('succeeded');
    expect(gapsMs(run)).toHaveLength(1);
    expect(gapsMs(run)[0]).toBeGreaterThanOrEqual(990);
    expect(gapsMs(run)[0]).toBeLessThan(2_500);
  });

  test.concurrent('as an HTTP date it is obeyed', async () => {
    const headers = ({ nowMs }: ScriptContext) => ({ 'retry-after': new Date(nowMs + 2_000).toUTCString() });
    const run = await retrain({
      scenario: { statusAnswers: [{ httpStatus: 503, headers }, {}] },
      inputs: ONLY_STATUS,
    });
    expect(run.outputs.result).toBe('succeeded');
    expect(gapsMs(run)[0]).toBeGreaterThanOrEqual(990);
  });

  test.concurrent.each(['soon', '-5', '1e3', ''])(
    'one that cannot be read (%j) is no reason to wait',
    async text => {
      const statusAnswers = [{ status: 'training', headers: { 'retry-after': text } }, {}];
      const run = await retrain({ scenario: { statusAnswers }, inputs: ONLY_STATUS });
      expect(run.outputs.result).toBe('succeeded');
      expect(gapsMs(run)[0]).toBeLessThan(900);
    },
  );

  test.concurrent.each([200, 503])(
    'one that reaches the deadline ends the wait at once, saying so (HTTP %i)',
    async httpStatus => {
      const statusAnswers = [{ httpStatus, status: 'training', headers: { 'retry-after': '3600' } }, {}];
      const run = await retrain({ scenario: { statusAnswers }, inputs: ONLY_STATUS });
      expect(run.outputs).toMatchObject({ result: 'timed_out', status_checks: '1' });
      expect(Number(run.outputs.elapsed_seconds)).toBeLessThan(2);
      expect(run.outputs.error_message).toContain('Retry-After');
    },
  );

  test.concurrent('one that outlasts max_outage_minutes gets one more check after it, which may succeed', async () => {
    const statusAnswers = [{ httpStatus: 503, headers: { 'retry-after': '2' } }, {}];
    const run = await retrain({ scenario: { statusAnswers }, inputs: ONLY_STATUS });
    expect(run.outputs).toMatchObject({ result: 'succeeded', status_checks: '2' });
    expect(gapsMs(run)[0]).toBeGreaterThanOrEqual(1_990);
  });

  test.concurrent('one that outlasts max_outage_minutes gets one more check after it, and only one', async () => {
    const statusAnswers = [{ httpStatus: 503, headers: { 'retry-after': '2' } }, { httpStatus: 503 }];
    const run = await retrain({ scenario: { statusAnswers }, inputs: ONLY_STATUS });
    expect(run.outputs).toMatchObject({ result: 'api_error', status_checks: '2' });
  });

  test.concurrent('wait: false retries faults like any wait until it has one good answer', async () => {
    const statusAnswers = [{ httpStatus: 503 }, { fault: 'reset' as const }, { status: 'training' }, {}];
    const run = await retrain({ scenario: { statusAnswers }, inputs: { ...ONLY_STATUS, wait: 'false' } });
    expect(run.outputs).toMatchObject({ result: 'pending', status: 'training', status_checks: '3' });
    expect(run.exitCode).toBe(0);
  });

  test.concurrent('wait: false gives up after max_outage_minutes like any wait', async () => {
    const run = await retrain({
      scenario: { statusAnswers: [{ httpStatus: 503 }] },
      inputs: { ...ONLY_STATUS, wait: 'false' },
    });
    expect(run.outputs.result).toBe('api_error');
    expect(Number(run.outputs.elapsed_seconds)).toBeGreaterThanOrEqual(1.2);
  });
});
