// Runs the built action as GitHub's runner would and gives back all that it left behind; knows no expectation.
import { type ChildProcess, spawn } from 'node:child_process';
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
import { EOL, tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { parse } from 'yaml';
import {
  type RecordedRequest,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../simulator/index.js';

/** The tests run compiled, from lib/__tests__/e2e. */
export const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const BUNDLED_NODE = join(PROJECT, 'node_modules/.bin/node');
/** Node 24 where npm could install it, as GitHub's runner brings it. */
export const NODE = existsSync(BUNDLED_NODE) ? BUNDLED_NODE : process.execPath;
/** No run of these tests is meant to take longer, if it does not say so. */
const WATCHDOG_MS = 40_000;
// Generous, since other test files may load the machine; a hanging action is ended by the watchdog before.
jest.setTimeout(60_000);
const KEPT_FILE_BYTES = 4 * 1024 * 1024;

/** The folders and files of one runner; those of a self-hosted one outlive a run. */
export interface Runner {
  readonly root: string;
  readonly temp: string;
  readonly workspace: string;
  readonly toolCache: string;
  readonly outputFile: string;
  readonly summaryFile: string;
}

export interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** All that is left of one run. */
export interface ActionRun {
  readonly exitCode: number | null;
  /** Set when the process died of a signal. */
  readonly diedOf: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The outputs by name; parsed strictly, so that a forged one fails the test. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly commands: readonly WorkflowCommand[];
  /** The log without the lines that register masks, which a runner does not show. */
  readonly log: string;
  /** Every file below the runner's root when the process had ended: path from the root → content, if not large. */
  readonly files: ReadonlyMap<string, Buffer | undefined>;
  readonly durationMs: number;
  /** When it ended, on {@link nowMs}'s clock. */
  readonly endedAtMs: number;
}

/** A run that is under way. */
export interface RunningAction {
  readonly pid: number;
  readonly runner: Runner;
  /** Resolves when standard output holds the text. */
  logShows(text: string): Promise<void>;
  /** Sends a signal; the time until the process ends is {@link ActionRun.endedAtMs} minus what this returns. */
  signal(name: NodeJS.Signals): number;
}

/** The folders of the three actions. */
export type ActionName = '.' | 'upload' | 'switch';

interface Manifest {
  readonly inputs: Readonly<Record<string, { readonly default?: unknown }>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly runs: { readonly main: string };
}

export interface ActionOptions {
  /** Absent: the root action. */
  readonly action?: ActionName;
  readonly inputs?: Readonly<Record<string, string>>;
  /** On top of a runner's own environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Absent: a fresh one, removed afterwards. */
  readonly runner?: Runner;
  /** After this time the action is killed, which fails the test. */
  readonly watchdogMs?: number;
  /** Runs before the action starts. */
  readonly prepare?: (runner: Runner) => void;
  /** Runs beside the action. */
  readonly during?: (action: RunningAction) => Promise<unknown>;
}

/** Milliseconds since the epoch on a clock that never jumps: the one of the simulator's records. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

export function createRunner(): Runner {
  const root = mkdtempSync(join(tmpdir(), 'e2e-runner-'));
  const runner = {
    root,
    temp: join(root, 'temp'),
    workspace: join(root, 'workspace'),
    toolCache: join(root, 'toolcache'),
    outputFile: join(root, 'commands/output'),
    summaryFile: join(root, 'commands/summary'),
  };
  for (const folder of [runner.temp, runner.workspace, runner.toolCache, join(root, 'commands')])
    mkdirSync(folder);
  return runner;
}

export function removeRunner(runner: Runner): void {
  rmSync(runner.root, { recursive: true, force: true });
}

/** Runs the action once, from its start to its end. */
export async function runAction(options: ActionOptions): Promise<ActionRun> {
  const runner = options.runner ?? createRunner();
  for (const file of [runner.outputFile, runner.summaryFile]) writeFileSync(file, '');
  try {
    options.prepare?.(runner);
    return await runIn(runner, options);
  } finally {
    if (options.runner === undefined) removeRunner(runner);
  }
}

async function runIn(runner: Runner, options: ActionOptions): Promise<ActionRun> {
  const action = options.action ?? '.';
  const { runs } = manifestOf(action);
  const entry = join(PROJECT, action, runs.main);
  const env = {
    ...runnerEnvironment(runner),
    ...inputVariables(action, options.inputs ?? {}),
    ...options.env,
  };
  const startedAtMs = nowMs();
  const child = spawn(NODE, [entry], { cwd: runner.workspace, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const watchdog = setTimeout(() => child.kill('SIGKILL'), options.watchdogMs ?? WATCHDOG_MS);
  const texts = collectTexts(child);
  const ended = once(child, 'exit').then(([exitCode, diedOf]) => ({
    exitCode: exitCode as number | null,
    diedOf: diedOf as NodeJS.Signals | null,
    endedAtMs: nowMs(),
  }));
  const closed = once(child, 'close');
  try {
    const beside = options.during?.(runningAction(child, runner, texts));
    const [end] = await Promise.all([ended, closed, beside]);
    const stdout = texts.stdout();
    return {
      ...end,
      stdout,
      stderr: texts.stderr(),
      outputs: parseOutputs(contentOf(runner.outputFile).replaceAll(EOL, '\n'), action),
      summary: contentOf(runner.summaryFile),
      commands: parseCommands(stdout),
      log: stdout.replace(/^::add-mask::.*$/gm, ''),
      files: filesBelow(runner.root),
      durationMs: end.endedAtMs - startedAtMs,
    };
  } finally {
    clearTimeout(watchdog);
    child.kill('SIGKILL');
  }
}

interface Texts {
  stdout(): string;
  stderr(): string;
  onChange(listener: () => void): void;
}

function collectTexts(child: ChildProcess): Texts {
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const listeners: (() => void)[] = [];
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (chunk: Buffer) => {
      chunks[name].push(chunk);
      for (const listener of listeners) listener();
    });
  }
  return {
    // The line breaks of @actions/core are the system's.
    stdout: () => Buffer.concat(chunks.stdout).toString().replaceAll(EOL, '\n'),
    stderr: () => Buffer.concat(chunks.stderr).toString(),
    onChange: listener => listeners.push(listener),
  };
}

function runningAction(child: ChildProcess, runner: Runner, texts: Texts): RunningAction {
  return {
    pid: child.pid ?? 0,
    runner,
    logShows: text =>
      new Promise((resolve, reject) => {
        const look = () => texts.stdout().includes(text) && resolve();
        texts.onChange(look);
        child.once('close', () => reject(new Error(`The log never showed '${text}':\n${texts.stdout()}`)));
        look();
      }),
    signal: name => {
      child.kill(name);
      return nowMs();
    },
  };
}

function runnerEnvironment(runner: Runner): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: runner.root,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_OUTPUT: runner.outputFile,
    GITHUB_STEP_SUMMARY: runner.summaryFile,
    GITHUB_WORKSPACE: runner.workspace,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'octo-org/models',
    GITHUB_RUN_ID: '4711',
    RUNNER_TEMP: runner.temp,
    RUNNER_TOOL_CACHE: runner.toolCache,
    RUNNER_OS: 'Linux',
    RUNNER_ENVIRONMENT: 'self-hosted',
  };
}

