// The simulator as an action: started, used and ended by its built entries as the runner would run them.
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { SCENARIOS } from '../../simulator/index.js';
import { archiveOf } from '../support/archives.js';
import { createRunner, NODE, PROJECT, QUICK, type Runner, removeRunner, runAction } from './action-run.js';

const FOLDER = join(PROJECT, 'simulator');
const MANIFEST = parse(readFileSync(join(FOLDER, 'action.yml'), 'utf8'));
/** The README's workflow. */
const EXAMPLE = parse(
  /```yaml\n([\s\S]*?)```/.exec(readFileSync(join(FOLDER, 'README.md'), 'utf8'))?.[1] ?? '',
);
const GATE = EXAMPLE.jobs['dry-run'].steps.find((step: { id?: string }) => step.id === 'retrain').with.gate;

interface Step {
  readonly runner: Runner;
  readonly inputs?: Readonly<Record<string, string>>;
  /** What the runner read from GITHUB_STATE after the main step. */
  readonly state?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly entry?: string;
  readonly during?: (child: ChildProcess) => Promise<unknown>;
}

interface StepEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
}

const runners: Runner[] = [];
let steps = 0;

afterAll(() => {
  // Only a test that failed leaves any.
  for (const id of runners.flatMap(serversOf)) process.kill(id, 'SIGKILL');
  runners.forEach(removeRunner);
});

function newRunner(): Runner {
  const runner = createRunner();
  runners.push(runner);
  return runner;
}

