// Stores the fetched results as a workflow artifact, as strictly as if_artifact_fails says; must not know how.
import { explained, GitHubError } from '../errors.js';
import { requireArtifactService, storeArtifact } from '../github/artifact.js';
import { defaultArtifactName } from '../github/artifact-name.js';
import type { Inputs } from '../github/inputs.js';
import { TITLES } from '../github/titles.js';
import { duration } from '../github/units.js';
import type { FetchedResults } from './fetch-results.js';
import type { Parts } from './parts.js';
import { warn } from './warn.js';

/** Stores the artifact; on failure throws, or with `if_artifact_fails: warn` warns. */
export async function keepArtifact(results: FetchedResults, inputs: Inputs, parts: Parts): Promise<void> {
  const { log, record, signal } = parts;
  try {
    requireArtifactService(parts.env);
    record.artifact = await log.group('Storing the workflow artifact', () => store(results, inputs, parts));
    log.info(`Artifact: ${record.artifact.name} (${record.artifact.url})`);
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    const error = explained(thrown);
    if (!(error instanceof GitHubError)) throw error;
    const { what, likelyCause, nextStep } = error.explanation;
    const located = { what: `${what} The results file is at '${results.file}'.`, likelyCause, nextStep };
    const told = new GitHubError(located, { cause: error });
    if (inputs.ifArtifactFails === 'error') throw told;
    warn(parts, TITLES.artifact_error, told.message);
  }
}

async function store(results: FetchedResults, inputs: Inputs, parts: Parts) {
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
