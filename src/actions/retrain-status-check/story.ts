// The story of one job: wait, fetch the results, judge and keep them, say whether to switch; must not know how it is told.
import type { GitHubError } from '../../errors.js';
import { duration } from '../../github/units.js';
import { prepareResultsDirectory } from '../../results/results-directory.js';
import { connect } from '../api-client.js';
import { warn } from '../warn.js';
import { type FetchedResults, fetchResults } from './fetch-results.js';
import type { Inputs } from './inputs.js';
import { judgeModel } from './judge-model.js';
import { keepArtifact } from './keep-artifact.js';
import type { RunParts } from './run-record.js';
import { removeEarlierFolder, unpackResults } from './unpack-results.js';
import { noKeyInTime } from './wait-endings.js';
import { JobWatch } from './wait-for-job.js';

/** GitHub ends jobs on its own runners after 360 minutes. */
const HOSTED_LIMIT_MINUTES = 350;

/** Fills the record as it goes; throws what ends the story badly. */
export async function retrainStatusCheck(inputs: Inputs, parts: RunParts): Promise<void> {
  const { record, log } = parts;
  record.retrainJobId = inputs.retrainJobId;
  warnOfHostedLimit(inputs, parts);
  warnOfSilentGate(inputs, parts);
  const directory = inputs.downloadResults ? await prepareDirectory(inputs, parts) : undefined;
  record.resultsDirectory = directory;

  tellStart(inputs, parts);
  const watch = await watchJob(inputs, parts);
  const { isFinished, answer } = await watch.untilFinished(() => preload(inputs, parts));
  if (!isFinished) {
    log.info('The job is still running; wait is false, so this is all for now.');
    record.result = 'pending';
    return;
  }
  if (answer.modelId === undefined)
    log.info('The API gave no model_id; the switch call needs only the job id.');

  if (directory !== undefined) {
    const results = await fetchResults({ inputs, watch, answer, directory }, parts);
    record.results = results;
    await removeEarlierFolder(results, parts);
    if (inputs.extractResults) await unpackResults(results, parts);
    await keepAndJudge(results, inputs, parts);
  }
  record.result = 'succeeded';
}

/** The artifact is stored before the gate speaks, and a gate that stops the model weighs more than a lost artifact. */
async function keepAndJudge(results: FetchedResults, inputs: Inputs, parts: RunParts): Promise<void> {
  const gateError = await judgeModel(results, inputs, parts);
  let artifactError: GitHubError | undefined;
  if (inputs.uploadArtifact) artifactError = await keepArtifact(results, inputs, parts);
  if (gateError && artifactError) warn(parts, 'The results were not stored', artifactError.message);
  const error = gateError ?? artifactError;
  if (error) throw error;
}

/** The time allowed covers getting a key too. */
async function watchJob(inputs: Inputs, parts: RunParts): Promise<JobWatch> {
  const beganMs = parts.clock.monotonicMs();
  const { timeoutMs } = inputs;
  const client = await connect(inputs, parts, {
    timeoutMs,
    outOfTime: ended => noKeyInTime(ended, timeoutMs),
  });
  return new JobWatch(inputs, { client, beganMs }, parts);
}

function tellStart(
  { retrainJobId, apiUrl, wait, timeoutMs, pollIntervalMs }: Inputs,
  { log }: RunParts,
): void {
  const how = wait
    ? `for at most ${duration(timeoutMs)}, with at most ${duration(pollIntervalMs)} between checks`
    : 'once (wait is false)';
  log.debug(
    `Node ${process.version} on ${process.platform}; pauses at most ${pollIntervalMs} ms, timeout ${timeoutMs} ms.`,
  );
  log.info(`Checking retrain job ${retrainJobId} at ${apiUrl.host} ${how}.`);
}

function warnOfHostedLimit({ timeoutMs }: Inputs, parts: RunParts): void {
  const minutes = timeoutMs / 60_000;
  if (parts.env.RUNNER_ENVIRONMENT !== 'github-hosted' || minutes <= HOSTED_LIMIT_MINUTES) return;
  const text = `timeout_minutes is ${minutes}, but GitHub ends jobs on its own runners after 360 minutes: the wait may be cut before the timeout. Use wait: false on a schedule, or a self-hosted runner.`;
  warn(parts, 'The timeout is longer than the job may run', text);
}

/** Whoever turns the last condition into a comment may not mean to let every model pass. */
function warnOfSilentGate({ isGateSilent }: Inputs, parts: RunParts): void {
  if (!isGateSilent) return;
  const text = 'The input gate holds comments only: no condition judges the new model.';
  warn(parts, 'The gate has no condition', text);
}

async function prepareDirectory(inputs: Inputs, { env }: RunParts): Promise<string> {
  const folders = { temp: env.RUNNER_TEMP, workspace: env.GITHUB_WORKSPACE || process.cwd() };
  return prepareResultsDirectory(inputs, folders);
}

/** Loads the artifact library while there is nothing else to do; a failure shows where the library is needed. */
function preload({ downloadResults, uploadArtifact, wait }: Inputs, { loadArtifactLibrary }: RunParts): void {
  if (downloadResults && uploadArtifact && wait) loadArtifactLibrary().catch(() => {});
}
