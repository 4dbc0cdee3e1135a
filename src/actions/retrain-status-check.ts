// The story of one job: wait, fetch the results, keep them, say whether to switch; must not know how anything is told.
import type { Inputs } from '../github/inputs.js';
import { duration } from '../github/units.js';
import { prepareResultsDirectory } from '../results/results-directory.js';
import { fetchResults } from './fetch-results.js';
import { keepArtifact } from './keep-artifact.js';
import type { Parts } from './parts.js';
import { removeEarlierFolder, unpackResults } from './unpack-results.js';
import { JobWatch } from './wait-for-job.js';

/** Fills the record as it goes; throws what ends the story badly. */
export async function retrainStatusCheck(inputs: Inputs, parts: Parts): Promise<void> {
  const { record, log } = parts;
  const directory = inputs.downloadResults ? await prepareDirectory(inputs, parts) : undefined;
  record.resultsDirectory = directory;

  tellStart(inputs, parts);
  const watch = new JobWatch(inputs, parts);
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
    if (inputs.uploadArtifact) await keepArtifact(results, inputs, parts);
  }
  record.result = 'succeeded';
}

function tellStart({ retrainJobId, apiUrl, wait, timeoutMs, pollIntervalMs }: Inputs, { log }: Parts): void {
  const how = wait
    ? `for at most ${duration(timeoutMs)}, with at most ${duration(pollIntervalMs)} between checks`
    : 'once (wait is false)';
  log.debug(
    `Node ${process.version} on ${process.platform}; pauses at most ${pollIntervalMs} ms, timeout ${timeoutMs} ms.`,
  );
  log.info(`Checking retrain job ${retrainJobId} at ${apiUrl.host} ${how}.`);
}

async function prepareDirectory(inputs: Inputs, { env }: Parts): Promise<string> {
  const folders = { temp: env.RUNNER_TEMP, workspace: env.GITHUB_WORKSPACE || process.cwd() };
  return prepareResultsDirectory(inputs, folders);
}

/** Loads the artifact library while there is nothing else to do; a failure shows where the library is needed. */
function preload({ downloadResults, uploadArtifact, wait }: Inputs, { loadArtifactLibrary }: Parts): void {
  if (downloadResults && uploadArtifact && wait) loadArtifactLibrary().catch(() => {});
}
