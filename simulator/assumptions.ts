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
  rawNumbers: ['actual', 'new_prediction', 'previous_prediction'],
  differences: ['outcome', 'count'],
} as const;

/**
 * ASSUMPTION: in the product people choose the target and its kind, which the retrain calls never name. Here the last
 * column is the target; numbers with more values than this make a regression, all else is a classification.
 */
export const MOST_NUMERIC_CLASSES = 10;

/** ASSUMPTION: without evaluation data every second row (of each class) is kept from training to evaluate with. */
export const EVALUATED_EVERY = 2;

/** ASSUMPTION: of two classes the last in the order of their names is the positive one (no < yes, 0 < 1). */
export function positiveOf(classes: readonly string[]): string | undefined {
  return classes.length === 2 ? [...classes].sort().at(-1) : undefined;
}

/** ASSUMPTION: the vendor's limits are not documented; these keep the simulator quick. Later rows are left out. */
export const TRAINING_LIMITS = {
  fewestRows: 4,
  largestRecordBytes: 64 * 1024,
  mostRows: 20_000,
  mostColumns: 100,
  mostClasses: 100,
} as const;

/** ASSUMPTION: that bad data ends as a failed job, and in which words, is not documented. */
export const TRAINING_FAILURES = {
  empty: 'The training data is empty.',
  unreadable: 'The training data cannot be read.',
  wrongZip: 'The ZIP file must hold one file in train_src and at most one in eval_src.',
  fewColumns: 'The number of columns is too small to train.',
  manyColumns: 'The number of columns is too large to train.',
  fewRows: 'The number of rows is too small to train.',
  oneClass: 'The target column has only one value.',
  manyClasses: 'The number of values in the target column is too large to train.',
  otherColumns: 'The columns of the evaluation data differ from those of the training data.',
  noEvaluation: 'The number of rows is too small to evaluate.',
  unexpected: 'Training failed.',
} as const;

export type TrainingFailure = keyof typeof TRAINING_FAILURES;

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
