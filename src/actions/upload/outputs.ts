// The outputs of `upload/` as a pure function of what is known; must not write or decide any of them.
import type { Outputs } from '../../github/outputs.js';
import type { UploadRecord } from './record.js';

/** The outputs by name; `result` is always known. */
export function outputsOf({ result, retrainJobId, uploaded, error }: UploadRecord): Outputs {
  return {
    result: result ?? 'internal_error',
    retrain_job_id: retrainJobId,
    uploaded_bytes: uploaded && String(uploaded.sizeBytes),
    uploaded_sha256: uploaded?.sha256,
    error_code: error?.apiCode,
    error_message: error?.message,
  };
}
