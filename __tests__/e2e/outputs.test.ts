// The outputs end to end: every result, what is written on every way out, and what never is.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { needsSystem } from '../support/system.js';
import { annotations, parseOutputs, type RetrainOptions, retrain } from './action-run.js';

needsSystem('unix', 'signals, /dev/null');

const CASES: readonly (readonly [result: string, exitCode: number, options: RetrainOptions])[] = [
  ['succeeded', 0, {}],
  ['pending', 0, { scenario: 'timeout', inputs: { wait: 'false' } }],
  ['job_failed', 1, { scenario: 'failed' }],
  ['timed_out', 1, { scenario: 'timeout', inputs: { timeout_minutes: '0.005' } }],
  [
    'cancelled',
    1,
    {
      scenario: 'timeout',
      during: async action => {
        await action.logShows('training');
        action.signal('SIGINT');
      },
    },
  ],
  ['invalid_input', 1, { inputs: { wait: 'x' } }],
  ['auth_error', 1, { scenario: 'auth-error' }],
  ['not_found', 1, { scenario: 'not-found' }],
  ['job_deleted', 1, { scenario: 'deleted' }],
  ['api_error', 1, { scenario: { statusAnswers: [{ httpStatus: 418 }] } }],
  [
    'network_error',
    1,
    { scenario: { statusAnswers: [{ fault: 'reset' }] }, inputs: { max_outage_minutes: '0' } },
  ],
  ['download_error', 1, { scenario: { storage: [{ fault: 'empty' }] } }],
  ['artifact_error', 1, { scenario: 'artifact-quota' }],
];

describe('result and ready_to_switch', () => {
  test.concurrent.each(CASES)(
    '%s: always written, with exit code %i, ready only when succeeded',
    async (result, exitCode, options) => {
      const run = await retrain(options);
      expect(run.outputs).toMatchObject({
        result,
        ready_to_switch: String(result === 'succeeded'),
        retrain_job_id: run.simulator.jobId,
      });
      expect(run.exitCode).toBe(exitCode);
      expect(Object.values(run.outputs)).not.toContain('');
      expect('error_message' in run.outputs).toBe(exitCode !== 0);
      expect(annotations(run, 'error')).toHaveLength(exitCode);
    },
  );
});

describe('outputs that are known', () => {
  test.concurrent('a success has all of them', async () => {
    const run = await retrain({
      scenario: { statusAnswers: [{ status: 'job_finished', message: 'Well done.' }] },
    });
    expect(Object.keys(run.outputs).sort()).toEqual([
      'artifact_digest',
      'artifact_id',
      'artifact_name',
      'artifact_url',
      'elapsed_seconds',
      'message',
      'metrics',
      'model_id',
      'ready_to_switch',
      'result',
      'results_directory',
      'results_file',
      'results_sha256',
      'results_size',
      'retrain_job_id',
      'status',
      'status_checks',
    ]);
    expect(run.outputs.message).toBe('Well done.');
    expect(run.outputs.results_sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(run.outputs.results_file?.startsWith('/')).toBe(true);
    expect(run.outputs.results_directory?.startsWith('/')).toBe(true);
  });

  test.concurrent.each(['9007199254740993', '123456789012345678901234567890', '0', '48211'])(
    'model_id %s has its digits exactly as the API sent them',
    async modelId => {
      const run = await retrain({ simulator: { modelId }, inputs: { download_results: 'false' } });
      expect(run.outputs.model_id).toBe(modelId);
    },
  );

  test.concurrent('model_id as text is passed on', async () => {
    const body = { status: 'job_finished', model_id: '00042' };
    const run = await retrain({
      scenario: { statusAnswers: [{ body }] },
      inputs: { download_results: 'false' },
    });
    expect(run.outputs.model_id).toBe('00042');
  });

  test.concurrent('status is the last one, as the API gave it', async () => {
    const status = ' Job_Failed\tBadly ';
    const run = await retrain({ scenario: { statusAnswers: [{ status: 'training' }, { status }] } });
    expect(run.outputs.status).toBe(status);
  });

  test.concurrent('status survives an outage at the end', async () => {
    const run = await retrain({ scenario: { statusAnswers: [{ status: 'training' }, { fault: 'reset' }] } });
    expect(run.outputs).toMatchObject({ result: 'network_error', status: 'training' });
    expect(Number(run.outputs.elapsed_seconds)).toBeGreaterThan(1);
  });

  test.concurrent('a failed download leaves status, model_id and elapsed_seconds', async () => {
    const run = await retrain({ scenario: { storage: [{ fault: 'html' }] } });
    expect(run.outputs).toMatchObject({
      result: 'download_error',
      status: 'job_finished',
      status_checks: '1',
    });
    expect(run.outputs.model_id).toBe(run.simulator.modelId);
    expect(run.outputs.elapsed_seconds).toBeDefined();
    expect(run.outputs.results_sha256).toBeUndefined();
  });

  test.concurrent('retrain_job_id is passed through when another input is refused', async () => {
    const run = await retrain({ inputs: { wait: 'x', retrain_job_id: 'job-9' } });
    expect(run.outputs).toMatchObject({ result: 'invalid_input', retrain_job_id: 'job-9' });
  });

  test.concurrent('outputs of steps before are kept', async () => {
    const run = await retrain({
      prepare: ({ outputFile }) =>
        writeFileSync(
          outputFile,
          'message<<ghadelimiter_00000000-0000-0000-0000-000000000000\nx\nghadelimiter_00000000-0000-0000-0000-000000000000\n',
        ),
      inputs: { download_results: 'false' },
    });
    expect(run.outputs).toMatchObject({ result: 'succeeded', message: 'x' });
  });
});

describe('a runner that takes no outputs', () => {
  test.concurrent('a missing GITHUB_OUTPUT file is told and ends with exit code 1', async () => {
    const run = await retrain({ prepare: ({ outputFile }) => rmSync(outputFile) });
    expect(run.exitCode).toBe(1);
    expect(annotations(run, 'error').join()).toMatch(/outputs.*could not be written/);
  });

  test.concurrent('a missing GITHUB_STEP_SUMMARY is no failure', async () => {
    const run = await retrain({ env: { GITHUB_STEP_SUMMARY: undefined } });
    expect(run.outputs.result).toBe('succeeded');
    const broken = await retrain({ env: { GITHUB_STEP_SUMMARY: join('/dev/null', 'x') } });
    expect(broken.outputs.result).toBe('succeeded');
    expect(broken.exitCode).toBe(0);
  });
});

describe('the strict reader of these tests', () => {
  const block = (name: string, value: string) => {
    const delimiter = 'ghadelimiter_00000000-0000-0000-0000-000000000000';
    return `${name}<<${delimiter}\n${value}\n${delimiter}\n`;
  };

  test('takes whole blocks', () => {
    expect(parseOutputs(block('result', 'a\nb') + block('status', ''))).toEqual({
      result: 'a\nb',
      status: '',
    });
  });

  test.each([
    ['a name twice', block('result', 'a') + block('result', 'b')],
    ['an unknown name', block('path', 'a')],
    ['a plain line', 'result=a\n'],
    ['a block without an end', 'result<<ghadelimiter_00000000-0000-0000-0000-000000000000\na\n'],
    ['a missing last line break', 'result=a'],
  ])('refuses %s', (_name, text) => {
    expect(() => parseOutputs(text)).toThrow();
  });
});
