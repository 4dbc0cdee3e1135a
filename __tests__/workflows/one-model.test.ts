// The examples for one model, run as they are: a good model goes live, a bad one never does.
import { describe, expect, test } from '@jest/globals';
import { cancelStep, DAMAGED_DATA, type Place, putFile, runAlone } from './act-run.js';

const withBadData = (place: Place) => putFile(place, 'data/train.csv', DAMAGED_DATA);

describe('weekly-retrain.yml', () => {
  test('uploads, waits, and switches to a good model; the job id flows from step to step', async () => {
    const run = await runAlone({ workflow: 'weekly-retrain.yml', event: 'schedule' });
    expect(run.exitCode).toBe(0);
    const jobId = run.step('upload').outputs.retrain_job_id;
    expect(run.step('retrain').outputs).toMatchObject({ result: 'succeeded', retrain_job_id: jobId });
    const switched = { switched: 'true', retrain_job_id: jobId };
    expect(run.step('Switch the live model').outputs).toMatchObject(switched);
    expect(run.simulator.uploads.map(upload => upload.fileName)).toEqual(['train.zip']);
    expect(run.simulator.switchedJobIds).toEqual([jobId]);
    expect(run.simulator.artifacts.map(artifact => artifact.name)).toEqual([`retrain-results-${jobId}.zip`]);
    expect(run.summary).toContain('ready to switch');
  });

  test('the gate stops a bad model: the job fails and nothing is switched', async () => {
    const run = await runAlone({ workflow: 'weekly-retrain.yml', prepare: withBadData });
    expect(run.exitCode).toBe(1);
    expect(run.step('retrain').outputs).toMatchObject({ result: 'gate_failed', ready_to_switch: 'false' });
    expect(run.jobs.get('retrain')).toEqual(['failure']);
    expect(run.simulator.switchedJobIds).toEqual([]);
  });

  test('no key that it was given or got is in the log', async () => {
    const run = await runAlone({ workflow: 'weekly-retrain.yml' });
    expect(run.log).toContain('Got a fresh API key');
    expect(run.log).not.toContain(run.simulator.secretKey);
    expect(run.log).not.toContain('simulator-fresh-key');
  });
});

describe('gate-with-approval.yml', () => {
  test('a good model reaches the job that needs the approval, and that job switches it', async () => {
    const run = await runAlone({ workflow: 'gate-with-approval.yml' });
    expect(run.exitCode).toBe(0);
    const { retrain_job_id: jobId } = run.step('retrain').outputs;
    expect(run.step('Switch the live model').job).toBe('switch');
    expect(run.simulator.switchedJobIds).toEqual([jobId]);
  });

  test('for a bad model nobody is asked: the job that needs the approval does not start', async () => {
    const run = await runAlone({ workflow: 'gate-with-approval.yml', prepare: withBadData });
    expect(run.exitCode).toBe(1);
    expect(run.step('retrain').outputs).toMatchObject({ result: 'gate_failed', ready_to_switch: 'false' });
    expect(run.steps.filter(step => step.job === 'switch')).toEqual([]);
    expect(run.simulator.switchedJobIds).toEqual([]);
  });

  test('a cancelled run says so, says how to resume, and switches nothing', async () => {
    const run = await runAlone({
      workflow: 'gate-with-approval.yml',
      simulator: { jobSeconds: 600 },
      async during(workflow) {
        await workflow.logShows('Status: ');
        cancelStep(workflow, 'dist/index.js');
      },
    });
    expect(run.exitCode).toBe(1);
    const { retrain_job_id: jobId = '', ...outputs } = run.step('retrain').outputs;
    expect(outputs).toMatchObject({ result: 'cancelled', ready_to_switch: 'false' });
    expect(outputs.error_message).toContain('Training goes on');
    expect(run.summary).toContain(jobId);
    expect(run.steps.filter(step => step.job === 'switch')).toEqual([]);
    expect(run.simulator.switchedJobIds).toEqual([]);
  });
});

describe('resume.yml', () => {
  test('takes up the job that it is given: no upload, and the model goes live', async () => {
    const jobId = 'a-job-of-last-week';
    const run = await runAlone({
      workflow: 'resume.yml',
      simulator: { jobId },
      inputs: { retrain_job_id: jobId },
    });
    expect(run.exitCode).toBe(0);
    expect(run.step('retrain').outputs).toMatchObject({ result: 'succeeded', retrain_job_id: jobId });
    expect(run.simulator.uploads).toEqual([]);
    expect(run.simulator.switchedJobIds).toEqual([jobId]);
  });

  test('a job id that the vendor does not know ends the run', async () => {
    const run = await runAlone({ workflow: 'resume.yml', inputs: { retrain_job_id: 'nobody' } });
    expect(run.exitCode).toBe(1);
    expect(run.step('retrain').outputs).toMatchObject({ result: 'not_found' });
    expect(run.simulator.switchedJobIds).toEqual([]);
  });
});

describe('pull-request-dry-run.yml', () => {
  test('runs the whole loop on a simulator of its own, with no key, and talks to nobody else', async () => {
    const run = await runAlone({ workflow: 'pull-request-dry-run.yml', event: 'pull_request' });
    expect(run.exitCode).toBe(0);
    const { api_url: apiUrl, api_key: apiKey } = run.step('simulator').outputs;
    expect(apiUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(apiKey).not.toBe('');
    const { retrain_job_id: jobId } = run.step('upload').outputs;
    expect(run.step('retrain').outputs).toMatchObject({ result: 'succeeded', retrain_job_id: jobId });
    expect(run.step('Switch the simulated model').outputs).toMatchObject({ switched: 'true' });
    expect(run.simulator.requests.filter(({ server }) => server !== 'artifact')).toEqual([]);
  });

  test('damaged data fails the pull request', async () => {
    const run = await runAlone({
      workflow: 'pull-request-dry-run.yml',
      event: 'pull_request',
      prepare: withBadData,
    });
    expect(run.exitCode).toBe(1);
    expect(run.step('retrain').outputs).toMatchObject({ result: 'gate_failed' });
  });
});
