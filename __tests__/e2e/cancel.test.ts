// Rule 10 end to end: a cancel at any moment is answered within two seconds, with outputs, summary and clean folders.
import { describe, expect, test } from '@jest/globals';
import { archiveOf } from '../support/archives.js';
import {
  type ActionRun,
  leftFiles,
  QUICK,
  type RetrainOptions,
  type RunningAction,
  retrain,
  runAction,
} from './action-run.js';
import { API_KEY, connectProxy, JOB_ID, silentServer, withBlackHole, withServer } from './servers.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const RAW_INPUTS = { ...QUICK, retrain_job_id: JOB_ID, api_key: API_KEY, request_timeout_seconds: '30' };
const LONG = { poll_interval_seconds: '30', request_timeout_seconds: '30', max_outage_minutes: '10' };

function expectCancelled(run: ActionRun, sentAtMs: number): void {
  expect(run.diedOf).toBeNull();
  expect(run.exitCode).toBe(1);
  expect(run.outputs).toMatchObject({ result: 'cancelled', ready_to_switch: 'false' });
  expect(run.endedAtMs - sentAtMs).toBeLessThan(2_000);
  for (const text of [run.outputs.error_message, run.summary]) {
    expect(text).toMatch(/Training goes on at the vendor/);
    expect(text).toMatch(/same retrain.?(_|&#95;)job.?(_|&#95;)id to resume/);
  }
  expect(leftFiles(run).filter(path => /partial|probe|retrain-artifact/.test(path))).toEqual([]);
}

/** Time for the action to get from sending a request to waiting for its answer. */
function moment(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 150));
}

type Situation = Pick<RetrainOptions, 'scenario' | 'inputs'> & {
  readonly until: NonNullable<RetrainOptions['during']>;
};

const ON_STORAGE = ({ server }: { server: string }) => server === 'storage';
const SITUATIONS: Readonly<Record<string, Situation>> = {
  'sleeping between checks': {
    scenario: 'timeout',
    until: action => action.logShows('training'),
  },
  'sleeping after a fault': {
    scenario: { statusAnswers: [{ httpStatus: 503 }] },
    until: (_action, simulator) => simulator.requestArrives(1).then(moment),
  },
  'sleeping through a Retry-After': {
    scenario: { statusAnswers: [{ status: 'training', headers: { 'retry-after': '60' } }] },
    inputs: { timeout_minutes: '5' },
    until: action => action.logShows('training'),
  },
  'waiting for an answer': {
    scenario: { statusAnswers: [{ fault: 'hang' }] },
    until: (_action, simulator) => simulator.requestArrives(1).then(moment),
  },
  'reading a stalled answer': {
    scenario: { statusAnswers: [{ status: 'training', fault: 'stall_body' }] },
    until: (_action, simulator) => simulator.requestArrives(1).then(moment),
  },
  'waiting for the first byte of the file': {
    scenario: { storage: [{ fault: 'hang' }] },
    until: (_action, simulator) => simulator.requestArrives(1, ON_STORAGE).then(moment),
  },
  'downloading a stalled file': {
    scenario: { results: { sizeBytes: 3_000_000 }, storage: [{ fault: 'stall' }] },
    until: (_action, simulator) => simulator.requestArrives(1, ON_STORAGE).then(moment),
  },
  'downloading a file that flows': {
    scenario: { results: { sizeBytes: 9_000_000 }, storage: [{ bytesPerSecond: 2_000_000 }] },
    until: (_action, simulator) => simulator.requestArrives(1, ON_STORAGE).then(moment),
  },
  'pausing after a fault of storage': {
    scenario: 'storage-down',
    until: (_action, simulator) => simulator.requestArrives(2, ON_STORAGE).then(moment),
  },
  'waiting for the download_url': {
    scenario: { statusAnswers: [{ omitDownloadUrl: true }] },
    until: (_action, simulator) => simulator.requestArrives(1).then(moment),
  },
  'creating the artifact': {
    scenario: { artifact: [{ on: 'CreateArtifact', fault: 'hang' }] },
    until: (_action, simulator) =>
      simulator.requestArrives(1, ({ server }) => server === 'artifact').then(moment),
  },
  'uploading the artifact': {
    scenario: { results: { sizeBytes: 9_000_000 }, artifact: Array(9).fill({ on: 'blob', fault: 'hang' }) },
    until: (_action, simulator) =>
      simulator.requestArrives(2, ({ server }) => server === 'artifact').then(moment),
  },
  'finalizing the artifact': {
    scenario: { artifact: [{ on: 'FinalizeArtifact', fault: 'hang' }] },
    until: (_action, simulator) =>
      simulator.requestArrives(1, ({ path }) => path.endsWith('FinalizeArtifact')).then(moment),
  },
};

