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
  afterCancel: ({ uploaded }) =>
    uploaded
      ? 'All data had arrived, and training goes on at the vendor, since no call stops it: wait for it with the status check action and the output retrain_job_id.'
      : 'The data had not been confirmed as whole, and training starts only with whole data; the live model is unchanged. Run the job again to upload anew.',
};
