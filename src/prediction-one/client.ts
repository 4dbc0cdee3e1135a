// The vendor's four calls, each asked once; must not know waiting, retries or GitHub.
import { readApiKeyAnswer, readSwitchAnswer, readUploadAnswer, type UploadTarget } from './answers.js';
import { type ApiOptions, type CallContext, callApi } from './api-call.js';
import { readStatusAnswer, type StatusAnswer } from './status-answer.js';

export interface CheckedStatus extends StatusAnswer {
  /** How long the API asks to wait before the next check, in milliseconds (`Retry-After`). */
  readonly retryAfterMs?: number | undefined;
}

/**
 * Every method asks once and throws VendorError for an error answer (`retryable` tells whether asking again may
 * help), NetworkError when no usable answer came, the signal's reason on abort.
 */
export interface Client {
  /** Retrain Status Check. */
  checkStatus(retrainJobId: string, context: CallContext): Promise<CheckedStatus>;
  /** Retrain Data Upload, first half: a new job and where its data is to be PUT. */
  requestUpload(fileName: string, context: CallContext): Promise<UploadTarget>;
  /** Retrain Model Switch: puts the job's model into service. Asking twice does no harm. */
  switchModel(retrainJobId: string, context: CallContext): Promise<void>;
  /** Get API Key: a fresh API key of the model, for a client whose `apiKey` is the account's secret key. */
  issueApiKey(modelId: string, context: CallContext): Promise<string>;
}

const JOBS = 'retrain_jobs';

/** A client for one API and one key; see {@link Client} for what its methods throw. */
export function createClient(options: ApiOptions): Client {
  return {
    async checkStatus(retrainJobId, context) {
      const raw = await callApi(options, { method: 'GET', path: [JOBS, retrainJobId] }, context);
      return { ...readStatusAnswer(raw, retrainJobId), retryAfterMs: raw.retryAfterMs };
    },
    async requestUpload(fileName, context) {
      const query = { filename: fileName };
      return readUploadAnswer(
        await callApi(options, { method: 'GET', path: [JOBS, 'upload_url'], query }, context),
      );
    },
    async switchModel(retrainJobId, context) {
      const path = [JOBS, retrainJobId, 'update_model'];
      readSwitchAnswer(await callApi(options, { method: 'PUT', path }, context), retrainJobId);
    },
    async issueApiKey(modelId, context) {
      const query = { credential_type: 'retrain', model_id: modelId };
      return readApiKeyAnswer(await callApi(options, { method: 'GET', path: ['api-key'], query }, context));
    },
  };
}
