// wait-without-runner.yml and check-retrain.yml, run after each other as they are; `gh` is a script that writes down its calls.
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type SimulatorOptions, startSimulator } from '../../simulator/index.js';
import { DAMAGED_DATA, inPlace, type Place, putFile, runWorkflow, type WorkflowRun } from './act-run.js';

const ENABLE = 'workflow enable check-retrain.yml --repo octo-org/models';
const DISABLE = 'workflow disable check-retrain.yml --repo octo-org/models';

/** Stands in for GitHub's command line: no network, only a record of what was asked for, and whether with a token. */
function putGh({ bin, root }: Place): void {
  const script = `#!/bin/sh\n[ -n "$GH_TOKEN" ] || exit 4\necho "$@" >>"${join(root, 'gh.calls')}"\n`;
  writeFileSync(join(bin, 'gh'), script);
  chmodSync(join(bin, 'gh'), 0o755);
}

function ghCalls({ root }: Place): string[] {
  const file = join(root, 'gh.calls');
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
}

interface Story {
  readonly place: Place;
  start(): Promise<WorkflowRun>;
  check(): Promise<WorkflowRun>;
  switchedJobIds(): readonly string[];
}

async function inStory(options: SimulatorOptions, tell: (story: Story) => Promise<void>): Promise<void> {
  const simulator = await startSimulator({ jobSeconds: 0, ...options });
  try {
    await inPlace(async place => {
      putGh(place);
      const run = (workflow: string) => runWorkflow({ place, simulator, workflow, event: 'schedule' });
      await tell({
        place,
        start: () => run('wait-without-runner.yml'),
        check: () => run('check-retrain.yml'),
        switchedJobIds: () => simulator.switchedJobIds,
      });
    });
  } finally {
    await simulator.close();
  }
}

test('starts a job and the checks; a check of a running job ends at once; the one after its end switches and stops them', async () => {
  const statusAnswers = [{ status: 'training' }, {}];
  await inStory({ scenario: { statusAnswers } }, async ({ place, start, check, switchedJobIds }) => {
    const started = await start();
    expect(started.exitCode).toBe(0);
    const jobId = started.step('upload').outputs.retrain_job_id;
    expect(ghCalls(place)).toEqual([ENABLE]);

    const early = await check();
    expect(early.exitCode).toBe(0);
    expect(early.step('check').outputs).toMatchObject({ result: 'pending', retrain_job_id: jobId });
    expect(ghCalls(place)).toEqual([ENABLE]);
    expect(switchedJobIds()).toEqual([]);

    const late = await check();
    expect(late.exitCode).toBe(0);
    expect(late.step('check').outputs).toMatchObject({ result: 'succeeded', retrain_job_id: jobId });
    expect(ghCalls(place)).toEqual([ENABLE, DISABLE]);
    expect(switchedJobIds()).toEqual([jobId]);
  });
});

test('the gate stops a bad model, and the checks end', async () => {
  await inStory({}, async ({ place, start, check, switchedJobIds }) => {
    putFile(place, 'data/train.csv', DAMAGED_DATA);
    await start();
    const run = await check();
    expect(run.exitCode).toBe(1);
    expect(run.step('check').outputs).toMatchObject({ result: 'gate_failed' });
    expect(ghCalls(place)).toEqual([ENABLE, DISABLE]);
    expect(switchedJobIds()).toEqual([]);
  });
});

test.each([
  ['a check', { statusAnswers: [{ httpStatus: 400, message: 'Too busy.' }] }],
  ['a switch', { switchAnswers: [{ httpStatus: 400, message: 'Retrain job is not finished.' }] }],
])('%s that may be well next time keeps the checks going', async (_, scenario) => {
  await inStory({ scenario }, async ({ place, start, check }) => {
    await start();
    expect((await check()).exitCode).toBe(1);
    expect(ghCalls(place)).toEqual([ENABLE]);
  });
});

test('without an open job the checks end, so that a first schedule does no harm', async () => {
  await inStory({}, async ({ place, check }) => {
    expect((await check()).exitCode).toBe(1);
    expect(ghCalls(place)).toEqual([DISABLE]);
  });
});

test('a job that has been open for a week is given up', async () => {
  await inStory({}, async ({ place, start, check, switchedJobIds }) => {
    await start();
    const [file = ''] = readdirSync(place.cache);
    const job = JSON.parse(readFileSync(join(place.cache, file), 'utf8'));
    const aged = { ...job, started_at: job.started_at - 8 * 24 * 60 * 60 };
    writeFileSync(join(place.cache, file), JSON.stringify(aged));
    const run = await check();
    expect(run.exitCode).toBe(1);
    expect(run.log).toContain('open for a week');
    expect(ghCalls(place)).toEqual([ENABLE, DISABLE]);
    expect(switchedJobIds()).toEqual([]);
  });
});

test('a newer job takes the place of the older one', async () => {
  await inStory({}, async ({ start, check, place }) => {
    await start();
    // act numbers every run 1: the first run's key is made an earlier one's.
    const [file = ''] = readdirSync(place.cache);
    const earlier = join(place.cache, `${file}-earlier`);
    renameSync(join(place.cache, file), earlier);
    utimesSync(earlier, 1, 1);
    const second = await start();
    const run = await check();
    expect(run.step('check').outputs.retrain_job_id).toBe(second.step('upload').outputs.retrain_job_id);
  });
});
