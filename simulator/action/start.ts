// The action's main step: starts the simulator's process and says where it listens; knows no behaviour of the servers.
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as core from '@actions/core';
import { readInputs } from './inputs.js';
import { type Ready, type RunningServer, STATE } from './messages.js';
import { startServer } from './server-process.js';

/** Beside this file in dist. In two steps, because ncc copies what a literal `new URL(…, import.meta.url)` names. */
const SERVER = './server/index.js';
const here = import.meta.url;

async function main(): Promise<void> {
  const inputs = readInputs();
  const folder = mkdtempSync(join(temporaryFolder(), 'simulator-'));
  core.saveState(STATE.folder, folder);
  const stopToken = randomText();
  const options = {
    ...inputs,
    apiKey: `simulator-api-key-${randomText()}`,
    secretKey: `simulator-secret-key-${randomText()}`,
  };
  const script = fileURLToPath(new URL(SERVER, here));
  const { ready, pid, release } = await startServer(script, { kind: 'start', options, folder, stopToken });
  const server: RunningServer = { pid, stopPort: ready.stopPort, stopToken };
  core.saveState(STATE.server, server);
  writeOutputs(ready);
  await release();
  core.info(`The simulator runs scenario '${inputs.scenario}' at ${ready.apiUrl} until this job ends.`);
}

function temporaryFolder(): string {
  const folder = process.env.RUNNER_TEMP;
  if (folder) return folder;
  throw new Error("Cannot start as RUNNER_TEMP must be the runner's temporary folder: it is not set.");
}

function randomText(): string {
  return randomBytes(16).toString('hex');
}

function writeOutputs(ready: Ready): void {
  const outputs = {
    api_url: ready.apiUrl,
    api_key: ready.apiKey,
    secret_key: ready.secretKey,
    model_id: ready.modelId,
    retrain_job_id: ready.jobId,
    training_data: ready.samples.training,
    evaluation_data: ready.samples.evaluation,
    damaged_training_data: ready.samples.damaged,
    artifact_url: ready.artifactUrl,
    runtime_token: ready.runtimeToken,
  };
  for (const [name, value] of Object.entries(outputs)) core.setOutput(name, value);
}

main().catch((error: unknown) => core.setFailed(error instanceof Error ? error.message : String(error)));