function manifestOf(action: ActionName): Manifest {
  return parse(readFileSync(join(PROJECT, action, 'action.yml'), 'utf8')) as Manifest;
}

/** The variables of all inputs: the runner passes the defaults of action.yml too, empty ones included. */
function inputVariables(
  action: ActionName,
  inputs: Readonly<Record<string, string>>,
): Record<string, string> {
  const defaults = Object.entries(manifestOf(action).inputs).map(([name, input]) => [
    name,
    String(input.default ?? ''),
  ]);
  const all = { ...Object.fromEntries(defaults), ...inputs } as Record<string, string>;
  return Object.fromEntries(
    Object.entries(all).map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]),
  );
}

/**
 * What the runner reads from GITHUB_OUTPUT.
 * @throws Error for anything but whole blocks of known names, each once
 */
export function parseOutputs(text: string, action: ActionName = '.'): Record<string, string> {
  const names = Object.keys(manifestOf(action).outputs);
  const outputs: Record<string, string> = {};
  const lines = text.split('\n');
  if (lines.pop() !== '') throw new Error(`The outputs do not end in a line break:\n${text}`);
  while (lines.length > 0) {
    const [, name = '', delimiter] =
      /^([^<=]+)<<(ghadelimiter_[0-9a-f-]{36})$/.exec(lines.shift() ?? '') ?? [];
    if (!names.includes(name) || name in outputs) throw new Error(`A forged output '${name}':\n${text}`);
    const end = lines.indexOf(delimiter ?? '');
    if (end < 0) throw new Error(`The output '${name}' has no end:\n${text}`);
    outputs[name] = lines
      .splice(0, end + 1)
      .slice(0, -1)
      .join('\n');
  }
  return outputs;
}

/** The lines that a runner takes for commands: `::name properties::message` at a line's start, `##[name]` anywhere. */
function parseCommands(stdout: string): WorkflowCommand[] {
  return stdout.split(/\r?\n/).flatMap(line => {
    const [, name, properties = '', message = ''] = /^\s*::([^ :]+)(?: ([^:]*))?::(.*)$/.exec(line) ?? [];
    if (name !== undefined)
      return [{ name, properties: propertiesOf(properties), message: unescaped(message) }];
    const old = /##\[([^\] ]+)[^\]]*\](.*)$/.exec(line);
    return old ? [{ name: `##${old[1]}`, properties: {}, message: old[2] ?? '' }] : [];
  });
}

