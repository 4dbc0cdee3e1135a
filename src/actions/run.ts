// Runs the root action once, from inputs to exit code: reads, tells the story, reports; must not know any step of it.
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { inspect } from 'node:util';
import * as core from '@actions/core';
import { explained, messageOf } from '../errors.js';
import { type Inputs, maskSecrets, readInputs } from '../github/inputs.js';
import { createLog } from '../github/log.js';
import { Redactor } from '../github/redact.js';
import { report } from '../github/report.js';
import { emptyRecord } from '../github/run-record.js';
import { createTransport } from '../http/transport.js';
import { TemporaryFiles } from '../temporary-files.js';
import type { Parts, Surroundings } from './parts.js';
import { retrainStatusCheck } from './retrain-status-check.js';
import { warn } from './warn.js';

/** After a cancel the story gets this long to unwind; the report must be out within two seconds. */
const GRACE_MS = 1_000;
const HOSTED_LIMIT_MINUTES = 350;
const USER_AGENT = 'retrain-status-check-action';

/** Runs the action; never rejects, whatever happens is reported. */
export async function run(surroundings: Surroundings): Promise<0 | 1> {
  const { env, clock } = surroundings;
  const redactor = new Redactor();
  const log = createLog(redactor.redact);
  const record = emptyRecord();
  const temporaryFiles = new TemporaryFiles();
  let isSummaryWanted = true;
  try {
    for (const secret of maskSecrets()) redactor.add(secret);
    const read = readInputs();
    isSummaryWanted = read.error ? read.jobSummary : read.inputs.jobSummary;
    record.retrainJobId = read.error ? read.retrainJobId : read.inputs.retrainJobId;
    if (read.error) throw read.error;
    await tellStory(read.inputs, { surroundings, redactor, log, record, temporaryFiles });
  } catch (thrown) {
    record.error = explained(thrown);
    record.result = record.error.code;
    for (const line of inspect(thrown).split('\n')) log.debug(line);
  }
  for (const error of temporaryFiles.removeAll())
    log.info(`A temporary file is left over: ${messageOf(error)}`);
  const summaryPath = isSummaryWanted ? env.GITHUB_STEP_SUMMARY : undefined;
  return report(record, { log, redact: redactor.redact, nowWallMs: clock.wallMs(), summaryPath });
}

async function tellStory(
  inputs: Inputs,
  own: { surroundings: Surroundings; redactor: Redactor } & Pick<Parts, 'log' | 'record' | 'temporaryFiles'>,
): Promise<void> {
  const { surroundings, redactor, log, record, temporaryFiles } = own;
  const { env, signal } = surroundings;
  const parts: Parts = {
    ...surroundings,
    log,
    record,
    temporaryFiles,
    transport: createTransport(USER_AGENT),
    tempDirectory: env.RUNNER_TEMP && existsSync(env.RUNNER_TEMP) ? env.RUNNER_TEMP : tmpdir(),
    redact: redactor.redact,
    hide: secrets => {
      for (const secret of secrets.redact) redactor.add(secret);
      for (const secret of secrets.mask) core.setSecret(secret);
    },
  };
  warnOfHostedLimit(inputs, parts);
  await untilCancelled(retrainStatusCheck(inputs, parts), signal);
  // A signal may have come in the last moments of a story that ended well: what it asks for still counts.
  signal.throwIfAborted();
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

function warnOfHostedLimit({ timeoutMs }: Inputs, parts: Parts): void {
  const minutes = timeoutMs / 60_000;
  if (parts.env.RUNNER_ENVIRONMENT !== 'github-hosted' || minutes <= HOSTED_LIMIT_MINUTES) return;
  const text = `timeout_minutes is ${minutes}, but GitHub ends jobs on its own runners after 360 minutes: the wait may be cut before the timeout. Use wait: false on a schedule, or a self-hosted runner.`;
  warn(parts, 'The timeout is longer than the job may run', text);
}
