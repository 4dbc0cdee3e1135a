// Tells the end of a run, all in one place: outputs, job summary, annotation, exit code; must not decide the result.
import { appendFileSync } from 'node:fs';
import { ExplainedError, messageOf } from '../errors.js';
import type { Log } from './log.js';
import { outputsOf, writeOutputs } from './outputs.js';
import { printable } from './printable.js';
import type { RunRecord } from './run-record.js';
import { summaryMarkdown } from './summary-markdown.js';
import { TITLES } from './titles.js';

export interface ReportParts {
  readonly log: Log;
  readonly redact: (text: string) => string;
  readonly nowWallMs: number;
  /** GITHUB_STEP_SUMMARY; undefined where no summary is wanted or the runner offers none. */
  readonly summaryPath: string | undefined;
}

/**
 * Writes what is known and says how it ended.
 * @returns the exit code: 0 for `succeeded` and `pending`, 1 for all else, a report that could not be written included
 */
export function report(record: RunRecord, parts: ReportParts): 0 | 1 {
  const { log, redact } = parts;
  try {
    writeOutputs(outputsOf(record), redact);
  } catch (error) {
    // Without outputs no later step may go on, however well the rest went.
    record.error = outputsError(record.error, error);
    record.result = record.error.code;
    takeBack(record.error.code, log);
  }
  // Once more at the end: taking invisible signs out of a text may put a credential together.
  const clean = cleanRecord(record, text => redact(printable(redact(text))));
  if (parts.summaryPath) writeSummary(parts.summaryPath, () => summaryMarkdown(clean, parts.nowWallMs), log);
  const { error, result } = clean;
  if (error) log.error(TITLES[error.code], error.message);
  if (result === 'succeeded')
    log.info(`Ready to switch${clean.modelId ? ` to model ${clean.modelId}` : ''}.`);
  return result === 'succeeded' || result === 'pending' ? 0 : 1;
}

/** The last value of an output counts: what an earlier line promised is taken back, if the file lets us. */
function takeBack(result: string, log: Log): void {
  try {
    writeOutputs({ result, ready_to_switch: 'false' }, text => text);
  } catch (error) {
    log.debug(`Not even the result could be written: ${messageOf(error)}`);
  }
}

function outputsError(earlier: ExplainedError | undefined, cause: unknown): ExplainedError {
  const before = earlier ? ` Before that: ${earlier.explanation.what}` : '';
  const explanation = {
    what: `The outputs of the step could not be written: ${messageOf(cause)}.${before}`,
    likelyCause: 'The disk of the runner is full, or something removed the file that GITHUB_OUTPUT names.',
    nextStep: 'Re-run the job with the same retrain_job_id.',
  };
  return new ExplainedError(earlier?.code ?? 'internal_error', explanation, {
    cause,
    apiCode: earlier?.apiCode,
  });
}

/** Clean before anything is escaped: an escaped credential would not be recognized any more. */
function cleanRecord(record: RunRecord, clean: (text: string) => string): RunRecord {
  const text = (value: string | undefined) => (value === undefined ? undefined : clean(value));
  return {
    ...record,
    status: text(record.status),
    message: text(record.message),
    retrainJobId: text(record.retrainJobId),
    results: record.results && { ...record.results, file: clean(record.results.file) },
    artifact: record.artifact && { ...record.artifact, name: clean(record.artifact.name) },
    error: record.error && cleanError(record.error, clean),
    timeline: record.timeline.map(change => ({ ...change, status: clean(change.status) })),
    warnings: record.warnings.map(clean),
  };
}

function cleanError(error: ExplainedError, clean: (text: string) => string): ExplainedError {
  const { what, likelyCause, nextStep } = error.explanation;
  const explanation = { what: clean(what), likelyCause: likelyCause && clean(likelyCause), nextStep };
  const apiCode = error.apiCode && clean(error.apiCode);
  return new ExplainedError(error.code, explanation, { cause: error, apiCode });
}

/** A summary is a courtesy: one that cannot be written must not fail a good run. */
function writeSummary(path: string, markdown: () => string, log: Log): void {
  try {
    appendFileSync(path, markdown());
  } catch (error) {
    log.info(`The job summary could not be written: ${messageOf(error)}`);
  }
}