async function runStep(phase: 'main' | 'post', step: Step): Promise<StepEnd> {
  const { runner, inputs = {}, state = {} } = step;
  const commands = join(runner.root, 'commands', `step-${steps++}`);
  mkdirSync(commands);
  const files = { GITHUB_OUTPUT: join(commands, 'output'), GITHUB_STATE: join(commands, 'state') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const given = Object.entries(MANIFEST.inputs as Record<string, { default: string }>).map(
    ([name, input]) => [`INPUT_${name.toUpperCase()}`, inputs[name] ?? input.default],
  );
  const kept = Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]);
  const env = {
    ...{ PATH: process.env.PATH, HOME: runner.root, GITHUB_ACTIONS: 'true', RUNNER_TEMP: runner.temp },
    ...files,
    ...Object.fromEntries([...given, ...kept]),
    ...step.env,
  };
  const entry = step.entry ?? join(FOLDER, MANIFEST.runs[phase]);
  const child = spawn(NODE, [entry], { cwd: runner.workspace, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const texts: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', piece => texts.push(piece));
  const closed = once(child, 'close');
  await step.during?.(child);
  // `close` comes when nobody holds the step's output any more, which is what a runner waits for.
  const [exitCode] = await closed;
  return {
    exitCode: exitCode as number | null,
    stdout: Buffer.concat(texts).toString(),
    outputs: pairsOf(files.GITHUB_OUTPUT),
    state: pairsOf(files.GITHUB_STATE),
  };
}

const start = (step: Step) => runStep('main', step);
const stop = (step: Step) => runStep('post', step);

/** The blocks of one of the runner's command files. */
function pairsOf(file: string): Record<string, string> {
  const blocks = readFileSync(file, 'utf8').matchAll(
    /^(.+)<<(ghadelimiter_[0-9a-f-]{36})\n([\s\S]*?)\n\2\n/gm,
  );
  return Object.fromEntries([...blocks].map(([, name, , value]) => [name, value]));
}

const serverOf = (started: StepEnd) =>
  JSON.parse(started.state.server ?? '{}') as { pid: number; stopPort: number; stopToken: string };

/** Ids of the simulators' processes that were started on this runner. */
function serversOf(runner: Runner): number[] {
  const ids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  const isServer = (id: string) => {
    try {
      return (
        readFileSync(`/proc/${id}/environ`, 'utf8').includes(`RUNNER_TEMP=${runner.temp}\0`) &&
        readFileSync(`/proc/${id}/cmdline`, 'utf8').includes('dist/simulator/server/')
      );
    } catch {
      // It has ended.
      return false;
    }
  };
  return ids.filter(isServer).map(Number);
}

async function isListening(url: string | undefined): Promise<boolean> {
  try {
    await fetch(url ?? '');
    return true;
  } catch {
    return false;
  }
}

async function eventually(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise(resolve => setTimeout(resolve, 20));
}

/** What `upload/` does with `training_data` and `evaluation_data`. */
async function upload({ outputs }: StepEnd, training: string | undefined): Promise<string> {
  const asked = await fetch(`${outputs.api_url}/v1/external/retrain_jobs/upload_url?filename=iris.zip`, {
    headers: { 'x-api-key': outputs.api_key ?? '' },
  });
  const answer = (await asked.json()) as { upload_url: string; retrain_job_id: string };
  const zip = await archiveOf([
    { name: 'train_src/training.csv', text: readFileSync(training ?? '') },
    { name: 'eval_src/evaluation.csv', text: readFileSync(outputs.evaluation_data ?? '') },
  ]);
  const put = await fetch(answer.upload_url, { method: 'PUT', body: new Uint8Array(zip) });
  expect(put.status).toBe(200);
  return answer.retrain_job_id;
}

function wait(started: StepEnd, inputs: Record<string, string>) {
  const { api_url = '', api_key = '', artifact_url, runtime_token } = started.outputs;
  return runAction({
    inputs: { ...QUICK, api_url, api_key, ...inputs },
    env: { ACTIONS_RESULTS_URL: artifact_url, ACTIONS_RUNTIME_TOKEN: runtime_token },
  });
}

describe('one job', () => {
  test('starts it, uploads, waits, lets the gate judge, switches, and leaves nothing behind', async () => {
    const runner = newRunner();
    const started = await start({ runner, inputs: { job_seconds: '0.2' } });
    expect(started).toMatchObject({ exitCode: 0 });
    expect(Object.keys(started.outputs)).toEqual(Object.keys(MANIFEST.outputs));
    expect(started.stdout).not.toContain('::');
    const { outputs } = started;

    const good = await upload(started, outputs.training_data);
    const waited = await wait(started, { retrain_job_id: good, gate: GATE });
    expect(waited.outputs).toMatchObject({
      ...{ result: 'succeeded', ready_to_switch: 'true', model_id: outputs.model_id },
      artifact_name: expect.stringContaining(good),
    });
    const switched = await fetch(`${outputs.api_url}/v1/external/retrain_jobs/${good}/update_model`, {
      ...{ method: 'PUT', headers: { 'x-api-key': outputs.api_key ?? '' } },
    });
    expect(switched.status).toBe(200);

    const damaged = await upload(started, outputs.damaged_training_data);
    const stopped = await wait(started, { retrain_job_id: damaged, gate: GATE });
    expect(stopped.outputs).toMatchObject({ result: 'gate_failed', ready_to_switch: 'false' });

    const ended = await stop({ runner, state: started.state });
    expect(ended).toMatchObject({ exitCode: 0, outputs: {}, state: {} });
    expect(ended.stdout).toContain('The simulator has ended.');
    expect(ended.stdout).toContain(`GET /v1/external/retrain_jobs/${good}`);
    expect(ended.stdout).not.toContain('::warning');
    const again = createServer().listen(Number(new URL(outputs.api_url ?? '').port), '127.0.0.1');
    await once(again, 'listening');
    again.close();
    expect(readdirSync(runner.temp)).toEqual([]);
  });

  test('gets its key by the secret key and finishes the ready-made job of its own model', async () => {
    const runner = newRunner();
    const started = await start({ runner, inputs: { job_seconds: '0', model_id: '9007199254740993' } });
    const { outputs } = started;
    expect(outputs.model_id).toBe('9007199254740993');
    const waited = await runAction({
      inputs: {
        ...QUICK,
        ...{ upload_artifact: 'false', retrain_job_id: outputs.retrain_job_id ?? '' },
        ...{ api_url: outputs.api_url ?? '', secret_key: outputs.secret_key ?? '' },
        model_id: outputs.model_id ?? '',
      },
    });
    expect(waited.outputs).toMatchObject({ result: 'succeeded', model_id: '9007199254740993' });
    await stop({ runner, state: started.state });
  });

  test('has sample data to train with and to evaluate with', async () => {
    const runner = newRunner();
    const { outputs, state } = await start({ runner });
    for (const name of ['training_data', 'evaluation_data', 'damaged_training_data']) {
      const lines = readFileSync(outputs[name] ?? '', 'utf8')
        .trim()
        .split('\n');
      expect(lines[0]).toMatch(/^sepal_length,.*,species\r?$/);
      expect(lines).toHaveLength(76);
    }
    await stop({ runner, state });
  });

  test('may start it twice: each has ports, keys and files of its own, and ends alone', async () => {
    const runner = newRunner();
    const [first, second] = await Promise.all([
      start({ runner, inputs: { scenario: 'auth-error' } }),
      start({ runner, inputs: { job_seconds: '0' } }),
    ]);
    for (const name of ['api_url', 'api_key', 'secret_key', 'retrain_job_id', 'training_data'])
      expect(first.outputs[name]).not.toBe(second.outputs[name]);
    await stop({ runner, state: first.state });
    expect(await isListening(first.outputs.api_url)).toBe(false);
    const waited = await wait(second, { retrain_job_id: second.outputs.retrain_job_id ?? '' });
    expect(waited.outputs.result).toBe('succeeded');
    await stop({ runner, state: second.state });
    expect(readdirSync(runner.temp)).toEqual([]);
  });

  test('plays the scenario that was asked for', async () => {
    const runner = newRunner();
    const started = await start({ runner, inputs: { scenario: 'auth-error' } });
    const waited = await wait(started, { retrain_job_id: started.outputs.retrain_job_id ?? '' });
    expect(waited.outputs.result).toBe('auth_error');
    await stop({ runner, state: started.state });
  });
});

describe('the process', () => {
  test("gets none of the step's inputs and tokens, but the runner's tracking id", async () => {
    const runner = newRunner();
    const started = await start({
      runner,
      env: { RUNNER_TRACKING_ID: 'github_1', ACTIONS_RUNTIME_TOKEN: 'not-for-others' },
    });
    const { pid } = serverOf(started);
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
    expect(environment).toContain('RUNNER_TRACKING_ID=github_1');
    expect(environment).not.toMatch(/not-for-others|INPUT_|GITHUB_OUTPUT/);
    await stop({ runner, state: started.state });
  });

  test('that was killed is missed, not mourned: the post step says so and shows the log', async () => {
    const runner = newRunner();
    const started = await start({ runner });
    await isListening(`${started.outputs.api_url}/before-the-end`);
    const log = join(started.state.folder ?? '', 'server.log');
    await eventually(async () => readFileSync(log, 'utf8').includes('before-the-end'));
    process.kill(serverOf(started).pid, 'SIGKILL');
    await eventually(async () => !(await isListening(started.outputs.api_url)));
    const ended = await stop({ runner, state: started.state });
    expect(ended.exitCode).toBe(0);
    expect(ended.stdout).toContain('::warning::The simulator had ended before this job did');
    expect(ended.stdout).toContain('GET /before-the-end');
    expect(readdirSync(runner.temp)).toEqual([]);
  });

  test('that does not answer is killed', async () => {
    const runner = newRunner();
    const started = await start({ runner });
    process.kill(serverOf(started).pid, 'SIGSTOP');
    const ended = await stop({ runner, state: started.state });
    expect(ended.exitCode).toBe(0);
    expect(ended.stdout).toContain(
      '::warning::The simulator did not end when it was asked to: it was killed.',
    );
    expect(await isListening(started.outputs.api_url)).toBe(false);
  });

  test("is not looked for by its id alone: another process with it stays, and so does its port's new owner", async () => {
    const runner = newRunner();
    const bystander = spawn(NODE, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const stranger = createServer(socket => socket.end('who are you?\n')).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const { port } = stranger.address() as { port: number };
    const server = JSON.stringify({ pid: bystander.pid, stopPort: port, stopToken: 'a' });
    const ended = await stop({ runner, state: { server, folder: join(runner.temp, 'gone') } });
    stranger.close();
    expect(ended.exitCode).toBe(0);
    expect(ended.stdout).toContain('had ended before this job did');
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    bystander.kill('SIGKILL');
  });

  test('ends for nobody who does not know the token', async () => {
    const runner = newRunner();
    const started = await start({ runner });
    const { stopToken, ...server } = serverOf(started);
    const wrong = { ...server, stopToken: stopToken.replace(/./g, '0') };
    await stop({ runner, state: { folder: '', server: JSON.stringify(wrong) } });
    expect(await isListening(started.outputs.api_url)).toBe(true);
    await stop({ runner, state: started.state });
  });

  test('cannot make its log give commands to the runner', async () => {
    const runner = newRunner();
    const started = await start({ runner });
    await isListening(`${started.outputs.api_url}/x%0A::error::forged`);
    const { stdout } = await stop({ runner, state: started.state });
    const [, token] = /^::stop-commands::(\S+)$/m.exec(stdout) ?? [];
    expect(token).toBeDefined();
    const log = stdout.slice(stdout.indexOf('::stop-commands::'), stdout.lastIndexOf(`::${token}::`));
    expect(log).toContain('GET /x%0A::error::forged');
  });
});

describe('a job that is cancelled', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'by %s while it starts leaves no process behind',
    async signal => {
      const runner = newRunner();
      const started = await start({
        runner,
        during: async child => {
          // As early as there is a process that could be left behind.
          await eventually(async () => serversOf(runner).length > 0);
          child.kill(signal);
        },
      });
      const ended = await stop({ runner, state: started.state });
      expect(ended.exitCode).toBe(0);
      await eventually(async () => serversOf(runner).length === 0);
    },
  );

  test('after the process listens, before the step could keep it, leaves no process behind', async () => {
    const runner = newRunner();
    const server = fork(join(PROJECT, 'dist/simulator/server/index.js'), {
      ...{ execPath: NODE, execArgv: [], silent: true, env: { RUNNER_TEMP: runner.temp } },
    });
    const ended = once(server, 'exit');
    const options = { apiKey: 'simulator-api-key-1' };
    server.send({ kind: 'start', options, folder: runner.temp, stopToken: 'a' });
    const [ready] = (await once(server, 'message')) as [{ apiUrl: string }];
    expect(await isListening(ready.apiUrl)).toBe(true);
    server.disconnect();
    expect(await ended).toEqual([0, null]);
  });

  test('after it started is tidied up by the post step', async () => {
    const runner = newRunner();
    const started = await start({ runner });
    const hanging = await start({ runner, inputs: { scenario: 'timeout' } });
    const waited = await runAction({
      inputs: {
        ...QUICK,
        ...{ api_url: hanging.outputs.api_url ?? '', api_key: hanging.outputs.api_key ?? '' },
        retrain_job_id: hanging.outputs.retrain_job_id ?? '',
      },
      during: async action => {
        await action.logShows('training');
        action.signal('SIGINT');
      },
    });
    expect(waited.outputs.result).toBe('cancelled');
    for (const { state } of [hanging, started])
      expect((await stop({ runner, state })).stdout).toContain('The simulator has ended.');
    expect(serversOf(runner)).toEqual([]);
  });
});

