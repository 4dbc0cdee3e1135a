// Writes the outputs of the step, all in one place; must not decide any of them.
import * as core from '@actions/core';
import type { RunRecord } from './run-record.js';

/** The outputs by name, without those that are not known. `result` and `ready_to_switch` are always there. */
export function outputsOf(record: RunRecord): Record<string, string> {
  const { results, artifact, error, elapsedMs } = record;
  const result = record.result ?? 'internal_error';
  const values: Record<string, string | undefined> = {
    result,
    retrain_job_id: record.retrainJobId,
    status: record.status,
    model_id: record.modelId,
    message: record.message,
    error_code: error?.apiCode,
    error_message: error?.message,
    results_file: results?.file,
    results_directory: record.resultsDirectory,
    results_size: results && String(results.sizeBytes),
    results_sha256: results?.sha256,
    artifact_id: artifact?.id,
    artifact_name: artifact?.name,
    artifact_url: artifact?.url,
    artifact_digest: artifact?.digest,
    elapsed_seconds: elapsedMs === undefined ? undefined : String(Math.round(elapsedMs / 100) / 10),
    status_checks: elapsedMs === undefined ? undefined : String(record.statusChecks),
    // Last, so that it is not there when an earlier one could not be written.
    ready_to_switch: String(result === 'succeeded'),
  };
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/**
 * Writes the outputs, redacted: texts of the API are passed on as they came but for credentials inside them.
 * @throws Error when the runner's file cannot be written
 */
export function writeOutputs(
  outputs: Readonly<Record<string, string>>,
  redact: (text: string) => string,
): void {
  for (const [name, value] of Object.entries(outputs)) core.setOutput(name, redact(value));
}
