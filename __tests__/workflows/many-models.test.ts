// The reusable workflow, called by the example and by workflows of the tests: every model gets its own right end.
import { describe, expect, test } from '@jest/globals';
import {
  cancelStep,
  DAMAGED_DATA,
  EVALUATION_DATA,
  GOOD_DATA,
  type Place,
  putFile,
  runAlone,
  type WorkflowRun,
} from './act-run.js';

const MODEL_ID = '48211';

interface ModelResult {
  readonly name: string;
  readonly result: string;
  readonly ready_to_switch: boolean;
  readonly switched: boolean;
  readonly switch_result: string;
  readonly retrain_job_id: string;
  readonly metrics: Readonly<Record<string, { readonly new: number }>>;
  readonly error_message: string;
}

/** What the last job of the reusable workflow says. */
function resultsOf(run: WorkflowRun): ModelResult[] {
  return JSON.parse(run.step('merge', ({ job }) => job === 'results').outputs.results ?? '');
}

/** A workflow that does nothing but call the reusable one. */
function putCaller(place: Place, call: object): void {
  const jobs = { retrain: { uses: 'OWNER/retrain-status-check/.github/workflows/retrain.yml@v1', ...call } };
  putFile(place, '.github/workflows/caller.yml', JSON.stringify({ on: 'workflow_dispatch', jobs }));
}

/** An expression of GitHub's, not of JavaScript's. */
const API_URL = `\u0024{{ vars.PREDICTION_ONE_API_URL }}`;

describe('many-models.yml', () => {
  test('20 models end with 20 right results, and exactly the good ones are switched', async () => {
    const models = Array.from({ length: 20 }, (_, index) => {
      const kind = index === 7 ? 'missing' : index % 3 === 1 ? 'bad' : 'good';
      return { name: `model ${index + 1}`, model_id: MODEL_ID, training_data: `data/${kind}.csv`, kind };
    });
    const given = models.map(({ kind, ...model }) => ({ ...model, evaluation_data: 'data/evaluate.csv' }));
    const run = await runAlone({
      workflow: 'many-models.yml',
      vars: { PREDICTION_ONE_MODELS: JSON.stringify(given) },
      prepare(place) {
        putFile(place, 'data/good.csv', GOOD_DATA);
        putFile(place, 'data/bad.csv', DAMAGED_DATA);
      },
    });
    // A leg that fails makes the run fail, though all others went on.
    expect(run.exitCode).toBe(1);
    const results = resultsOf(run);
    const expected = { good: 'succeeded', bad: 'gate_failed', missing: 'invalid_input' } as const;
    expect(results.map(({ name, result }) => `${name}: ${result}`)).toEqual(
      models.map(({ name, kind }) => `${name}: ${expected[kind as keyof typeof expected]}`),
    );
    expect(results.map(({ switched }) => switched)).toEqual(models.map(({ kind }) => kind === 'good'));
    const good = results.filter(({ switched }) => switched).map(model => model.retrain_job_id);
    expect(new Set(good).size).toBe(13);
    expect([...run.simulator.switchedJobIds].sort()).toEqual([...good].sort());
    expect(new Set(run.simulator.uploads.map(upload => upload.jobId)).size).toBe(19);
    for (const { result, metrics } of results) {
      if (result === 'succeeded') expect(metrics.Accuracy?.new).toBeGreaterThan(0.8);
      if (result === 'gate_failed') expect(metrics.Accuracy?.new).toBeLessThan(0.8);
    }
    expect(results[7]?.error_message).toContain('training_data');
  });

  test('the caller gets the results', async () => {
    const models = ['tokyo', 'osaka'].map(name => {
      return {
        name,
        model_id: MODEL_ID,
        training_data: 'data/train.csv',
        evaluation_data: 'data/evaluate.csv',
      };
    });
    const run = await runAlone({
      workflow: 'many-models.yml',
      vars: { PREDICTION_ONE_MODELS: JSON.stringify(models) },
    });
    expect(run.exitCode).toBe(0);
    expect(run.log).toContain('tokyo: succeeded, switched');
    expect(run.log).toContain('osaka: succeeded, switched');
  });
});

