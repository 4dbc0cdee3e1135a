// Rules 1 and 4 end to end: what a status means, and that the answer is about the right job.
import { describe, expect, test } from '@jest/globals';
import { verbatimNumber } from '../../simulator/index.js';
import { annotations, retrain } from './action-run.js';

const NO_ARTIFACT = { upload_artifact: 'false' };
const ONLY_STATUS = { download_results: 'false' };

describe('rule 1: what a status means', () => {
  test.concurrent('job_finished is success', async () => {
    const run = await retrain({ inputs: ONLY_STATUS });
    expect(run.outputs).toMatchObject({
      result: 'succeeded',
      ready_to_switch: 'true',
      status: 'job_finished',
    });
    expect(run.exitCode).toBe(0);
  });

  test.concurrent.each([
    'job_failed',
    'FAILURE',
    'trainingError',
    'job-cancelled',
    'Canceling',
    'aborted by user',
    'TERMINATED',
    'killed.9',
    'job2Expired',
    'deleted',
    'rejected',
    'stopping',
    'INVALID_DATA',
    'job_timeouts',
    'timed_out',
    'HTTPErrors',
  ])('the status %s names a failure: job_failed, exit code 1, at once', async status => {
    const run = await retrain({ scenario: { statusAnswers: [{ status }] }, inputs: ONLY_STATUS });
    expect(run.outputs).toMatchObject({ result: 'job_failed', ready_to_switch: 'false', status });
    expect(run.exitCode).toBe(1);
    expect(run.status).toHaveLength(1);
  });

  test.concurrent.each(['unfailing', 'terror', 'time_in', 'killer', 'stop', 'timedoutside'])(
    'the status %s only contains such letters: in progress',
    async status => {
      const run = await retrain({ scenario: { statusAnswers: [{ status }, {}] }, inputs: ONLY_STATUS });
      expect(run.outputs).toMatchObject({ result: 'succeeded', status_checks: '2' });
    },
  );

  test.concurrent('a status listed in failure_statuses is failure, in any letter case', async () => {
    const run = await retrain({
      scenario: { statusAnswers: [{ status: 'OUT of budget' }] },
      inputs: { ...ONLY_STATUS, failure_statuses: 'paused,\n out OF Budget ' },
    });
    expect(run.outputs.result).toBe('job_failed');
  });

  test.concurrent('failure_statuses are compared whole', async () => {
    const run = await retrain({
      scenario: { statusAnswers: [{ status: 'paused_for_night' }, {}] },
      inputs: { ...ONLY_STATUS, failure_statuses: 'paused' },
    });
    expect(run.outputs.result).toBe('succeeded');
  });

  test.concurrent("a failure comes with the API's message", async () => {
    const run = await retrain({ scenario: 'failed', inputs: NO_ARTIFACT });
    expect(run.outputs.message).toBe('The number of rows is too small to train.');
    expect(run.outputs.error_message).toContain('The number of rows is too small to train.');
    expect(annotations(run, 'error')).toEqual([expect.stringContaining('The number of rows is too small')]);
    expect(run.summary).toContain('The number of rows is too small to train.');
  });

  test.concurrent.each(['Job_Finished', 'job_finished ', 'JOB_FINISHED'])(
    'job_finished is matched exactly: %j is in progress',
    async status => {
      const run = await retrain({ scenario: { statusAnswers: [{ status }, {}] }, inputs: ONLY_STATUS });
      expect(run.outputs).toMatchObject({ result: 'succeeded', status_checks: '2' });
    },
  );

  test.concurrent('anything else is in progress', async () => {
    const statusAnswers = ['queued', '学習中', '🚀', '0', 'x'.repeat(5000)].map(status => ({ status }));
    const run = await retrain({ scenario: { statusAnswers: [...statusAnswers, {}] }, inputs: ONLY_STATUS });
    expect(run.outputs).toMatchObject({ result: 'succeeded', status_checks: '6' });
  });

  test.concurrent('a status that looks like an end gives one warning that it is not documented and the wait goes on', async () => {
    const statusAnswers = ['completed', 'completed', 'training_done', 'SUCCESS', 'finished'].map(status => ({
      status,
    }));
    const run = await retrain({ scenario: { statusAnswers: [...statusAnswers, {}] }, inputs: ONLY_STATUS });
    const warnings = annotations(run, 'warning');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/completed.*documents only.*the wait goes on/);
    expect(run.outputs).toMatchObject({ result: 'succeeded', status_checks: '6' });
  });
});

describe('rule 4: the right job', () => {
  test.concurrent('an answer about another job stops with api_error', async () => {
    const run = await retrain({
      scenario: {
        statusAnswers: [{ body: { status: 'job_finished', metadata: { retrain_job_id: 'other' } } }],
      },
    });
    expect(run.outputs).toMatchObject({ result: 'api_error', ready_to_switch: 'false' });
    expect(run.outputs.error_message).toContain("'other'");
    expect(run.status).toHaveLength(1);
    expect(run.storage).toHaveLength(0);
  });

  test.concurrent('ids are compared as text, so a number that reads the same is the same job', async () => {
    const jobId = '9007199254740993';
    const run = await retrain({
      simulator: { jobId },
      scenario: {
        statusAnswers: [
          { body: { status: 'job_finished', metadata: { retrain_job_id: verbatimNumber(jobId) } } },
        ],
      },
      inputs: ONLY_STATUS,
    });
    expect(run.outputs).toMatchObject({ result: 'succeeded', retrain_job_id: jobId });
  });

  test.concurrent('an id that differs in letter case is another job', async () => {
    const run = await retrain({
      simulator: { jobId: 'job-a' },
      scenario: { statusAnswers: [{ body: { status: 'training', metadata: { retrain_job_id: 'JOB-A' } } }] },
      inputs: ONLY_STATUS,
    });
    expect(run.outputs.result).toBe('api_error');
  });

  test.concurrent('an answer without the id is taken', async () => {
    const run = await retrain({
      scenario: { statusAnswers: [{ body: { status: 'job_finished', metadata: {} } }] },
      inputs: ONLY_STATUS,
    });
    expect(run.outputs.result).toBe('succeeded');
  });
});
