// Runs any action once, from inputs to exit code: reads, plays the story, reports; must not know any step of it.
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { inspect } from 'node:util';
import * as core from '@actions/core';
import { CancelledError, type ExplainedError, explained, messageOf } from '../errors.js';
import { maskSecrets } from '../github/input-reader.js';
import { createLog } from '../github/log.js';
import { Redactor } from '../github/redact.js';
import { type BaseRecord, report } from '../github/report.js';
import { createTransport } from '../http/transport.js';
import { TemporaryFiles } from '../temporary-files.js';
import type { Action, AfterCancel, BaseInputs } from './action.js';
import { SECRET_INPUTS } from './api-inputs.js';
import type { Parts, Surroundings } from './parts.js';

/** After a cancel the story gets this long to unwind; the report must be out within two seconds. */
const GRACE_MS = 1_000;
const USER_AGENT = 'retrain-status-check-action';

/** Runs the action; never rejects, whatever happens is reported. */
export async function run<I extends BaseInputs, R extends BaseRecord>(
  action: Action<I, R>,
  surroundings: Surroundings,
): Promise<0 | 1> {
  const { env, clock } = surroundings;
  const redactor = new Redactor();
  const log = createLog(redactor.redact);
  const record = action.emptyRecord();
  const temporaryFiles = new TemporaryFiles();
  let isSummaryWanted = true;
  try {
    for (const secret of maskSecrets(SECRET_INPUTS)) redactor.add(secret);
    const read = action.readInputs();
    isSummaryWanted = read.error ? read.jobSummary : read.inputs.jobSummary;
    if (read.error) {
      record.retrainJobId = read.retrainJobId;
      throw read.error;
    }
    const parts = partsOf({ surroundings, redactor, log, record, temporaryFiles });
    await untilCancelled(action.play(read.inputs, parts), surroundings.signal);
    // A signal may have come in the last moments of a story that ended well: what it asks for still counts.
    surroundings.signal.throwIfAborted();
  } catch (thrown) {
    record.error = withAdvice(explained(thrown), action.afterCancel(record));
    record.result = record.error.code;
    for (const line of inspect(thrown).split('\n')) log.debug(line);
  }
  for (const error of temporaryFiles.removeAll())
    log.info(`A temporary file is left over: ${messageOf(error)}`);
  const summaryPath = isSummaryWanted ? env.GITHUB_STEP_SUMMARY : undefined;
  return report(record, action, { log, redact: redactor.redact, nowWallMs: clock.wallMs(), summaryPath });
}

function partsOf<R extends BaseRecord>(
  own: { surroundings: Surroundings; redactor: Redactor } & Pick<
    Parts<R>,
    'log' | 'record' | 'temporaryFiles'
  >,
): Parts<R> {
  const { surroundings, redactor, log, record, temporaryFiles } = own;
  const { RUNNER_TEMP } = surroundings.env;
  return {
    ...surroundings,
    log,
    record,
    temporaryFiles,
    transport: createTransport(USER_AGENT),
    tempDirectory: RUNNER_TEMP && existsSync(RUNNER_TEMP) ? RUNNER_TEMP : tmpdir(),
    redact: redactor.redact,
    hide: secrets => {
      for (const secret of secrets.redact) redactor.add(secret);
      for (const secret of secrets.mask) core.setSecret(secret);
    },
  };
}

/** Only the action knows what a cancel leaves behind and how to go on. */
function withAdvice(error: ExplainedError, { id, nextStep }: AfterCancel): ExplainedError {
  if (!(error instanceof CancelledError)) return error;
  return new CancelledError({ ...error.explanation, id, nextStep }, { cause: error });
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
