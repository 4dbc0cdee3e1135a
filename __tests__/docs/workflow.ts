// Runs the workflow that the README shows, step by step as a runner would, for the tests beside it.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { Simulator } from '../../simulator/index.js';
import { csvOf, irisEvaluation, irisTraining } from '../../simulator/sample-data.js';

export const PROJECT = resolve(fileURLToPath(new URL('../../..', import.meta.url)));

interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Record<string, string>;
  readonly with?: Record<string, string | number>;
}

interface Job {
  readonly env: Record<string, string>;
  readonly steps: readonly Step[];
}

/** A simulator, and the job id with which a person started the workflow by hand. */
export type Dispatch = Simulator & { readonly resumedJobId?: string };

export interface StepResult {
  readonly ran: boolean;
  readonly exitCode: number;
  readonly log: string;
  readonly outputs: Record<string, string>;
}

/** The first workflow of the README. */
export function readmeJob(): Job {
  const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block]) => parse(block ?? ''));
  const workflow = blocks.find(block => block?.jobs !== undefined);
  return workflow.jobs.retrain;
}

/** Runs the job's steps until one fails; results by step id or name. */
export async function runJob(job: Job, simulator: Dispatch): Promise<Map<string, StepResult>> {
  const workspace = mkdtempSync(join(tmpdir(), 'readme-'));
  mkdirSync(join(workspace, 'data'));
  writeFileSync(join(workspace, 'data/train.csv'), csvOf(irisTraining()));
  writeFileSync(join(workspace, 'data/evaluate.csv'), csvOf(irisEvaluation()));
  const results = new Map<string, StepResult>();
  let hasFailed = false;
  for (const step of job.steps) {
    if (step.uses?.startsWith('actions/checkout@')) continue;
    const evaluate = evaluator(results, { ...job.env, API_URL: simulator.apiUrl }, simulator);
    const isWanted: boolean =
      !hasFailed &&
      (step.if === undefined ||
        evaluate(step.if.includes('${{') ? step.if : `\${{ ${step.if} }}`) === 'true');
    const skipped = { ran: false, exitCode: 0, log: '', outputs: {} };
    const result: StepResult = isWanted ? await runStep(step, { evaluate, workspace, simulator }) : skipped;
    hasFailed ||= result.exitCode !== 0;
    results.set(step.id ?? step.name ?? '', result);
  }
  return results;
}

/** The few expressions that the README uses; anything else is an error, so that no typo passes. */
function evaluator(results: Map<string, StepResult>, env: Record<string, string>, simulator: Dispatch) {
  const value = (path: string): string => {
    const [context, name = '', , output = ''] = path.split('.');
    if (context === 'secrets' && name === 'PREDICTION_ONE_API_KEY') return simulator.apiKey;
    if (context === 'inputs' && name === 'retrain_job_id') return simulator.resumedJobId ?? '';
    if (context === 'env' && env[name] !== undefined) return env[name];
    if (context === 'steps' && results.has(name)) return results.get(name)?.outputs[output] ?? '';
    throw new Error(`the README's workflow uses '${path}', which is not there`);
  };
  const evaluate = (expression: string): string => {
    const negated = /^!([\w.]+)$/.exec(expression)?.[1];
    if (negated !== undefined) return String(value(negated) === '');
    const [, compared, text] = /^([\w.]+)\s*==\s*'([^']*)'$/.exec(expression) ?? [];
    if (compared !== undefined) return String(value(compared) === text);
    return (
      expression
        .split(/\s*\|\|\s*/)
        .map(value)
        .find(Boolean) ?? ''
    );
  };
  return (text: string): string =>
    text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => evaluate(expression));
}

async function runStep(
  step: Step,
  context: { evaluate: (text: string) => string; workspace: string; simulator: Simulator },
): Promise<StepResult> {
  const { evaluate, workspace, simulator } = context;
  const outputFile = join(mkdtempSync(join(tmpdir(), 'readme-output-')), 'output');
  writeFileSync(outputFile, '');
  const given = Object.entries(step.with ?? {}).map(([name, input]) => [
    `INPUT_${name.toUpperCase()}`,
    evaluate(String(input)),
  ]);
  const env = {
    PATH: process.env.PATH,
    API_URL: simulator.apiUrl,
    ...Object.fromEntries(Object.entries(step.env ?? {}).map(([name, text]) => [name, evaluate(text)])),
    ...Object.fromEntries(given),
    GITHUB_OUTPUT: outputFile,
    GITHUB_WORKSPACE: workspace,
    RUNNER_TEMP: workspace,
    ACTIONS_RESULTS_URL: simulator.artifactUrl,
    ACTIONS_RUNTIME_TOKEN: simulator.runtimeToken,
  };
  const command: [string, string[]] =
    step.run === undefined
      ? [process.execPath, [join(PROJECT, 'dist', entryOf(step.uses ?? ''), 'index.js')]]
      : ['bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', step.run]];
  const child = spawn(...command, { env, cwd: workspace, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', text => (log += text));
  const exitCode = await new Promise<number>(done => child.on('close', code => done(code ?? -1)));
  return { ran: true, exitCode, log, outputs: readOutputs(readFileSync(outputFile, 'utf8')) };
}

/** The folder in dist of one of our own actions. */
function entryOf(uses: string): string {
  const [, folder = ''] = /^OWNER\/retrain-status-check(?:\/(upload|switch))?@v1$/.exec(uses) ?? fail(uses);
  return folder;
}

function fail(uses: string): never {
  throw new Error(`the README's workflow uses '${uses}', which is not ours`);
}

function readOutputs(text: string): Record<string, string> {
  const single = [...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]);
  const multiline = [...text.matchAll(/^(\w+)<<(\S+)\n([\s\S]*?)\n\2$/gm)].map(([, name, , value]) => [
    name,
    value,
  ]);
  return Object.fromEntries([...single, ...multiline]);
}
