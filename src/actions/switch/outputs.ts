// The outputs of `switch/` as a pure function of what is known; must not write or decide any of them.
import type { Outputs } from '../../github/outputs.js';
import type { SwitchRecord } from './record.js';

/** The outputs by name; `result` and `switched` are always known. */
export function outputsOf({ result, retrainJobId, isSwitched, error }: SwitchRecord): Outputs {
  return {
    result: result ?? 'internal_error',
    retrain_job_id: retrainJobId,
    error_code: error?.apiCode,
    error_message: error?.message,
    // Last, so that it is not there when an earlier one could not be written.
    switched: String(isSwitched),
  };
}