describe('what it cannot start with', () => {
  const names = SCENARIOS.map(({ name }) => name).join(', ');
  test.each([
    [
      { scenario: 'sucess' },
      `Cannot start as 'scenario' must be one of ${names}: current value is 'sucess'.`,
    ],
    [
      { job_seconds: 'soon' },
      "Cannot start as 'job_seconds' must be a number from 0 to 604800: current value is 'soon'.",
    ],
    [{ job_seconds: '-1' }, "'job_seconds' must be a number from 0 to 604800: current value is '-1'."],
    [{ model_id: 'm1' }, "Cannot start as 'model_id' must be digits: current value is 'm1'."],
    [{ model_id: '1\n::error::x' }, "'model_id' must be digits: current value is '1%0A::error::x'."],
  ])('%j is said, and the post step has nothing to do', async (inputs, message) => {
    const runner = newRunner();
    const started = await start({ runner, inputs });
    expect(started).toMatchObject({ exitCode: 1, outputs: {}, state: {} });
    expect(started.stdout).toMatch(/^::error::[^\n]*\n$/);
    expect(started.stdout).toContain(message);
    expect(await stop({ runner, state: started.state })).toMatchObject({ exitCode: 0, stdout: '' });
    expect(readdirSync(runner.temp)).toEqual([]);
  });

  test('every wrong input is said at once; empty ones mean the default', async () => {
    const runner = newRunner();
    const wrong = await start({ runner, inputs: { scenario: 'x', job_seconds: 'y', model_id: 'z' } });
    expect(wrong.stdout.match(/Cannot start as/g)).toHaveLength(3);
    const empty = await start({ runner, inputs: { scenario: '', job_seconds: '', model_id: '' } });
    expect(empty).toMatchObject({ exitCode: 0, outputs: { model_id: '48211' } });
    await stop({ runner, state: empty.state });
  });

  test('no temporary folder', async () => {
    const runner = newRunner();
    const started = await start({ runner, env: { RUNNER_TEMP: undefined } });
    expect(started).toMatchObject({ exitCode: 1, state: {} });
    expect(started.stdout).toContain('Cannot start as RUNNER_TEMP must be');
  });

  test('a server that ends at once: its log is in the message, its folder goes with the post step', async () => {
    const runner = newRunner();
    const copy = join(runner.workspace, 'dist');
    mkdirSync(join(copy, 'server'), { recursive: true });
    const main = readFileSync(join(FOLDER, MANIFEST.runs.main));
    writeFileSync(join(copy, 'index.mjs'), main);
    writeFileSync(join(copy, 'package.json'), '{"type":"module"}');
    writeFileSync(join(copy, 'server/index.js'), "throw new Error('no luck today');");
    const started = await start({ runner, entry: join(copy, 'index.mjs') });
    rmSync(copy, { recursive: true });
    expect(started.exitCode).toBe(1);
    expect(started.stdout).toMatch(
      /^::error::Cannot start the simulator as its process ended with exit code 1 before it listened\. Its log:%0A.*no luck today/m,
    );
    expect(await stop({ runner, state: started.state })).toMatchObject({ exitCode: 0, stdout: '' });
    expect(readdirSync(runner.temp)).toEqual([]);
  });
});

