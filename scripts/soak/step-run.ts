// Runs the built action once as a runner would and gives back all that it left; must not judge any of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Simulator } from '../../simulator/scenario.js';
import { PROJECT } from '../build.js';

const BUNDLED_NODE = join(PROJECT, 'node_modules/.bin/node');
/** Node 24 where npm could install it, as GitHub's runner brings it. */
const NODE = existsSync(BUNDLED_NODE) ? BUNDLED_NODE : process.execPath;
const WATCHDOG_MS = 60_000;
const FIRST_REQUEST_POLL_MS = 5;

export interface StepRun {
  readonly exitCode: number | null;
  /** Set when the process died of a signal. */
  readonly diedOf: NodeJS.Signals | null;
  readonly wasKilledByWatchdog: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly outputsText: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Everything in RUNNER_TEMP, relative, folders included. */
  readonly left: readonly string[];
  readonly resultsBytes: Buffer | undefined;
  /** When the cancel was sent, if it was before the end; and how long the action then took. */
  readonly cancelToEndMs: number | undefined;
}

export interface StepOptions {
  readonly simulator: Simulator;
  readonly inputs: Readonly<Record<string, string>>;
  readonly cancel: { readonly afterMs: number; readonly signal: NodeJS.Signals } | undefined;
}

export async function runStep(options: StepOptions): Promise<StepRun> {
  const root = mkdtempSync(join(tmpdir(), 'soak-runner-'));
  try {
    mkdirSync(join(root, 'temp'));
    for (const name of ['output', 'summary']) writeFileSync(join(root, name), '');
    return await runIn(root, options);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function runIn(root: string, options: StepOptions): Promise<StepRun> {
  const child = spawn(NODE, [join(PROJECT, 'dist/index.js')], {
    cwd: root,
    env: environment(root, options),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let wasKilledByWatchdog = false;
  const watchdog = setTimeout(() => {
    wasKilledByWatchdog = child.kill('SIGKILL');
  }, WATCHDOG_MS);
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', text => {
    texts.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', text => {
    texts.stderr += text;
  });
  const closed = once(child, 'close');
  let isRunning = true;
  closed.finally(() => {
    isRunning = false;
  });
  const cancelledAt = cancelLater(
    options,
    signal => isRunning && child.kill(signal),
    () => isRunning,
  );
  const [exitCode, diedOf] = (await closed) as [number | null, NodeJS.Signals | null];
  const endedMs = performance.now();
  clearTimeout(watchdog);
  const cancelledMs = await cancelledAt;
  const read = (name: string) => readFileSync(join(root, name), 'utf8');
  const outputs = parseOutputs(read('output'));
  return {
    exitCode,
    diedOf,
    wasKilledByWatchdog,
    ...texts,
    outputsText: read('output'),
    outputs,
    summary: read('summary'),
    left: readdirSync(join(root, 'temp'), { recursive: true }).map(String).sort(),
    resultsBytes:
      outputs.results_file && existsSync(outputs.results_file)
        ? readFileSync(outputs.results_file)
        : undefined,
    cancelToEndMs: cancelledMs === undefined ? undefined : endedMs - cancelledMs,
  };
}

/** Sends the signal some time after the first request, if the action is still there then. */
async function cancelLater(
  { cancel, simulator }: StepOptions,
  send: (signal: NodeJS.Signals) => boolean,
  isRunning: () => boolean,
): Promise<number | undefined> {
  if (cancel === undefined) return undefined;
  const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));
  while (isRunning() && simulator.requests.length === 0) await pause(FIRST_REQUEST_POLL_MS);
  await pause(cancel.afterMs);
  const sentMs = performance.now();
  return send(cancel.signal) ? sentMs : undefined;
}

function environment(root: string, { simulator, inputs }: StepOptions): NodeJS.ProcessEnv {
  const given = {
    retrain_job_id: simulator.jobId,
    api_key: simulator.apiKey,
    api_url: simulator.apiUrl,
    ...inputs,
  };
  const variables = Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  return {
    PATH: process.env.PATH,
    HOME: root,
    ...Object.fromEntries(variables),
    GITHUB_ACTIONS: 'true',
    GITHUB_OUTPUT: join(root, 'output'),
    GITHUB_STEP_SUMMARY: join(root, 'summary'),
    GITHUB_WORKSPACE: root,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'octo-org/models',
    GITHUB_RUN_ID: '4711',
    RUNNER_TEMP: join(root, 'temp'),
    ACTIONS_RESULTS_URL: simulator.artifactUrl,
    ACTIONS_RUNTIME_TOKEN: simulator.runtimeToken,
  };
}

/** The outputs by name; whatever is not a whole block of the runner's format comes out under the name `forged`. */
export function parseOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split('\n').slice(0, -1);
  while (lines.length > 0) {
    const head = lines.shift() ?? '';
    const [, name = '', delimiter = ''] = /^([a-z0-9_]+)<<(ghadelimiter_[0-9a-f-]{36})$/.exec(head) ?? [];
    const end = lines.indexOf(delimiter);
    if (name === '' || end < 0 || name in outputs) return { ...outputs, forged: head };
    outputs[name] = lines
      .splice(0, end + 1)
      .slice(0, -1)
      .join('\n');
  }
  return outputs;
}
