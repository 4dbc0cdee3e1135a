// The root action's outputs as a pure function of what is known; must not write or decide any of them.
import type { Outputs } from '../../github/outputs.js';
import { gateReportJson } from '../../results/gate.js';
import { metricsJson } from '../../results/metrics-json.js';
import type { RunRecord } from './run-record.js';

/** The outputs by name; `result` and `ready_to_switch` are always known. */
export function outputsOf(record: RunRecord): Outputs {
  const { results, artifact, error, elapsedMs, modelReport, gate } = record;
  const result = record.result ?? 'internal_error';
  return {
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
    metrics: modelReport && metricsJson(modelReport.metrics),
    gate_report: gate && gateReportJson(gate),
    elapsed_seconds: elapsedMs === undefined ? undefined : String(Math.round(elapsedMs / 100) / 10),
    status_checks: elapsedMs === undefined ? undefined : String(record.statusChecks),
    // Last, so that it is not there when an earlier one could not be written.
    ready_to_switch: String(result === 'succeeded'),
  };
}
