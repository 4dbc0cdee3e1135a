// The action `upload/` as its parts: how it reads, plays and tells; must not hold any logic.
import { CANCELLED } from '../../messages/waiting.js';
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
    if (uploaded) return CANCELLED.uploaded;
    return retrainJobId === undefined ? CANCELLED.notUploaded : CANCELLED.uploading;
  },
};