describe.each(SIGNALS)('rule 10: %s', name => {
  test.concurrent.each(Object.keys(SITUATIONS))('while %s: within two seconds', async key => {
    const situation = SITUATIONS[key];
    let sentAtMs = 0;
    const run = await retrain({
      scenario: situation?.scenario ?? {},
      inputs: { ...LONG, ...situation?.inputs },
      during: async (action, simulator) => {
        await situation?.until(action, simulator);
        sentAtMs = action.signal(name);
      },
    });
    expectCancelled(run, sentAtMs);
    expect(run.outputs.retrain_job_id).toBe(run.simulator.jobId);
  });

  const cancelling = async (port: number, env: Record<string, string>, api_url: string) => {
    let sentAtMs = 0;
    const run = await runAction({
      inputs: { ...RAW_INPUTS, api_url },
      env,
      during: async (action: RunningAction) => {
        // Nobody can tell when it connects; printing the mask is its first deed, connecting follows at once.
        await action.logShows('::add-mask::');
        await moment();
        await moment();
        sentAtMs = action.signal(name);
      },
    });
    expect(port).toBeGreaterThan(0);
    expectCancelled(run, sentAtMs);
  };

  test.concurrent('while connecting to a black hole: within two seconds', () =>
    withBlackHole(port => cancelling(port, {}, `http://127.0.0.1:${port}`)));

  test.concurrent('while waiting for a TLS handshake: within two seconds', () =>
    withServer(silentServer(), port => cancelling(port, {}, `https://127.0.0.1:${port}`)));

  test.concurrent('while waiting for a proxy: within two seconds', () =>
    withServer(silentServer(), port =>
      cancelling(port, { HTTPS_PROXY: `http://127.0.0.1:${port}` }, 'https://api.test.invalid'),
    ));

  test.concurrent('while waiting for a host behind a proxy: within two seconds', () =>
    withServer(silentServer(), silentPort =>
      withServer(
        connectProxy(() => silentPort, []),
        port => cancelling(port, { HTTPS_PROXY: `http://127.0.0.1:${port}` }, 'https://api.test.invalid'),
      ),
    ));
});

describe('rule 10: what is told', () => {
  test.concurrent('the outputs hold all that was known', async () => {
    const run = await retrain({
      scenario: { statusAnswers: [{ body: { status: 'training', model_id: 48211, message: 'epoch 3' } }] },
      inputs: LONG,
      during: async action => {
        await action.logShows('training');
        action.signal('SIGINT');
      },
    });
    expect(run.outputs).toMatchObject({
      result: 'cancelled',
      status: 'training',
      model_id: '48211',
      message: 'epoch 3',
      status_checks: '1',
    });
    expect(run.outputs.elapsed_seconds).toMatch(/^\d+(\.\d)?$/);
    expect(run.summary).toContain('training');
  });

  test.concurrent('the outputs hold the results when the cancel comes during the upload', async () => {
    const run = await retrain({
      scenario: { artifact: [{ on: 'CreateArtifact', fault: 'hang' }] },
      during: async (action, simulator) => {
        await simulator.requestArrives(1, ({ server }) => server === 'artifact');
        action.signal('SIGTERM');
      },
    });
    expect(run.outputs).toMatchObject({ result: 'cancelled', results_sha256: run.simulator.results.sha256 });
    expect(leftFiles(run).some(path => path.endsWith('retrain_results.zip'))).toBe(true);
  });

  test.concurrent('further signals are no further cancels: one report', async () => {
    const run = await retrain({
      scenario: 'timeout',
      inputs: LONG,
      during: async action => {
        await action.logShows('training');
        for (const name of ['SIGINT', 'SIGTERM', 'SIGINT'] as const) action.signal(name);
      },
    });
    expect(run.outputs.result).toBe('cancelled');
    expect(run.commands.filter(command => command.name === 'error')).toHaveLength(1);
    expect(run.summary.match(/^## /gm)).toHaveLength(1);
  });

  test.concurrent('a cancel is no failure of the job: status checks end at once', async () => {
    const run = await retrain({
      scenario: 'timeout',
      during: async action => {
        await action.logShows('training');
        action.signal('SIGINT');
      },
    });
    expect(run.outputs.result).toBe('cancelled');
    expect(run.status.length).toBeLessThan(10);
  });
});

// Not beside the others, whose time is measured: making the tables holds this process up too.
test('a cancel while large tables are being read is heard before the step says succeeded', async () => {
  const rows = Array.from({ length: 49_000 }, (_, row) => `"${'column'.repeat(10)}${row}",${row}`).join('\n');
  const text = `column,contribution\n${rows}\n`;
  const bytes = await archiveOf([
    { name: 'metrics.csv', text: 'metric,value\nAUC,0.9\n' },
    { name: 'analysis_summary.csv', text },
    { name: 'analysis_summary_previous_model.csv', text },
  ]);
  const run = await retrain({
    scenario: { statusAnswers: [{ status: 'job_finished' }], results: { bytes } },
    inputs: { gate: 'AUC >= 0.5', upload_artifact: 'false', extract_results: 'false' },
    during: async (action, simulator) => {
      await simulator.requestArrives(1, ({ server }) => server === 'storage');
      await new Promise(resolve => setTimeout(resolve, 150));
      action.signal('SIGINT');
    },
  });
  expect(run.outputs).toMatchObject({ result: 'cancelled', ready_to_switch: 'false' });
});
