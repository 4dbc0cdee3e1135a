// Runs the root action once, from inputs to exit code: reads, tells the story, reports; must not know any step of it.
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as core from '@actions/core';
import { explained } from '../errors.js';
import type { ArtifactLibrary } from '../github/artifact.js';
import { type Inputs, maskSecrets, readInputs } from '../github/inputs.js';
import { createLog } from '../github/log.js';
import { Redactor } from '../github/redact.js';
import { report } from '../github/report.js';
import { emptyRecord, type RunRecord } from '../github/run-record.js';
import { createTransport } from '../http/transport.js';
import type { ToolCacheLibrary } from '../results/results-cache.js';
import { TemporaryFiles } from '../temporary-files.js';
import type { Clock } from '../waiting/clock.js';
import type { Parts } from './parts.js';
import { retrainStatusCheck } from './retrain-status-check.js';

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly loadArtifactLibrary: () => Promise<ArtifactLibrary>;
  readonly toolCache: ToolCacheLibrary;
}

/** After a cancel the story gets this long to unwind; the report must be out within two seconds. */
const GRACE_MS = 1_000;
const HOSTED_LIMIT_MINUTES = 350;
const USER_AGENT = 'retrain-status-check-action';

/** Runs the action; never rejects, whatever happens is reported. */
export async function run(surroundings: Surroundings): Promise<0 | 1> {
  const { env, clock, signal } = surroundings;
  const redactor = new Redactor();
  for (const secret of maskSecrets()) redactor.add(secret);
  const log = createLog(redactor.redact);
  const record = emptyRecord();
  const temporaryFiles = new TemporaryFiles();
  const read = readInputs();
  const isSummaryWanted = read.error ? read.jobSummary : read.inputs.jobSummary;
  record.retrainJobId = read.error ? read.retrainJobId : read.inputs.retrainJobId;
  try {
    if (read.error) throw read.error;
    warnOfHostedLimit(read.inputs, { env, log, record });
    const parts: Parts = {
      ...surroundings,
      log,
      record,
      temporaryFiles,
      transport: createTransport(USER_AGENT),
      tempDirectory: env.RUNNER_TEMP && existsSync(env.RUNNER_TEMP) ? env.RUNNER_TEMP : tmpdir(),
      hide: secrets => {
        for (const secret of secrets.redact) redactor.add(secret);
        for (const secret of secrets.mask) core.setSecret(secret);
      },
    };
    await untilCancelled(retrainStatusCheck(read.inputs, parts), signal);
  } catch (thrown) {
    record.error = explained(thrown);
    record.result = record.error.code;
    log.debug(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
  }
  temporaryFiles.removeAll();
  const summaryPath = isSummaryWanted ? env.GITHUB_STEP_SUMMARY : undefined;
  return report(record, { log, redact: redactor.redact, nowWallMs: clock.wallMs(), summaryPath });
}

/** The story's end, or the signal's reason once the story had its time to unwind. */
async function untilCancelled(story: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: outOfTime, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const start = () => {
    timer = setTimeout(() => reject(signal.reason), GRACE_MS);
  };
  if (signal.aborted) start();
  signal.addEventListener('abort', start, { once: true });
  try {
    await Promise.race([story, outOfTime]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', start);
    story.catch(() => {});
  }
}

function warnOfHostedLimit(
  { timeoutMs }: Inputs,
  { env, log, record }: { env: NodeJS.ProcessEnv; log: ReturnType<typeof createLog>; record: RunRecord },
): void {
  const minutes = timeoutMs / 60_000;
  if (env.RUNNER_ENVIRONMENT !== 'github-hosted' || minutes <= HOSTED_LIMIT_MINUTES) return;
  const text = `timeout_minutes is ${minutes}, but GitHub ends jobs on its own runners after 360 minutes: the wait may be cut before the timeout. Use wait: false on a schedule, or a self-hosted runner.`;
  record.warnings.push(text);
  log.warning('The timeout is longer than the job may run', text);
}
