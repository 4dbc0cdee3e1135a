// Tells the end of a run, all in one place: outputs, job summary, annotation, exit code; must not decide the result.
import { appendFileSync } from 'node:fs';
import { ExplainedError, explain, messageOf, type Result } from '../errors.js';
import { RUNNER } from '../messages/github.js';
import { TITLES } from '../messages/titles.js';
import { cleaned } from './cleaned.js';
import type { Log } from './log.js';
import { type Outputs, writeOutputs } from './outputs.js';
import { printable } from './printable.js';

/** What every action knows at its end. */
export interface BaseRecord {
  result: Result | undefined;
  error: ExplainedError | undefined;
  retrainJobId: string | undefined;
  /** Things that did not stop the run but that people should know, whole sentences. */
  readonly warnings: string[];
}

/** How one action tells what it knows. */
export interface Telling<R extends BaseRecord> {
  /** `result` is among them, always known. */
  readonly outputsOf: (record: R) => Outputs;
  /** The job summary as Markdown; the record's texts are redacted already. */
  readonly summaryOf: (record: R, nowWallMs: number) => string;
  /** The log's last line after a good end. */
  readonly goodEndOf: (record: R) => string | undefined;
  /** The output beside `result` that later steps decide by, `true` or `false`. */
  readonly verdictOutput?: string;
}

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
export function report<R extends BaseRecord>(record: R, telling: Telling<R>, parts: ReportParts): 0 | 1 {
  const { log, redact } = parts;
  try {
    writeOutputs(telling.outputsOf(record), redact);
  } catch (error) {
    // Without outputs no later step may go on, however well the rest went.
    record.error = outputsError(record.error, error);
    record.result = record.error.code;
    takeBack(
      { result: record.result, ...(telling.verdictOutput && { [telling.verdictOutput]: 'false' }) },
      log,
    );
  }
  // Clean before anything is escaped: an escaped credential would not be recognized any more. Once more at the end,
  // since taking invisible signs out of a text may put a credential together.
  const clean = cleaned(record, text => redact(printable(redact(text))));
  if (parts.summaryPath)
    writeSummary(parts.summaryPath, () => telling.summaryOf(clean, parts.nowWallMs), log);
  const { error, result } = clean;
  if (error) log.error(TITLES[error.code], error.message);
  const goodEnd = result === 'succeeded' ? telling.goodEndOf(clean) : undefined;
  if (goodEnd) log.info(goodEnd);
  return result === 'succeeded' || result === 'pending' ? 0 : 1;
}

/** The last value of an output counts: what an earlier line promised is taken back, if the file lets us. */
function takeBack(outputs: Outputs, log: Log): void {
  try {
    writeOutputs(outputs, text => text);
  } catch (error) {
    log.debug(`Not even the result could be written: ${messageOf(error)}`);
  }
}

function outputsError(earlier: ExplainedError | undefined, cause: unknown): ExplainedError {
  const more = earlier && ` Before that: ${earlier.explanation.what}`;
  const explanation = explain(RUNNER.outputsNotWritten, { reason: messageOf(cause), more });
  return new ExplainedError(earlier?.code ?? 'internal_error', explanation, {
    cause,
    apiCode: earlier?.apiCode,
  });
}

/** A summary is a courtesy: one that cannot be written must not fail a good run. */
function writeSummary(path: string, markdown: () => string, log: Log): void {
  try {
    appendFileSync(path, markdown());
  } catch (error) {
    log.info(`The job summary could not be written: ${messageOf(error)}`);
  }
}
