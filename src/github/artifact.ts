// Stores the results file as a workflow artifact, with the tries that the library leaves out; must not judge the job.
import { copyFile, link, mkdtemp, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ExplainedError, explain, GitHubError, messageOf } from '../errors.js';
import { ARTIFACT } from '../messages/github.js';
import type { ContentKind } from '../results/content-kind.js';
import type { TemporaryFiles } from '../temporary-files.js';
import type { Clock } from '../waiting/clock.js';
import { backoffMs } from '../waiting/pause.js';
import { type ArtifactFault, classifyArtifactFault } from './artifact-fault.js';
import { artifactNameFor, type StoredAs } from './artifact-name.js';
import { type HttpActivity, type Patience, watchHttp } from './http-activity.js';

/** The slice of `@actions/artifact` that is used. */
export interface ArtifactLibrary {
  uploadArtifact(
    name: string,
    files: string[],
    rootDirectory: string,
    options: { retentionDays?: number; skipArchive?: boolean },
  ): Promise<{ id?: number; size?: number; digest?: string }>;
}

/** A stored artifact, as its outputs tell it. */
export interface ArtifactRecord {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  /** SHA-256, lower-case hex. */
  readonly digest: string;
}

export interface ArtifactFile {
  readonly path: string;
  readonly kind: ContentKind;
  readonly sha256: string;
}

export interface ArtifactOptions {
  readonly askedName: string;
  readonly retentionDays: number | undefined;
  readonly maxOutageMs: number;
  /** What any request is given before its silence counts as a fault. */
  readonly requestTimeoutMs: number;
}

export interface ArtifactParts {
  readonly library: ArtifactLibrary;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly temporaryFiles: TemporaryFiles;
  readonly tempDirectory: string;
  readonly onFault: (fault: { text: string; nextName: string; nextTryInMs: number }) => void;
}

const MAX_NAMES = 3;
const STALL_MS = 60_000;
/** However little patience the inputs ask for, a healthy service may take this long to answer. */
const LEAST_PATIENCE_MS = 5_000;

/** @throws GitHubError where the artifact service cannot be used at all, before anything is loaded or sent. */
export function requireArtifactService(env: NodeJS.ProcessEnv): void {
  const host = new URL(env.GITHUB_SERVER_URL || 'https://github.com').hostname.toLowerCase();
  const hasService = host === 'github.com' || host.endsWith('.ghe.com') || host.endsWith('.localhost');
  if (!hasService) throw new GitHubError(explain(ARTIFACT.enterpriseServer, { host }));
  if (!env.ACTIONS_RUNTIME_TOKEN || !env.ACTIONS_RESULTS_URL)
    throw new GitHubError(explain(ARTIFACT.noService, {}));
}

/**
 * Uploads the file under the asked name, or under the next free one of three.
 * @throws GitHubError when it cannot be stored, the signal's reason on abort
 */
export async function storeArtifact(
  file: ArtifactFile,
  options: ArtifactOptions,
  parts: ArtifactParts,
): Promise<ArtifactRecord> {
  const tries: Tries = { attempt: 1, faults: 0, progressAtMs: parts.clock.monotonicMs() };
  for (;;) {
    const storedAs = nameOf(file, options.askedName, tries.attempt);
    const activity = watchHttp(patienceOf(options, tries, parts.clock));
    try {
      return await uploadOnce(file, { storedAs, activity, retentionDays: options.retentionDays }, parts);
    } catch (error) {
      if (parts.signal.aborted) throw parts.signal.reason;
      if (error instanceof ExplainedError) throw error;
      const fault = classifyArtifactFault(error, storedAs.name);
      tries.progressAtMs = activity.progressAtMs;
      tries.faults += 1;
      tries.attempt += fault.needsNewName ? 1 : 0;
      const isOver =
        !fault.isNameTaken && parts.clock.monotonicMs() - tries.progressAtMs >= options.maxOutageMs;
      const isLast = fault.isFinal || isOver || tries.attempt > MAX_NAMES;
      if (isLast) throw new GitHubError(fault.explanation, { cause: error });
      await pauseBeforeRetry(fault, { file, options, tries }, parts);
    } finally {
      activity.stop();
    }
  }
}

interface Tries {
  attempt: number;
  faults: number;
  progressAtMs: number;
}

