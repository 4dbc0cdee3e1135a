// Runs a workflow file as it is with act, on this machine and against a simulator; knows no expectation.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { jest } from '@jest/globals';
import { toolPath } from '../../scripts/workflow-tools.js';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/index.js';
import { csvOf, damagedIrisTraining, irisEvaluation, irisTraining } from '../../simulator/sample-data.js';
import { artifactVariables, NODE, PROJECT } from '../e2e/action-run.js';
import { localRepositories, publishAction, standInVariables } from './published-action.js';

const WATCHDOG_MS = 150_000;
// Generous, since two files run at a time on a loaded machine.
jest.setTimeout(180_000);

export const GOOD_DATA = csvOf(irisTraining());
/** Data that nothing can be learned from. */
export const DAMAGED_DATA = csvOf(damagedIrisTraining());
export const EVALUATION_DATA = csvOf(irisEvaluation());

/** A folder that plays a user's repository, its runner and what GitHub keeps between runs. */
export interface Place {
  readonly root: string;
  readonly repository: string;
  readonly published: string;
  /** Programs in it are found first. */
  readonly bin: string;
  readonly cache: string;
}

export interface StepRun {
  readonly job: string;
  /** The entry of the matrix, or an empty object. */
  readonly matrix: Readonly<Record<string, unknown>>;
  /** The step's id or name; its number when it has neither. */
  readonly step: string;
  readonly result: string | undefined;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface WorkflowRun {
  readonly exitCode: number | null;
  readonly steps: readonly StepRun[];
  /** Results by the job's id; of a matrix, one a leg. */
  readonly jobs: ReadonlyMap<string, readonly string[]>;
  /** What people see, without the lines that register masks. */
  readonly log: string;
  /** Markdown of all job summaries that act's log keeps. */
  readonly summary: string;
  /** The first step of this id or name that fits; fails when there is none. */
  step(name: string, fits?: (step: StepRun) => boolean): StepRun;
}

export interface RunningWorkflow {
  /** The process of act. */
  readonly pid: number;
  /** Resolves when the log holds the text; fails when act ends before. */
  logShows(text: string): Promise<void>;
}

export interface WorkflowOptions {
  readonly place: Place;
  readonly simulator: Simulator;
  /** A file of `examples/`. */
  readonly workflow: string;
  /** Default `workflow_dispatch`. */
  readonly event?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly vars?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Runs beside the workflow. */
  readonly during?: (workflow: RunningWorkflow) => Promise<unknown>;
}

/** Makes the folder with good training data, hands it to `use`, and removes it. */
export async function inPlace<T>(use: (place: Place) => Promise<T>): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'workflow-'));
  const of = (name: string) => join(root, name);
  const place = {
    root,
    repository: of('repository'),
    published: of('published'),
    bin: of('bin'),
    cache: of('cache'),
  };
  try {
    for (const folder of [place.repository, place.published, place.bin]) mkdirSync(folder);
    publishAction(place.published);
    cpSync(join(PROJECT, 'examples'), join(place.repository, '.github/workflows'), { recursive: true });
    putFile(place, 'data/train.csv', GOOD_DATA);
    putFile(place, 'data/evaluate.csv', EVALUATION_DATA);
    return await use(place);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Writes a file of the user's repository. */
export function putFile(place: Place, path: string, content: Buffer | string): void {
  const file = join(place.repository, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** What most tests run: a place and a simulator of their own. */
export interface LoneOptions extends Omit<WorkflowOptions, 'place' | 'simulator'> {
  readonly simulator?: SimulatorOptions;
  readonly prepare?: (place: Place) => void;
}

/** Runs one workflow against a simulator of its own, whose jobs are finished at once if the options say nothing else. */
export async function runAlone({ prepare, ...options }: LoneOptions) {
  const simulator = await startSimulator({ jobSeconds: 0, ...options.simulator });
  try {
    return await inPlace(async place => {
      prepare?.(place);
      return { simulator, ...(await runWorkflow({ ...options, place, simulator })) };
    });
  } finally {
    await simulator.close();
  }
}

/** SIGINT to the process of the step that runs `script`, as GitHub's runner sends it on a cancel. */
export function cancelStep({ pid }: RunningWorkflow, script: string): void {
  const step = processesBelow(pid).find(({ command }) => command.endsWith(script));
  if (step === undefined) throw new Error(`No step runs '${script}'.`);
  process.kill(step.pid, 'SIGINT');
}

/** Runs the workflow from its start to its end. */
export async function runWorkflow(options: WorkflowOptions): Promise<WorkflowRun> {
  const { place } = options;
  commit(place.repository);
  const child = spawn(toolPath('act'), argumentsOf(options), {
    cwd: place.repository,
    env: environmentOf(place),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const watchdog = setTimeout(() => endWithChildren(child), WATCHDOG_MS);
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  const text = () => Buffer.concat(chunks).toString();
  const closed = once(child, 'close');
  try {
    const beside = options.during?.({
      pid: child.pid ?? 0,
      logShows: wanted => logShows(child, text, wanted),
    });
    const [[exitCode]] = await Promise.all([closed, beside]);
    const run = readRun(exitCode as number | null, text());
    process.stdout.write(transcript(options.workflow, run));
    return run;
  } finally {
    clearTimeout(watchdog);
    endWithChildren(child);
  }
}

function commit(repository: string): void {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repository, stdio: 'ignore' });
  git('init', '--quiet');
  git('add', '--all');
  const author = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  git(...author, 'commit', '--quiet', '--allow-empty', '--message', 'data');
}

function argumentsOf({ place, simulator, ...options }: WorkflowOptions): string[] {
  const vars = {
    PREDICTION_ONE_API_URL: simulator.apiUrl,
    PREDICTION_ONE_MODEL_ID: simulator.modelId,
    ...options.vars,
  };
  const secrets = {
    PREDICTION_ONE_API_KEY: simulator.apiKey,
    PREDICTION_ONE_SECRET_KEY: simulator.secretKey,
    GITHUB_TOKEN: 'token-of-nobody',
  };
  const env = {
    GITHUB_REPOSITORY: 'octo-org/models',
    // Of another kind than GitHub's own, which would warn of long waits.
    RUNNER_ENVIRONMENT: 'self-hosted',
    // act's own artifact service refuses the library.
    ...artifactVariables(simulator),
    ...standInVariables(place.published, place.cache),
    ...options.env,
  };
  const given = (flag: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  return [
    options.event ?? 'workflow_dispatch',
    ...['--workflows', `.github/workflows/${options.workflow}`],
    ...['--platform', 'ubuntu-latest=-self-hosted', '--platform', 'self-hosted=-self-hosted'],
    ...['--json', '--no-cache-server', '--action-cache-path', join(place.root, 'act')],
    ...localRepositories(place.published),
    ...given('--var', vars),
    ...given('--secret', secrets),
    ...given('--env', env),
    ...given('--input', options.inputs ?? {}),
  ];
}

/** act starts actions with the `node` that it finds. */
function environmentOf({ bin, root }: Place): Record<string, string> {
  const path = [bin, dirname(NODE), process.env.PATH ?? ''].join(delimiter);
  return { PATH: path, HOME: root, XDG_CACHE_HOME: join(root, 'xdg') };
}

function logShows(child: ChildProcess, text: () => string, wanted: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => text().includes(wanted) && resolve();
    child.stdout?.on('data', look);
    child.once('close', () => reject(new Error(`The log never showed '${wanted}':\n${text()}`)));
    look();
  });
}

/** One line of act's log; only what is read of it. */
interface LogLine {
  readonly jobID?: string;
  readonly matrix?: Record<string, unknown>;
  readonly step?: string;
  readonly stepID?: readonly string[];
  readonly stage?: string;
  readonly stepResult?: string;
  readonly jobResult?: string;
  readonly command?: string;
  readonly name?: string;
  readonly arg?: string;
  readonly content?: string;
  readonly msg?: string;
}

function readRun(exitCode: number | null, text: string): WorkflowRun {
  const lines = text.split('\n').filter(Boolean).map(readLine);
  const steps = readSteps(lines);
  const jobs = new Map<string, string[]>();
  for (const { jobID, jobResult } of lines) {
    if (jobID !== undefined && jobResult !== undefined)
      jobs.set(jobID, [...(jobs.get(jobID) ?? []), jobResult]);
  }
  const log = lines
    .filter(({ command }) => command !== 'add-mask')
    .map(({ msg, content }) => msg ?? content ?? '')
    .join('\n');
  return {
    exitCode,
    steps,
    jobs,
    log,
    summary: lines.flatMap(line => (line.command === 'summary' ? (line.content ?? []) : [])).join('\n'),
    step(name, fits = () => true) {
      const found = steps.find(step => step.step === name && fits(step));
      if (found === undefined) throw new Error(`No step '${name}' ran:\n${log}`);
      return found;
    },
  };
}

/** What is no JSON comes from act itself. */
function readLine(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { msg: line };
  }
}

function readSteps(lines: readonly LogLine[]): StepRun[] {
  const steps = new Map<string, { -readonly [key in keyof StepRun]: StepRun[key] }>();
  for (const line of lines) {
    const { jobID: job, matrix = {}, stepID, stage } = line;
    if (job === undefined || stepID === undefined || stage !== 'Main') continue;
    const id = stepID.at(-1) ?? '';
    const name = /^\d+$/.test(id) ? (line.step ?? id) : id;
    const key = JSON.stringify([job, matrix, id]);
    const step = steps.get(key) ?? { job, matrix, step: name, result: undefined, outputs: {} };
    steps.set(key, step);
    if (line.stepResult !== undefined) step.result = line.stepResult;
    if (line.command === 'set-output' && line.name !== undefined)
      step.outputs = { ...step.outputs, [line.name]: line.arg ?? '' };
  }
  return [...steps.values()];
}

const TOLD = ['retrain_job_id', 'result', 'ready_to_switch', 'switched', 'ready', 'results'];

/** For people who read the log of the tests: how each step ended, and what it handed on. */
function transcript(workflow: string, { exitCode, steps }: WorkflowRun): string {
  const lines = steps.map(({ job, matrix, step, result, outputs }) => {
    const model = matrix.model as { name?: string } | undefined;
    const told = TOLD.flatMap(name =>
      outputs[name] === undefined ? [] : `${name}=${outputs[name].slice(0, 200)}`,
    );
    return `  ${[job, model?.name, step].filter(Boolean).join(' › ')}: ${[result, ...told].join(' ')}\n`;
  });
  return `${workflow} ran, exit code ${exitCode}\n${lines.join('')}`;
}

/** Processes below `pid`, their own ones too. */
export function processesBelow(pid: number): { pid: number; command: string }[] {
  return childrenOf(pid).flatMap(child => [
    { pid: child, command: contentOf(`/proc/${child}/cmdline`).replaceAll('\0', ' ').trim() },
    ...processesBelow(child),
  ]);
}

function childrenOf(pid: number): number[] {
  const listed = execFileSync('/bin/sh', ['-c', `cat /proc/${pid}/task/*/children 2>/dev/null || true`]);
  return listed.toString().split(/\s+/).filter(Boolean).map(Number);
}

/** Empty when the process has ended meanwhile. */
function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function endWithChildren(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  for (const { pid } of processesBelow(child.pid)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }
  child.kill('SIGKILL');
}
