// The action `upload/` as its parts: how it reads, plays and tells; must not hold any logic.
import type { Action } from '../action.js';
import { type Inputs, readInputs } from './inputs.js';
import { outputsOf } from './outputs.js';
import { emptyRecord, type UploadRecord } from './record.js';
import { upload } from './story.js';
import { summaryMarkdown } from './summary.js';

export const uploadAction: Action<Inputs, UploadRecord> = {
  readInputs,
  emptyRecord,
  play: upload,
  outputsOf,
  summaryOf: summaryMarkdown,
  goodEndOf: ({ retrainJobId }) => `Retrain job ${retrainJobId} has its data: training starts by itself.`,
  afterCancel: ({ uploaded, retrainJobId }) => {
    if (uploaded)
      return 'All data had arrived, and training goes on at the vendor, since no call stops it: wait for it with the status check action and the output retrain_job_id.';
    if (retrainJobId === undefined)
      return 'No data had gone out, and training starts only with whole data; the live model is unchanged. Run the job again to upload.';
    return 'The storage had not confirmed the data, and training starts only with whole data: if all of it had gone out, training may have begun; the live model is unchanged. Ask for the status of the output retrain_job_id before you run the job again to upload anew.';
  },
};
