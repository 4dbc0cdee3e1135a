// `npm run dev`: runs an action from source, unbundled, as a runner would; must not know what an action does.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { startSimulator } from '../simulator/index.js';
import { writeIrisSamples } from '../simulator/sample-data.js';
import type { Simulator } from '../simulator/scenario.js';
import { resolveScenario, type ScenarioName } from '../simulator/scenarios.js';
import { PROJECT } from './build.js';
import {
  ACTIONS,
  type DevAction,
  type DevArguments,
  type KnownInputs,
  readDevArguments,
  readEnvFile,
} from './dev-options.js';
import {
  inputVariables,
  prepareRunner,
  readOutputs,
  runStep,
  tellOutputs,
  writeSummaryPage,
} from './local-runner.js';

const FOLDER = join(PROJECT, '.demo/dev');
const DEFAULT_JOB_SECONDS: Readonly<Record<DevAction, string>> = { retrain: '10', upload: '10', switch: '0' };
const NOTHING: Simulated = { filledIn: {}, inPlace: {} };

const HELP = `Runs an action from source, without bundling, as a runner would: log, outputs, job summary.

  npm run dev -- retrain --retrain-job-id=ID --api-url=URL   any input of action.yml
  npm run dev -- retrain --simulator                         against the simulator, which fills in what is not given
  npm run dev -- upload --simulator --training-data=FILE     upload and switch too

  --scenario NAME     the simulator's scenario (npm run simulator -- --list)
  --job-seconds N     how long its job takes (10; 0 for switch)
  --env-file FILE     variables of the step, INPUT_* among them; .env where there is one (see .env.example)
  --inspect           wait for a debugger at the first line
  --help

An input given here counts more than one in the file, that one more than action.yml's default; with a simulator the file's
keys, job id and api_url are left out. Keep keys in the file: what
is given here stays in the shell's history.
`;

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function main(args: readonly string[]): Promise<number> {
  if (args.length === 0 || args.includes('--help')) {
    process.stdout.write(HELP);
    return 0;
  }
  const asked = readDevArguments(args, inputsOf);
  const fromFile = variablesOfFile(asked);
  const simulator = await simulatorFor(asked);
  try {
    // Emptied before anything is put there.
    const base = prepareRunner(FOLDER, {});
    const simulated = simulator ? simulatedVariables(simulator, asked.action) : NOTHING;
    const { GITHUB_OUTPUT, GITHUB_STEP_SUMMARY } = base;
    const env = {
      ...process.env,
      ...base,
      ...inputVariables(defaultsOf(inputsOf(asked.action))),
      ...simulated.filledIn,
      ...fromFile,
      ...simulated.inPlace,
      ...inputVariables(asked.inputs),
      ...{ GITHUB_OUTPUT, GITHUB_STEP_SUMMARY },
    };
    const nodeArgs = asked.isInspected ? ['--inspect-brk'] : [];
    const exitCode = await runStep(join(PROJECT, ACTIONS[asked.action].entry), env, nodeArgs);
    tellOutputs(exitCode, readOutputs(GITHUB_OUTPUT ?? ''));
    console.log(`\nSummary    ${writeSummaryPage(FOLDER)}`);
    return exitCode ?? 1;
  } finally {
    await simulator?.close();
  }
}

function inputsOf(action: DevAction): KnownInputs {
  const path = join(PROJECT, ACTIONS[action].folder, 'action.yml');
  return (parse(readFileSync(path, 'utf8')) as { inputs: KnownInputs }).inputs;
}

function defaultsOf(known: KnownInputs): Record<string, string> {
  return Object.fromEntries(
    Object.entries(known).map(([name, input]) => [name, String(input.default ?? '')]),
  );
}

function variablesOfFile({ envFile, action }: DevArguments): Record<string, string> {
  const path = resolve(PROJECT, envFile ?? '.env');
  if (envFile === undefined && !existsSync(path)) return {};
  return readEnvFile(readFileSync(path, 'utf8'), action, inputsOf(action));
}

async function simulatorFor({ scenario, jobSeconds, action }: DevArguments): Promise<Simulator | undefined> {
  if (scenario === undefined) return undefined;
  resolveScenario(scenario as ScenarioName);
  const seconds = Number(jobSeconds ?? DEFAULT_JOB_SECONDS[action]);
  if (!(seconds >= 0))
    throw new Error(`Cannot start as '--job-seconds' must be a number: current value is '${jobSeconds}'.`);
  const simulator = await startSimulator({ scenario: scenario as ScenarioName, jobSeconds: seconds });
  if (action === 'switch') await startJob(simulator);
  return simulator;
}

/** The first look at the ready-made job starts it; only one that was seen to be finished may be switched to. */
async function startJob({ apiUrl, apiKey, jobId }: Simulator): Promise<void> {
  await fetch(`${apiUrl}/v1/external/retrain_jobs/${jobId}`, { headers: { 'x-api-key': apiKey } });
}

interface Simulated {
  /** Where neither file nor arguments say anything. */
  readonly filledIn: Record<string, string>;
  /** Over what the file says: a key of a real account must not be used by mistake, nor go to the simulator. */
  readonly inPlace: Record<string, string>;
}

function simulatedVariables(simulator: Simulator, action: DevAction): Simulated {
  const known = inputsOf(action);
  const fitting = (inputs: Record<string, string>) =>
    inputVariables(Object.fromEntries(Object.entries(inputs).filter(([name]) => Object.hasOwn(known, name))));
  const training_data = action === 'upload' ? writeIrisSamples(FOLDER).training : '';
  const { apiUrl: api_url, apiKey: api_key, jobId: retrain_job_id } = simulator;
  return {
    filledIn: fitting({ training_data, poll_interval_seconds: '2' }),
    inPlace: {
      ...fitting({ api_url, api_key, retrain_job_id, secret_key: '', model_id: '' }),
      ACTIONS_RESULTS_URL: simulator.artifactUrl,
      ACTIONS_RUNTIME_TOKEN: simulator.runtimeToken,
    },
  };
}