function propertiesOf(text: string): Record<string, string> {
  const pairs = text
    .split(',')
    .filter(Boolean)
    .map(pair => pair.split('='));
  return Object.fromEntries(pairs.map(([name = '', value = '']) => [name, unescaped(value)]));
}

function unescaped(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%');
}

function contentOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function filesBelow(root: string): Map<string, Buffer | undefined> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter(
    item => !item.isDirectory(),
  );
  return new Map(
    files
      .map(item => join(item.parentPath, item.name))
      .sort()
      .map(path => [relative(root, path).replaceAll(sep, '/'), smallContentOf(path)]),
  );
}

function smallContentOf(path: string): Buffer | undefined {
  const bytes = readFileSync(path);
  return bytes.length <= KEPT_FILE_BYTES ? bytes : undefined;
}

export interface RetrainOptions extends Omit<ActionOptions, 'during'> {
  readonly scenario?: SimulatorOptions['scenario'];
  readonly simulator?: Omit<SimulatorOptions, 'scenario' | 'onAnswered'>;
  readonly during?: (action: RunningAction, simulator: WatchedSimulator) => Promise<unknown>;
}

export interface WatchedSimulator extends Simulator {
  /** Resolves when the n-th request (1 for the first) that the filter lets pass has arrived. */
  requestArrives(count: number, filter?: (request: RecordedRequest) => boolean): Promise<RecordedRequest>;
}

export interface RetrainRun extends ActionRun {
  readonly simulator: Simulator;
  /** Requests by server; those to the API first. */
  readonly status: readonly RecordedRequest[];
  readonly storage: readonly RecordedRequest[];
  readonly artifact: readonly RecordedRequest[];
  /** From the last answer of any server to the end of the process. */
  readonly lingeredMs: number;
}

/** What most runs share: small numbers, since a test should not wait longer than it must. */
export const QUICK = {
  poll_interval_seconds: '0.1',
  max_outage_minutes: '0.02',
  timeout_minutes: '0.2',
  request_timeout_seconds: '5',
};

/** Runs an action against a simulator of its own whose job is finished at once, if the options say nothing else. */
export async function retrain(options: RetrainOptions = {}): Promise<RetrainRun> {
  let lastAnswerMs = 0;
  const simulator = await startSimulator({
    jobSeconds: 0,
    ...options.simulator,
    ...(options.scenario === undefined ? {} : { scenario: options.scenario }),
    onAnswered: () => {
      lastAnswerMs = nowMs();
    },
  });
  try {
    const run = await runAction({
      ...options,
      inputs: { ...inputsFor(options.action ?? '.', simulator), ...options.inputs },
      env: { ...artifactVariables(simulator), ...options.env },
      during: async action => options.during?.(action, watched(simulator)),
    });
    const of = (name: string) => simulator.requests.filter(({ server }) => server === name);
    return {
      ...run,
      simulator,
      status: of('api'),
      storage: of('storage'),
      artifact: of('artifact'),
      lingeredMs: run.endedAtMs - lastAnswerMs,
    };
  } finally {
    await simulator.close();
  }
}

/** Those of the shared inputs that the action has. */
function inputsFor(action: ActionName, simulator: Simulator): Record<string, string> {
  const { inputs } = manifestOf(action);
  const shared = Object.entries({ ...QUICK, ...simulatorInputs(simulator) });
  return Object.fromEntries(shared.filter(([name]) => name in inputs));
}

export function simulatorInputs(simulator: Simulator): Record<string, string> {
  return { retrain_job_id: simulator.jobId, api_key: simulator.apiKey, api_url: simulator.apiUrl };
}

export function artifactVariables(simulator: Simulator): Record<string, string> {
  return { ACTIONS_RESULTS_URL: simulator.artifactUrl, ACTIONS_RUNTIME_TOKEN: simulator.runtimeToken };
}

function watched(simulator: Simulator): WatchedSimulator {
  return Object.assign(Object.create(simulator) as Simulator, {
    async requestArrives(count: number, filter: (request: RecordedRequest) => boolean = () => true) {
      for (;;) {
        const arrived = simulator.requests.filter(filter)[count - 1];
        if (arrived !== undefined) return arrived;
        await new Promise(resolve => setTimeout(resolve, 10));
      }
    },
  });
}

/** Annotations of one kind. */
export function annotations(run: ActionRun, name: 'error' | 'warning'): string[] {
  return run.commands.filter(command => command.name === name).map(command => command.message);
}

/** Paths of files that are not the runner's own two: what the action left. */
export function leftFiles(run: ActionRun): string[] {
  return [...run.files.keys()].filter(path => !path.startsWith('commands/'));
}

/** The kinds of artifact calls in order of arrival. */
export function artifactCalls(run: RetrainRun): string[] {
  return run.artifact.map(({ path }) => path.split('?')[0]?.split('/').at(-1) ?? '');
}
