// The few words that name each failure, as data: titles of annotations and of the job summary.
import type { FailureCode } from '../errors.js';

export const TITLES: Readonly<Record<FailureCode, string>> = {
  gate_failed: 'The gate stopped the new model',
  job_failed: 'The retrain job failed',
  timed_out: 'The retrain job did not finish in time',
  cancelled: 'Cancelled',
  invalid_input: 'An input cannot be used',
  auth_error: 'The API key was refused',
  not_found: 'The retrain job or its model was not found',
  job_deleted: 'The retrain job was deleted',
  api_error: 'The API answered with an error',
  network_error: 'A server could not be reached',
  download_error: 'The results could not be downloaded',
  artifact_error: 'The results could not be stored as an artifact',
  upload_error: 'The data could not be uploaded',
  not_finished: 'The retrain job is not finished',
  internal_error: 'The action itself failed',
};
