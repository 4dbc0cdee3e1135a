// Reads what the results say about the models and lets the gate judge it; must not know files of any format.
import { basename } from 'node:path';
import { GateError } from '../../errors.js';
import { gateFailedExplanation, judgeGate } from '../../results/gate.js';
import type { Metric } from '../../results/model-report.js';
import { readModelReport } from '../../results/read-model-report.js';
import { warn } from '../warn.js';
import type { FetchedResults } from './fetch-results.js';
import type { Inputs } from './inputs.js';
import type { RunParts } from './run-record.js';

/** A log of thousands of metrics would bury everything else. */
const MAX_LOGGED = 20;

/**
 * Fills in the metrics and the gate's verdict.
 * @returns the error that the gate ends the run with, once all else is done
 */
export async function judgeModel(
  results: FetchedResults,
  { gate }: Pick<Inputs, 'gate'>,
  parts: RunParts,
): Promise<GateError | undefined> {
  const { record, log, signal } = parts;
  const report = await readModelReport(
    { path: results.file, kind: results.kind, name: basename(results.file) },
    signal,
  );
  record.modelReport = report;
  for (const metric of report.metrics.slice(0, MAX_LOGGED)) log.info(describe(metric));
  const verdict = gate.length > 0 ? judgeGate(gate, report) : undefined;
  record.gate = verdict;
  // What the gate stumbled over is in its own words already.
  if (verdict === undefined || verdict.passed)
    for (const { text } of report.problems) warn(parts, 'The results were not understood in full', text);
  if (verdict === undefined) return undefined;
  for (const { passed, why } of verdict.conditions)
    log.info(`Gate: ${passed ? 'passed' : 'FAILED'} – ${why}`);
  return verdict.passed ? undefined : new GateError(gateFailedExplanation(verdict));
}

function describe({ name, newValue, previousValue }: Metric): string {
  const before = previousValue === undefined ? '' : `, previous model ${previousValue.toFixed()}`;
  return `${name}: new model ${newValue?.toFixed() ?? 'unknown'}${before}`;
}