describe('retrain.yml', () => {
  const CALL = { api_url: API_URL, gate: 'Accuracy >= 0.8', environment: 'production' };

  test('a leg that is cancelled says so in the results, and the others go on', async () => {
    const models = [
      { name: 'slow', retrain_job_id: 'a-slow-job' },
      { name: 'unknown', retrain_job_id: 'nobody' },
    ];
    const run = await runAlone({
      workflow: 'caller.yml',
      simulator: { jobId: 'a-slow-job', jobSeconds: 600 },
      prepare: place =>
        putCaller(place, {
          with: { ...CALL, models: JSON.stringify(models) },
          secrets: 'inherit',
        }),
      async during(workflow) {
        await workflow.logShows('Status: ');
        cancelStep(workflow, 'dist/index.js');
      },
    });
    expect(run.exitCode).toBe(1);
    expect(resultsOf(run)).toEqual([
      expect.objectContaining({
        name: 'slow',
        result: 'cancelled',
        switched: false,
        retrain_job_id: 'a-slow-job',
      }),
      expect.objectContaining({ name: 'unknown', result: 'not_found', switched: false }),
    ]);
  });

  test('keys by the name of a secret, one key for the rest, and a job that is there already', async () => {
    const models = [
      { name: 'own', api_key_secret: 'PREDICTION_ONE_API_KEY', training_data: 'data/train.csv' },
      { name: 'shared', training_data: 'data/train.csv', gate: 'Accuracy >= 0.999' },
      { name: 'resumed', retrain_job_id: 'a-job-of-last-week' },
      { name: 'keyless', api_key_secret: 'NOT_THERE', model_id: '9', training_data: 'data/train.csv' },
    ];
    const run = await runAlone({
      workflow: 'caller.yml',
      simulator: { jobId: 'a-job-of-last-week' },
      prepare: place =>
        putCaller(place, { with: { ...CALL, models: JSON.stringify(models) }, secrets: 'inherit' }),
    });
    const results = resultsOf(run);
    expect(results.map(({ name, result, switched }) => ({ name, result, switched }))).toEqual([
      { name: 'own', result: 'succeeded', switched: true },
      { name: 'shared', result: 'gate_failed', switched: false },
      { name: 'resumed', result: 'succeeded', switched: true },
      { name: 'keyless', result: 'auth_error', switched: false },
    ]);
    expect(run.simulator.uploads).toHaveLength(2);
  });

  test.each([
    ['two models of one name', [{ name: 'a' }, { name: 'a' }], 'Every model needs a name of its own.'],
    ['a name that no artifact can have', [{ name: 'a/b' }], 'must be fit for an artifact'],
  ])('%s are refused before anything is uploaded', async (_, models, complaint) => {
    const given = models.map(model => ({ ...model, training_data: 'data/train.csv' }));
    const run = await runAlone({
      workflow: 'caller.yml',
      prepare: place =>
        putCaller(place, { with: { ...CALL, models: JSON.stringify(given) }, secrets: 'inherit' }),
    });
    expect(run.exitCode).toBe(1);
    expect(run.log).toContain(complaint);
    expect(run.simulator.requests.filter(({ server }) => server === 'api')).toEqual([]);
  });

  test('with switch: false it retrains and judges only', async () => {
    const models = [{ name: 'a', training_data: 'data/train.csv' }];
    const run = await runAlone({
      workflow: 'caller.yml',
      prepare: place =>
        putCaller(place, {
          with: { ...CALL, switch: false, models: JSON.stringify(models) },
          secrets: 'inherit',
        }),
    });
    expect(run.exitCode).toBe(0);
    expect(resultsOf(run)).toMatchObject([{ result: 'succeeded', ready_to_switch: true, switched: false }]);
    expect(run.simulator.switchedJobIds).toEqual([]);
  });

  test('with dry_run: true everything but the switch runs on the simulator of each leg, with no key', async () => {
    const data = { training_data: 'data/train.csv', evaluation_data: 'data/evaluate.csv' };
    const models = [
      { name: 'a', model_id: MODEL_ID, ...data },
      { name: 'b', ...data, gate: 'Accuracy >= 0.999' },
    ];
    const run = await runAlone({
      workflow: 'caller.yml',
      prepare: place =>
        putCaller(place, { with: { ...CALL, dry_run: true, models: JSON.stringify(models) } }),
    });
    expect(resultsOf(run)).toMatchObject([
      { name: 'a', result: 'succeeded', ready_to_switch: true, switched: false },
      { name: 'b', result: 'gate_failed', ready_to_switch: false, switched: false },
    ]);
    // The one that stands for the vendor heard nothing.
    expect(run.simulator.requests.filter(({ server }) => server !== 'artifact')).toEqual([]);
  });

  test('takes its data from an artifact of the run', async () => {
    const models = [{ name: 'a', training_data: 'fresh/train.csv', evaluation_data: 'fresh/evaluation.csv' }];
    const run = await runAlone({
      workflow: 'caller.yml',
      prepare(place) {
        putFile(place, 'elsewhere/fresh/train.csv', GOOD_DATA);
        putFile(place, 'elsewhere/fresh/evaluation.csv', EVALUATION_DATA);
        const prepare = {
          'runs-on': 'ubuntu-latest',
          steps: [
            { uses: 'actions/checkout@v6' },
            { uses: 'actions/upload-artifact@v7', with: { name: 'fresh-data', path: 'elsewhere' } },
          ],
        };
        const retrain = {
          needs: 'prepare',
          uses: 'OWNER/retrain-status-check/.github/workflows/retrain.yml@v1',
          with: { ...CALL, data_artifact: 'fresh-data', models: JSON.stringify(models) },
          secrets: 'inherit',
        };
        const workflow = { on: 'workflow_dispatch', jobs: { prepare, retrain } };
        putFile(place, '.github/workflows/caller.yml', JSON.stringify(workflow));
      },
    });
    expect(resultsOf(run)).toMatchObject([{ result: 'succeeded', switched: true }]);
  });
});
