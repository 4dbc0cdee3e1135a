// `npm run demo`: the built action against the simulator, shown as a runner shows it; must not know the action's inside.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { marked } from 'marked';
import { startSimulator } from '../simulator/index.js';
import type { Simulator } from '../simulator/scenario.js';
import type { ScenarioName } from '../simulator/scenarios.js';
import { PROJECT } from './build.js';
import { demoGate } from './demo-gate.js';
import { runnerView } from './runner-view.js';

const FOLDER = join(PROJECT, '.demo');
const JOB_SECONDS = 10;

/** How each scenario is meant to end, and the inputs that make it end soon. */
const SCENARIOS: Readonly<Record<ScenarioName, { result: string; inputs?: Record<string, string> }>> = {
  success: { result: 'succeeded' },
  failed: { result: 'job_failed' },
  flaky: { result: 'succeeded' },
  'expired-url': { result: 'succeeded' },
  timeout: { result: 'timed_out', inputs: { timeout_minutes: '0.2' } },
  'auth-error': { result: 'auth_error' },
  'not-found': { result: 'not_found' },
  deleted: { result: 'job_deleted' },
  'storage-down': { result: 'download_error', inputs: { max_outage_minutes: '0.1' } },
  'slow-download': { result: 'succeeded' },
  'no-download-url-yet': { result: 'succeeded' },
  'artifact-quota': { result: 'artifact_error' },
  'artifact-name-taken': { result: 'succeeded' },
  hostile: { result: 'job_failed' },
  'retry-after': { result: 'succeeded' },
  // The end of its second part.
  gate: { result: 'gate_failed' },
};

const HELP = `Runs the built action against the simulator, as a runner would.

  npm run demo                       a job of about ten seconds that succeeds
  npm run demo -- --scenario gate    two uploads that are really trained on, and what the gate says of each
  npm run demo -- --scenario NAME    another one: ${Object.keys(SCENARIOS).join(', ')}
`;

await main();

async function main(): Promise<void> {
  const name = readScenario();
  if (name === undefined) return;
  const simulator = await startSimulator({ scenario: name, jobSeconds: JOB_SECONDS });
  if (name === 'gate') return showGate(simulator);
  const env = prepareRunner(simulator, SCENARIOS[name].inputs ?? {});
  console.log(`Scenario '${name}'. The step's log:\n`);
  const exitCode = await runAction(env);
  const outputs = readOutputs(env.GITHUB_OUTPUT ?? '');
  tellEnd({ exitCode, outputs, artifacts: saveArtifacts(simulator) });
  await simulator.close();
  const isAsMeant =
    outputs.result === SCENARIOS[name].result && (exitCode === 0) === (outputs.result === 'succeeded');
  console.log(
    isAsMeant
      ? `\nThis scenario is meant to end with result '${outputs.result}'.`
      : `\nThis scenario is meant to end with result '${SCENARIOS[name].result}'!`,
  );
  process.exitCode = isAsMeant ? 0 : 1;
}

async function showGate(simulator: Simulator): Promise<void> {
  console.log("Scenario 'gate': the simulator trains on each upload and compares with the model in service.");
  const isAsMeant = await demoGate(simulator, async inputs => {
    const env = prepareRunner(simulator, inputs);
    const exitCode = await runAction(env);
    const outputs = readOutputs(env.GITHUB_OUTPUT ?? '');
    tellEnd({ exitCode, outputs, artifacts: saveArtifacts(simulator) });
    return outputs;
  });
  await simulator.close();
  console.log(isAsMeant ? '\nBoth verdicts are as meant.' : '\nThis verdict is not as meant!');
  process.exitCode = isAsMeant ? 0 : 1;
}