/** A request that is on its way gets its own time even where no outage is borne at all. */
function patienceOf(
  { maxOutageMs, requestTimeoutMs }: ArtifactOptions,
  tries: Tries,
  clock: Clock,
): Patience {
  const outageMs = Math.max(maxOutageMs, requestTimeoutMs, LEAST_PATIENCE_MS);
  const { progressAtMs } = tries;
  return { stallMs: Math.min(STALL_MS, outageMs), outageMs, progressAtMs, nowMs: clock.monotonicMs };
}

async function pauseBeforeRetry(
  fault: ArtifactFault,
  { file, options, tries }: { file: ArtifactFile; options: ArtifactOptions; tries: Tries },
  { clock, random, signal, onFault }: ArtifactParts,
): Promise<void> {
  const leftMs = Math.max(0, tries.progressAtMs + options.maxOutageMs - clock.monotonicMs());
  const pauseMs = Math.min(leftMs, backoffMs({ faultsInARow: tries.faults, random: random() }));
  const nextTryInMs = fault.isNameTaken ? 0 : pauseMs;
  const nextName = nameOf(file, options.askedName, tries.attempt).name;
  onFault({ text: fault.explanation.what, nextName, nextTryInMs });
  await clock.sleep(nextTryInMs, signal);
}

function nameOf({ path, kind }: ArtifactFile, askedName: string, attempt: number): StoredAs {
  return artifactNameFor(askedName, attempt, { name: basename(path), kind });
}

async function uploadOnce(
  file: ArtifactFile,
  attempt: { storedAs: StoredAs; activity: HttpActivity; retentionDays: number | undefined },
  parts: ArtifactParts,
): Promise<ArtifactRecord> {
  const { storedAs, activity, retentionDays } = attempt;
  const named = await fileNamed(storedAs, file.path, parts).catch(error => {
    const explanation = explain(ARTIFACT.notPrepared, { reason: messageOf(error) });
    throw new GitHubError(explanation, { cause: error });
  });
  try {
    const options = {
      skipArchive: storedAs.isRaw,
      ...(retentionDays === undefined ? {} : { retentionDays }),
    };
    const upload = parts.library.uploadArtifact(storedAs.name, [named.path], dirname(named.path), options);
    const { id, digest } = await untilAborted(upload, activity, parts.signal);
    if (id === undefined || (storedAs.isRaw && digest !== file.sha256)) {
      throw new Error(`the uploaded bytes have SHA-256 ${digest ?? 'unknown'}, the file has ${file.sha256}`);
    }
    return { id: String(id), name: storedAs.name, url: artifactUrl(parts.env, id), digest: digest ?? '' };
  } finally {
    await named.remove();
  }
}

/** The library names a raw upload after its file: the file gets another name by a link, or a copy where links fail. */
async function fileNamed(
  storedAs: StoredAs,
  path: string,
  { tempDirectory, temporaryFiles }: ArtifactParts,
): Promise<{ path: string; remove: () => Promise<void> }> {
  if (!storedAs.isRaw || basename(path) === storedAs.name) return { path, remove: async () => {} };
  const folder = await mkdtemp(join(tempDirectory, 'retrain-artifact-'));
  temporaryFiles.add(folder);
  const named = join(folder, storedAs.name);
  await symlink(path, named, 'file')
    .catch(() => link(path, named))
    .catch(() => copyFile(path, named));
  const remove = async () => {
    await rm(folder, { recursive: true, force: true });
    temporaryFiles.forget(folder);
  };
  return { path: named, remove };
}

/** The upload's result, or the signal's reason as soon as it aborts, with the library's requests cut. */
async function untilAborted<T>(upload: Promise<T>, activity: HttpActivity, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => {
    activity.cut(new Error('cancelled'));
    reject(signal.reason);
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([upload, activity.hopeless, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
    // Whatever the abandoned upload still ends with is told by the abort.
    upload.catch(() => {});
    aborted.catch(() => {});
  }
}

/** Where people find the artifact (as actions/upload-artifact builds it). */
function artifactUrl(env: NodeJS.ProcessEnv, id: number): string {
  const server = env.GITHUB_SERVER_URL || 'https://github.com';
  return `${server}/${env.GITHUB_REPOSITORY ?? ''}/actions/runs/${env.GITHUB_RUN_ID ?? ''}/artifacts/${id}`;
}
