// The action `switch/` end to end: the one call, its faults, and what is told of them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { StatusScript } from '../../simulator/index.js';
import {
  annotations,
  leftFiles,
  PROJECT,
  type RetrainOptions,
  type RetrainRun,
  retrain,
} from './action-run.js';

/** Switches to the simulator's ready job, which is not finished for it before anybody asked: only answers with an HTTP status are scripted. */
function switchModel(options: RetrainOptions = {}): Promise<RetrainRun> {
  return retrain({ action: 'switch', scenario: answers(GOOD), ...options });
}

const GOOD: StatusScript = {
  httpStatus: 200,
  body: context => ({ metadata: { retrain_job_id: context.jobId } }),
};
const answers = (...switchAnswers: StatusScript[]) => ({ switchAnswers });

function expectNotSwitched(run: RetrainRun, result: string): void {
  expect(run.outputs).toMatchObject({ result, switched: 'false', retrain_job_id: run.simulator.jobId });
  expect(run.exitCode).toBe(1);
  expect(annotations(run, 'error')).toHaveLength(1);
  expect(leftFiles(run)).toEqual([]);
}

describe('a switch', () => {
  test.concurrent('is one PUT without a body, and told', async () => {
    const run = await switchModel();
    expect(run.outputs).toEqual({
      result: 'succeeded',
      switched: 'true',
      retrain_job_id: run.simulator.jobId,
    });
    expect(run.exitCode).toBe(0);
    expect(run.status.map(({ method, path, body }) => [method, path, body?.length ?? 0])).toEqual([
      ['PUT', `/v1/external/retrain_jobs/${run.simulator.jobId}/update_model`, 0],
    ]);
    expect(run.summary).toMatch(/^## ✅ Switched/);
    expect(run.lingeredMs).toBeLessThan(1_500);
  });

  test.concurrent('of a job with any name goes to one path segment', async () => {
    const jobId = 'ジョブ/../1?x=%2e';
    const run = await switchModel({ simulator: { jobId } });
    expect(run.outputs).toMatchObject({ switched: 'true', retrain_job_id: jobId });
    expect(run.status[0]?.path).toBe(`/v1/external/retrain_jobs/${encodeURIComponent(jobId)}/update_model`);
  });

  test.concurrent('that comes too early is not_finished, once asked', async () => {
    const run = await switchModel({ scenario: {}, simulator: { jobSeconds: 600 } });
    expectNotSwitched(run, 'not_finished');
    expect(run.outputs).toMatchObject({
      error_code: '4001000204',
      error_message: expect.stringContaining('ready_to_switch'),
    });
    expect(run.status).toHaveLength(1);
  });
});

describe('errors', () => {
  test.concurrent.each<[string, StatusScript, string]>([
    ['a wrong key', { httpStatus: 400, message: 'invalid_api_key.' }, 'auth_error'],
    ['HTTP 401', { httpStatus: 401, body: '' }, 'auth_error'],
    ['an unknown job', { httpStatus: 400, message: 'Not found retrain job.' }, 'not_found'],
    ['a deleted API', { httpStatus: 400, message: 'Not found classifier.' }, 'not_found'],
    [
      'a deleted job, for which this action has no word of its own',
      { httpStatus: 400, message: 'This job may be deleted.' },
      'not_found',
    ],
    ['HTTP 404', { httpStatus: 404, body: '' }, 'not_found'],
    ['any other refusal', { httpStatus: 418, body: '' }, 'api_error'],
    ['a redirect', { httpStatus: 307, headers: { location: 'http://127.0.0.1:9/' }, body: '' }, 'api_error'],
    [
      'an answer about another job',
      { httpStatus: 200, body: { metadata: { retrain_job_id: 'other' } } },
      'api_error',
    ],
    [
      'an error with HTTP 200',
      { httpStatus: 200, body: { code: 4001000204, message: 'Retrain job is not finished.' } },
      'not_finished',
    ],
  ])('%s is final', async (_what, script, result) => {
    const run = await switchModel({ scenario: answers(script) });
    expectNotSwitched(run, result);
    expect(run.status).toHaveLength(1);
  });

  test.concurrent.each<[string, object, string]>([
    ['a known message', { message: 'Retrain job is not finished.' }, 'not_finished'],
    ['a list of errors', { errors: [{ code: 4001000204, message: 'Not found classifier.' }] }, 'not_found'],
    ['a nested error', { detail: { code: '4001000299', error: 'X' } }, 'api_error'],
  ])('an answer about the job with %s beside it is no switch', async (_what, fields, result) => {
    const body = (context: { jobId: string }) => ({ metadata: { retrain_job_id: context.jobId }, ...fields });
    const run = await switchModel({ scenario: answers({ httpStatus: 200, body }) });
    expectNotSwitched(run, result);
    expect(run.status).toHaveLength(1);
  });

  test.concurrent('error fields that are null are none', async () => {
    const body = (context: { jobId: string }) => ({
      metadata: { retrain_job_id: context.jobId },
      ...{ code: null, error: null, message: null },
    });
    const run = await switchModel({ scenario: answers({ httpStatus: 200, body }) });
    expect(run.outputs).toMatchObject({ result: 'succeeded', switched: 'true' });
  });

  test.concurrent('a Retry-After that nobody waits for ends it at once, saying so', async () => {
    const run = await switchModel({
      scenario: answers({ httpStatus: 429, headers: { 'retry-after': '86400' } }, GOOD),
    });
    expectNotSwitched(run, 'api_error');
    expect(run.outputs.error_message).toMatch(/the API asked to wait \S+ h/);
    expect(run.outputs.error_message).not.toContain('kept failing');
    expect(run.status).toHaveLength(1);
  });

  test.concurrent.each<[string, StatusScript]>([
    ['a reset', { httpStatus: 200, fault: 'reset' }],
    ['silence', { httpStatus: 200, fault: 'hang' }],
    ['a cut answer', { ...GOOD, fault: 'cut_body' }],
    ['HTTP 503', { httpStatus: 503 }],
    ['HTTP 429', { httpStatus: 429 }],
    ['an empty answer', { httpStatus: 200, body: {} }],
  ])('%s is asked again', async (_what, script) => {
    const run = await switchModel({
      scenario: answers(script, GOOD),
      inputs: { max_outage_minutes: '1', request_timeout_seconds: '1' },
    });
    expect(run.outputs).toMatchObject({ result: 'succeeded', switched: 'true' });
    expect(run.status).toHaveLength(2);
  });

  test.concurrent.each<[string, StatusScript, string]>([
    ['no answer at all', { httpStatus: 200, fault: 'reset' }, 'network_error'],
    ['a server error', { httpStatus: 500 }, 'api_error'],
  ])('%s that lasts is an error of its own', async (_what, script, result) => {
    expectNotSwitched(
      await switchModel({ scenario: answers(...Array<StatusScript>(30).fill(script)) }),
      result,
    );
  });

  test.concurrent('a job id that cannot be one is invalid_input, before any request', async () => {
    const run = await switchModel({ inputs: { retrain_job_id: 'two words' } });
    expect(run.outputs).toMatchObject({ result: 'invalid_input', switched: 'false' });
    expect(run.status).toEqual([]);
  });

  test.concurrent('a cancel is told within two seconds, and what it may have left', async () => {
    let sentAtMs = 0;
    const run = await switchModel({
      scenario: answers({ httpStatus: 200, fault: 'hang' }),
      inputs: { request_timeout_seconds: '60' },
      during: async (action, simulator) => {
        await simulator.requestArrives(1);
        sentAtMs = action.signal('SIGINT');
      },
    });
    expectNotSwitched(run, 'cancelled');
    expect(run.endedAtMs - sentAtMs).toBeLessThan(2_000);
    expect(run.outputs.error_message).toContain('switching twice does no harm');
  });
});

test('every result that action.yml names is one of the contract’s, and the other way round', () => {
  const { outputs } = parse(readFileSync(join(PROJECT, 'switch/action.yml'), 'utf8'));
  const named = outputs.result.description
    .replace(/\(.*?\)/gs, '')
    .match(/[a-z]+_[a-z]+|succeeded|cancelled/g);
  expect(named).toEqual([
    ...['succeeded', 'not_finished', 'invalid_input', 'auth_error', 'not_found'],
    ...['api_error', 'network_error', 'cancelled', 'internal_error'],
  ]);
});