describe("the README's workflow", () => {
  test('takes only outputs that the simulator has', () => {
    const used = JSON.stringify(EXAMPLE).matchAll(/steps\.simulator\.outputs\.(\w+)/g);
    const names = new Set([...used].map(([, name]) => name));
    expect(names.size).toBeGreaterThan(4);
    expect(Object.keys(MANIFEST.outputs)).toEqual(expect.arrayContaining([...names]));
  });
});

describe('what a runner downloads', () => {
  test('holds the entries with their licences, in less than 4 MB', () => {
    const folder = join(PROJECT, 'dist/simulator');
    for (const entry of ['.', 'server', 'stop'])
      expect(existsSync(join(folder, entry, 'licenses.txt'))).toBe(true);
    expect(readFileSync(join(folder, 'server/licenses.txt'), 'utf8')).toContain('ml-random-forest');
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(one => one.isFile());
    const sizes = files.map(one => readFileSync(join(one.parentPath, one.name)).length);
    expect(sizes.reduce((total, size) => total + size, 0)).toBeLessThan(4e6);
  });

  test('has every scenario in action.yml, in the order of the table', () => {
    const { scenario, job_seconds } = MANIFEST.inputs;
    const names = SCENARIOS.map(({ name }) => name);
    const list = `${names.slice(0, -1).join(', ')} or ${names.at(-1)}.`;
    expect(scenario.description).toBe(`What happens: ${list}`);
    expect([scenario.default, job_seconds.default]).toEqual(['success', '10']);
  });
});