function readScenario(): ScenarioName | undefined {
  try {
    const { values } = parseArgs({
      options: { scenario: { type: 'string', default: 'success' }, help: { type: 'boolean' } },
    });
    if (values.help) console.log(HELP);
    else if (Object.hasOwn(SCENARIOS, values.scenario)) return values.scenario as ScenarioName;
    else
      throw new Error(
        `'--scenario' must be one of ${Object.keys(SCENARIOS).join(', ')}: current value is '${values.scenario}'`,
      );
  } catch (error) {
    console.error(
      `Cannot start the demo as ${error instanceof Error ? error.message.split('. ')[0] : String(error)}.`,
    );
    process.exitCode = 1;
  }
  return undefined;
}

/** The environment and files that GitHub's runner gives to a step. */
function prepareRunner(simulator: Simulator, inputs: Record<string, string>): NodeJS.ProcessEnv {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(join(FOLDER, 'temp'), { recursive: true });
  const file = (name: string) => {
    writeFileSync(join(FOLDER, name), '');
    return join(FOLDER, name);
  };
  const given = {
    retrain_job_id: simulator.jobId,
    api_key: simulator.apiKey,
    api_url: simulator.apiUrl,
    poll_interval_seconds: '2',
    ...inputs,
  };
  return {
    PATH: process.env.PATH,
    ...Object.fromEntries(
      Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
    ),
    GITHUB_OUTPUT: file('outputs.txt'),
    GITHUB_STEP_SUMMARY: file('summary.md'),
    GITHUB_WORKSPACE: FOLDER,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'example/retraining',
    GITHUB_RUN_ID: '1',
    RUNNER_TEMP: join(FOLDER, 'temp'),
    ACTIONS_RESULTS_URL: simulator.artifactUrl,
    ACTIONS_RUNTIME_TOKEN: simulator.runtimeToken,
  };
}

function runAction(env: NodeJS.ProcessEnv): Promise<number | null> {
  const child = spawn(process.execPath, [join(PROJECT, 'dist/index.js')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const view = runnerView(line => console.log(`  ${line}`));
  child.stdout.setEncoding('utf8').on('data', view);
  // Ctrl-C reaches the whole group: the action ends by itself, and its end is what is shown.
  process.on('SIGINT', () => {});
  return new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
}

/** The runner's file format: name, a delimiter, the value, the delimiter (GitHub docs, "Multiline strings"). */
function readOutputs(path: string): Record<string, string> {
  const outputs = readFileSync(path, 'utf8').matchAll(/^(\w+)<<(ghadelimiter_[\w-]+)\n([\s\S]*?)\n\2$/gm);
  return Object.fromEntries([...outputs].map(([, name, , value]) => [name, value]));
}

function saveArtifacts(simulator: Simulator): string[] {
  const folder = join(FOLDER, 'artifacts');
  mkdirSync(folder);
  return simulator.artifacts
    .filter(artifact => artifact.finalized)
    .map(artifact => {
      const path = join(folder, basename(artifact.name));
      writeFileSync(path, artifact.bytes());
      return path;
    });
}

function tellEnd(end: {
  exitCode: number | null;
  outputs: Record<string, string>;
  artifacts: string[];
}): void {
  console.log(`\nExit code ${end.exitCode}. The outputs:\n`);
  for (const [name, value] of Object.entries(end.outputs)) console.log(`  ${name.padEnd(18)} ${value}`);
  const html = join(FOLDER, 'summary.html');
  writeFileSync(html, page(readFileSync(join(FOLDER, 'summary.md'), 'utf8')));
  console.log(`\nResults    ${end.outputs.results_file ?? 'none'}`);
  console.log(`Artifact   ${end.artifacts.join(', ') || 'none'}`);
  console.log(`Summary    ${html}`);
}

function page(markdown: string): string {
  const style =
    'body{font:16px/1.5 system-ui;max-width:60em;margin:2em auto}td,th{border:1px solid #ccc;padding:.3em .8em}table{border-collapse:collapse}';
  return `<!doctype html><meta charset="utf-8"><title>Job summary</title><style>${style}</style>${marked.parse(markdown)}`;
}
