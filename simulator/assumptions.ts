// Everything the vendor does not document and the simulator had to choose, in one place; knows no server and no job.

/** Documented: the one status the manual names. */
export const FINISHED_STATUS = 'job_finished';

/** ASSUMPTION: no status before the end is documented; each holds until this share of the job's time is over. */
export const TIMELINE: readonly { status: string; untilShare: number }[] = [
  { status: 'queued', untilShare: 0.1 },
  { status: 'preparing', untilShare: 0.25 },
  { status: 'training', untilShare: 0.85 },
  { status: 'evaluating', untilShare: 1 },
];

/** ASSUMPTION: how a job is called whose upload URL was given out and whose data has not come yet. */
export const AWAITING_UPLOAD_STATUS = 'waiting_for_upload';

/** ASSUMPTION: how a failed job is called. */
export const FAILED_STATUS = 'job_failed';

/** ASSUMPTION: the first three digits of the documented codes are the HTTP status. */
export const BAD_REQUEST_STATUS = 400;
export const SERVER_ERROR_STATUS = 500;

/** ASSUMPTION: the vendor documents what the keys' errors mean, not which one a given mistake meets. */
export const MISSING_KEY_MESSAGE = 'Not_found_credential.';
export const UNKNOWN_KEY_MESSAGE = 'invalid_api_key.';
/** ASSUMPTION: a secret key where an API key belongs, or the other way round. */
export const WRONG_KIND_OF_KEY_MESSAGE = 'Inactive_credential.';

/** ASSUMPTION: only `retrain` is documented; what any other type meets is not. */
export const WRONG_CREDENTIAL_TYPE_MESSAGE = 'Credential type is invalid.';
/** ASSUMPTION: what a missing `filename` meets is not documented. */
export const MISSING_FILE_NAME_MESSAGE = 'Filename is required.';

/** ASSUMPTION: the lifetime of a presigned URL is not documented. */
export const SIGNED_URL_SECONDS = 300;

/** ASSUMPTION: a key from the screen is documented to live 30 days; a fresh one is taken to as well. */
export const FRESH_KEY_DAYS = 30;

/** ASSUMPTION: S3 refuses a single PUT over 5 GiB; the vendor names no limit for uploads. */
export const MAX_UPLOAD_BYTES = 5 * 1024 ** 3;

/** ASSUMPTION: neither the file's name nor its type is documented for this call; the sister call stores a ZIP. */
export const RESULTS_FILE_NAME = 'retrain_results.zip';
export const RESULTS_CONTENT_TYPE = 'application/zip';

/** ASSUMPTION: the CSV files' header lines are not documented, the files' names and meanings are. */
export const CSV_HEADERS = {
  metrics: ['metric', 'value'],
  comparison: ['metric', 'new_model', 'previous_model'],
  summary: ['column', 'contribution'],
  confusionCorner: 'actual\\predicted',
  rawData: ['actual', 'new_prediction', 'new_probability', 'previous_prediction', 'previous_probability'],
  differences: ['outcome', 'count'],
} as const;

/** ASSUMPTION: the date format of `end_date` is not documented. */
export function formatEndDate(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', ' ');
}

/** ASSUMPTION: the manual lists code, error and message; that they form a flat object with a string code is a guess. */
export function vendorErrorBody(httpStatus: number, message: string): Record<string, string> {
  if (httpStatus >= SERVER_ERROR_STATUS) {
    return { code: '5001000201', error: 'PREDA_EXTERNAL_INTERNAL_SERVER_ERROR', message };
  }
  return { code: '4001000204', error: 'PREDA_EXTERNAL_BAD_REQUEST', message };
}

/** ASSUMPTION: the status by elapsed time; `share` is elapsed time over the job's whole time. */
export function statusAtShare(share: number): string {
  return TIMELINE.find(step => share < step.untilShare)?.status ?? FINISHED_STATUS;
}
