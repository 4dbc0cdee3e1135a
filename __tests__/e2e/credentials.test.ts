// The credentials of all three actions: a fresh key is got with the secret key, kept secret, and sent nowhere else.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Scenario } from '../../simulator/index.js';
import { type ActionName, type RetrainOptions, type RetrainRun, retrain } from './action-run.js';

const ACTIONS: readonly ActionName[] = ['.', 'upload', 'switch'];
const SECRET_KEY = 'simulator-secret-key-0123456789';
const MODEL_ID = '48211';
const WITH_SECRET = { api_key: '', secret_key: SECRET_KEY, model_id: MODEL_ID };
const SWITCHED: Scenario = {
  switchAnswers: [{ httpStatus: 200, body: context => ({ metadata: { retrain_job_id: context.jobId } }) }],
};

/** A run of the action that ends well when its key is good. */
function runOf(
  action: ActionName,
  inputs: Record<string, string>,
  options: RetrainOptions = {},
): Promise<RetrainRun> {
  const data = { training_data: 'train.csv' };
  return retrain({
    action,
    prepare: ({ workspace }) => writeFileSync(join(workspace, 'train.csv'), 'a,b\n1,2\n'),
    ...options,
    scenario: { ...SWITCHED, ...(options.scenario as Scenario) },
    inputs: { ...(action === 'upload' ? data : {}), ...inputs, ...options.inputs },
  });
}

const keyCalls = (run: RetrainRun) =>
  run.status.filter(({ path }) => path.startsWith('/v1/external/api-key'));

describe.each(ACTIONS)('in %s, secret_key with model_id', action => {
  test.concurrent('gets a fresh key, which is masked, used and never seen', async () => {
    const run = await runOf(action, WITH_SECRET);
    expect(run.outputs.result).toBe('succeeded');
    expect(keyCalls(run).map(({ method, path }) => [method, path])).toEqual([
      ['GET', `/v1/external/api-key?credential_type=retrain&model_id=${MODEL_ID}`],
    ]);
    const others = run.status.slice(1).map(({ headers }) => String(headers['x-api-key']));
    const minted = others[0] ?? '';
    expect(minted).toMatch(/^simulator-fresh-key-/);
    expect(new Set(others)).toEqual(new Set([minted]));
    expect(run.commands.filter(({ name }) => name === 'add-mask').map(({ message }) => message)).toEqual(
      expect.arrayContaining([SECRET_KEY, minted]),
    );
    const seen = run.log + run.stderr + run.summary + JSON.stringify(run.outputs);
    expect(seen).not.toContain(minted);
    expect(seen).not.toContain(SECRET_KEY);
  });

  test.concurrent('goes to the API alone, and the secret key to the key call alone', async () => {
    const run = await runOf(action, WITH_SECRET);
    const withSecret = run.simulator.requests.filter(({ headers, path }) =>
      JSON.stringify([headers, path]).includes(SECRET_KEY),
    );
    expect(withSecret).toEqual(keyCalls(run));
    const elsewhere = [...run.storage, ...run.artifact].map(({ headers }) => Object.keys(headers));
    expect(elsewhere.flat()).not.toContain('x-api-key');
  });

  test.concurrent.each([400, 401, 403, 404, 418])(
    'HTTP %i of the key call is auth_error at once',
    async httpStatus => {
      const run = await runOf(action, WITH_SECRET, {
        scenario: { keyAnswers: [{ httpStatus, message: 'No.' }] },
      });
      expect(run.outputs).toMatchObject({
        result: 'auth_error',
        error_message: expect.stringContaining('secret_key'),
      });
      expect(run.exitCode).toBe(1);
      expect(run.status).toHaveLength(1);
    },
  );

  test.concurrent('that belongs to another account is auth_error', async () => {
    const run = await runOf(action, { ...WITH_SECRET, secret_key: 'another-secret-key-0123456789' });
    expect(run.outputs.result).toBe('auth_error');
    expect(run.status).toHaveLength(1);
  });

  test.concurrent('whose fresh key is refused is told so, and not that it has expired', async () => {
    const refusal = [{ httpStatus: 400, message: 'Inactive_credential.' }];
    const scenario = { statusAnswers: refusal, uploadAnswers: refusal, switchAnswers: refusal };
    const run = await runOf(action, WITH_SECRET, { scenario });
    expect(run.outputs.result).toBe('auth_error');
    expect(run.outputs.error_message).toMatch(/secret_key in this very run.*model_id/);
    expect(run.outputs.error_message).not.toContain('30 days');
  });

  test.concurrent('is asked for again after passing faults', async () => {
    const keyAnswers = [{ fault: 'reset' as const }, { httpStatus: 503 }, { httpStatus: 429 }];
    const run = await runOf(
      action,
      { ...WITH_SECRET, max_outage_minutes: '1' },
      { scenario: { keyAnswers } },
    );
    expect(run.outputs.result).toBe('succeeded');
    expect(keyCalls(run)).toHaveLength(4);
  });

  test.concurrent.each([
    ['network_error', { fault: 'reset' as const }],
    ['api_error', { httpStatus: 500 }],
    ['api_error', { httpStatus: 200, body: { api_key: '' } }],
  ])('that gets no key for too long ends as %s', async (result, script) => {
    const run = await runOf(
      action,
      { ...WITH_SECRET, max_outage_minutes: '0' },
      { scenario: { keyAnswers: [script] } },
    );
    expect(run.outputs.result).toBe(result);
    expect(run.status).toHaveLength(1);
  });

  test.concurrent('never follows a redirect', async () => {
    const location = 'http://127.0.0.1:9/';
    const run = await runOf(action, WITH_SECRET, {
      scenario: { keyAnswers: [{ httpStatus: 302, headers: { location }, body: '' }] },
    });
    expect(run.outputs.result).toBe('api_error');
    expect(run.status).toHaveLength(1);
  });

  test.concurrent.each([
    { what: 'neither key', inputs: { api_key: '' }, says: "'api_key' must be" },
    {
      what: 'both keys',
      inputs: { secret_key: SECRET_KEY, model_id: MODEL_ID },
      says: "'secret_key' must be empty",
    },
    {
      what: 'a secret key without a model',
      inputs: { api_key: '', secret_key: SECRET_KEY },
      says: "'model_id' must be",
    },
    {
      what: 'a model without a secret key',
      inputs: { model_id: MODEL_ID },
      says: "'model_id' must be empty",
    },
    {
      what: 'a model id that is none',
      inputs: { ...WITH_SECRET, model_id: '48x' },
      says: "'model_id' must be",
    },
    {
      what: 'a secret key in the place of the model',
      inputs: { api_key: '', secret_key: MODEL_ID, model_id: SECRET_KEY },
      says: "seems to be swapped with 'secret_key': current value is not shown",
    },
    {
      what: 'a secret key with a line break',
      inputs: { ...WITH_SECRET, secret_key: 'abcdefgh\nijklmnop' },
      says: "'secret_key' must be",
    },
  ])('$what is invalid_input, before any request', async ({ inputs, says }) => {
    const run = await runOf(action, inputs as Record<string, string>);
    expect(run.outputs).toMatchObject({
      result: 'invalid_input',
      error_message: expect.stringContaining(says),
    });
    expect(run.simulator.requests).toEqual([]);
    expect(run.log + run.summary + JSON.stringify(run.outputs)).not.toContain(SECRET_KEY);
  });
});
