// Brings the results file to its folder, from the tool cache or from storage; must not know artifacts.

import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { explain, messageOf, StorageError, sentence } from '../../errors.js';
import { size } from '../../github/units.js';
import { makeDirectory } from '../../make-directory.js';
import { DISK } from '../../messages/storage.js';
import type { StatusAnswer } from '../../prediction-one/status-answer.js';
import { ArrivingFile } from '../../results/arriving-file.js';
import type { ContentKind } from '../../results/content-kind.js';
import { type Downloaded, download, STALL_TIMEOUT_MS } from '../../results/download.js';
import { safeFileName, splitExtension } from '../../results/file-name.js';
import { type CachedFile, cacheToolName, findCached, keepCached } from '../../results/results-cache.js';
import { OwnFiles } from '../../results/results-directory.js';
import { TransferNarration } from '../transfer-narration.js';
import { warn } from '../warn.js';
import type { Inputs } from './inputs.js';
import type { ResultsRecord, RunParts } from './run-record.js';
import type { JobWatch } from './wait-for-job.js';

export interface FetchedResults extends ResultsRecord {
  readonly kind: ContentKind;
}

/** The results file under its final name in `directory`, verified. The cache is asked before any download_url. */
export async function fetchResults(
  job: { inputs: Inputs; watch: JobWatch; answer: StatusAnswer; directory: string },
  parts: RunParts,
): Promise<FetchedResults> {
  const cached = job.inputs.cacheResults ? await fromCache(job, parts) : undefined;
  const arrived = cached ?? (await fromStorage(job, parts));
  const results = { ...(await settle(arrived, job.directory, parts)), fromCache: cached !== undefined };
  parts.log.info(`Results: ${results.file} (${size(results.sizeBytes)}, SHA-256 ${results.sha256})`);
  if (job.inputs.cacheResults && !cached) await toCache(results, job.inputs, parts);
  return results;
}

async function fromStorage(
  {
    inputs,
    watch,
    answer,
    directory,
  }: { inputs: Inputs; watch: JobWatch; answer: StatusAnswer; directory: string },
  parts: RunParts,
): Promise<Downloaded> {
  const url = await watch.downloadUrl(answer);
  const { clock, log } = parts;
  const limits = {
    maxOutageMs: inputs.maxOutageMs,
    firstByteTimeoutMs: inputs.requestTimeoutMs,
    stallTimeoutMs: STALL_TIMEOUT_MS,
  };
  return log.group('Downloading the results', () => {
    log.info(`From ${url}`);
    const narration = new TransferNarration('download', { log, nowMs: clock.monotonicMs });
    const refreshUrl = () => watch.freshDownloadUrl();
    const told = { onProgress: narration.progress, onFault: narration.fault };
    return download({ url, directory }, limits, { ...parts, refreshUrl, ...told });
  });
}

/** Gives the file its final name, without replacing a file of somebody else's. */
async function settle(
  arrived: Downloaded,
  directory: string,
  parts: RunParts,
): Promise<Omit<FetchedResults, 'fromCache'>> {
  const { file, kind, sizeBytes, sha256 } = arrived;
  const given = safeFileName(parts.redact(arrived.name)) || 'results';
  const name = kind === 'zip' && splitExtension(given).extension === '' ? `${given}.zip` : given;
  const ownFiles = new OwnFiles(parts.env.RUNNER_TEMP);
  try {
    const { path, taken } = await ownFiles.choosePath(directory, name, sha256);
    await file.finish(path);
    if (taken !== undefined) {
      const text = `'${taken}' belongs to somebody else and was left as it is: the results are at '${path}'.`;
      warn(parts, 'Another file has the name of the results', text);
    }
    await remember(ownFiles, { path, sha256 }, parts.log);
    return { file: path, sizeBytes, sha256, kind };
  } catch (error) {
    await file.discard();
    throw error instanceof StorageError ? error : notSettled(directory, error);
  }
}

/** Forgetting that a file is ours costs a second name some day, not this result. */
async function remember(
  ownFiles: OwnFiles,
  file: { path: string; sha256: string },
  log: RunParts['log'],
): Promise<void> {
  try {
    await ownFiles.remember(file.path, file.sha256);
  } catch (error) {
    log.info(`It could not be noted that '${file.path}' is our own: ${messageOf(error)}`);
  }
}

function notSettled(directory: string, cause: unknown): StorageError {
  const explanation = explain(DISK.fileNotNamed, { directory, reason: messageOf(cause) });
  return new StorageError(explanation, { cause });
}

/** A cache is a courtesy: whatever is wrong with it is told, and the download takes its place. */
async function fromCache(
  { inputs, directory }: { inputs: Inputs; directory: string },
  parts: RunParts,
): Promise<Downloaded | undefined> {
  const { toolCache, log, signal } = parts;
  try {
    const found = await findCached(toolCache, cacheToolName(inputs.apiUrl, inputs.retrainJobId));
    const copy =
      found === 'damaged' || found === undefined ? undefined : await copyCached(found, directory, parts);
    if (copy) log.info(`Found the results of this job in the runner's tool cache, SHA-256 checked.`);
    else if (found) log.info('The cached results file is damaged: downloading it anew.');
    return copy;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    warn(parts, 'The tool cache cannot be used', sentence(`cache_results is true, but: ${messageOf(error)}`));
    return undefined;
  }
}

/** A copy of the cached file, or undefined when its bytes changed while they were copied. */
async function copyCached(
  cached: CachedFile,
  directory: string,
  { temporaryFiles, signal }: RunParts,
): Promise<Downloaded | undefined> {
  const file = await ArrivingFile.create(directory, temporaryFiles);
  try {
    await file.begin({ 'content-length': String(cached.sizeBytes) }, cached.sizeBytes);
    for await (const chunk of createReadStream(cached.path, { highWaterMark: 1024 * 1024, signal })) {
      await file.take(chunk as Buffer);
    }
    const proven = await file.verify();
    if (proven.sha256 === cached.sha256) return { file, name: cached.name, kind: file.kind, ...proven };
    await file.discard();
    return undefined;
  } catch (error) {
    await file.discard();
    throw error;
  }
}

async function toCache(results: FetchedResults, inputs: Inputs, parts: RunParts): Promise<void> {
  const { env, toolCache, log, temporaryFiles, tempDirectory } = parts;
  const name = basename(results.file);
  try {
    const file = { path: results.file, name, sizeBytes: results.sizeBytes, sha256: results.sha256 };
    // The library's own way of creating it may never return (see make-directory.ts).
    if (env.RUNNER_TOOL_CACHE) await makeDirectory(env.RUNNER_TOOL_CACHE);
    const toolName = cacheToolName(inputs.apiUrl, inputs.retrainJobId);
    await keepCached(toolCache, toolName, { file, temporaryFiles, tempDirectory });
    log.info('Kept the results in the runner’s tool cache for a re-run.');
  } catch (error) {
    warn(parts, 'The results could not be kept in the tool cache', sentence(messageOf(error)));
  }
}
