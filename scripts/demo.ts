// `npm run demo`: the built action against the simulator, shown as a runner shows it; must not know the action's inside.
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { startSimulator } from '../simulator/index.js';
import type { Simulator } from '../simulator/scenario.js';
import type { ScenarioName } from '../simulator/scenarios.js';
import { PROJECT } from './build.js';
import { demoGate } from './demo-gate.js';
import {
  inputVariables,
  prepareRunner,
  readOutputs,
  runStep,
  tellOutputs,
  writeSummaryPage,
} from './local-runner.js';

const FOLDER = join(PROJECT, '.demo');
const ENTRY = join(PROJECT, 'dist/index.js');
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
  const env = prepareDemo(simulator, SCENARIOS[name].inputs ?? {});
  console.log(`Scenario '${name}'. The step's log:\n`);
  const exitCode = await runStep(ENTRY, env);
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
    const env = prepareDemo(simulator, inputs);
    const exitCode = await runStep(ENTRY, env);
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

function prepareDemo(simulator: Simulator, inputs: Record<string, string>): NodeJS.ProcessEnv {
  const given = {
    retrain_job_id: simulator.jobId,
    api_key: simulator.apiKey,
    api_url: simulator.apiUrl,
    poll_interval_seconds: '2',
    ...inputs,
  };
  return prepareRunner(FOLDER, {
    PATH: process.env.PATH,
    ...inputVariables(given),
    ACTIONS_RESULTS_URL: simulator.artifactUrl,
    ACTIONS_RUNTIME_TOKEN: simulator.runtimeToken,
  });
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
  tellOutputs(end.exitCode, end.outputs);
  console.log(`\nResults    ${end.outputs.results_file ?? 'none'}`);
  console.log(`Artifact   ${end.artifacts.join(', ') || 'none'}`);
  console.log(`Summary    ${writeSummaryPage(FOLDER)}`);
}
