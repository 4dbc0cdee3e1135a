// Stores the fetched results as a workflow artifact, as strictly as if_artifact_fails says; must not know how.
import { explained, GitHubError } from '../../errors.js';
import { requireArtifactService, storeArtifact } from '../../github/artifact.js';
import { defaultArtifactName } from '../../github/artifact-name.js';
import { duration } from '../../github/units.js';
import { TITLES } from '../../messages/titles.js';
import { warn } from '../warn.js';
import type { FetchedResults } from './fetch-results.js';
import type { Inputs } from './inputs.js';
import type { RunParts } from './run-record.js';

/**
 * Stores the artifact; with `if_artifact_fails: warn` a failure is a warning.
 * @returns the error of an artifact that could not be stored; what is not GitHub's fault is thrown
 */
export async function keepArtifact(
  results: FetchedResults,
  inputs: Inputs,
  parts: RunParts,
): Promise<GitHubError | undefined> {
  const { log, record, signal } = parts;
  try {
    requireArtifactService(parts.env);
    record.artifact = await log.group('Storing the workflow artifact', () => store(results, inputs, parts));
    log.info(`Artifact: ${record.artifact.name} (${record.artifact.url})`);
    return undefined;
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    const error = explained(thrown);
    if (!(error instanceof GitHubError)) throw error;
    const what = `${error.explanation.what} The results file is at '${results.file}'.`;
    const located = { ...error.explanation, what };
    const told = new GitHubError(located, { cause: error });
    if (inputs.ifArtifactFails === 'error') return told;
    warn(parts, TITLES.artifact_error, told.message);
    return undefined;
  }
}

async function store(results: FetchedResults, inputs: Inputs, parts: RunParts) {
  const { clock, random, signal, temporaryFiles, tempDirectory, env, log } = parts;
  const file = { path: results.file, kind: results.kind, sha256: results.sha256 };
  const options = {
    askedName: inputs.artifactName || defaultArtifactName(inputs.retrainJobId),
    retentionDays: inputs.artifactRetentionDays,
    maxOutageMs: inputs.maxOutageMs,
    requestTimeoutMs: inputs.requestTimeoutMs,
  };
  return storeArtifact(file, options, {
    library: await parts.loadArtifactLibrary(),
    env,
    clock,
    random,
    signal,
    temporaryFiles,
    tempDirectory,
    onFault: ({ text, nextName, nextTryInMs }) => {
      const when = nextTryInMs === 0 ? 'now' : `in ${duration(nextTryInMs)}`;
      log.info(`${text} Trying again ${when} as '${nextName}'.`);
    },
  });
}
