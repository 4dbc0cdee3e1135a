// What the answers of the upload, switch and key calls say, as pure rules; must not know the network.
import { checkJob, isObject, type JsonObject, jobIdOf, namesError, readAnswer } from './answer.js';
import type { RawAnswer } from './api-call.js';
import { isJobId } from './job-id.js';

/** Where the data of a new job goes (Retrain Data Upload API). */
export interface UploadTarget {
  readonly retrainJobId: string;
  /** A credential: hand it to PresignedUrl at once, never to a log. */
  readonly uploadUrl: string;
}

/** @throws VendorError for everything but an upload_url with a job id that the other calls take */
export function readUploadAnswer(raw: RawAnswer): UploadTarget {
  const read = ({ retrain_job_id: id, upload_url: url }: JsonObject): UploadTarget | undefined => {
    const isText = typeof id === 'string' || Number.isFinite(id);
    const retrainJobId = isText ? String(id).trim() : '';
    if (!isJobId(retrainJobId) || typeof url !== 'string' || url.trim() === '') return undefined;
    return { retrainJobId, uploadUrl: url.trim() };
  };
  return readAnswer(raw, { call: 'upload', read, lacks: 'usable retrain_job_id with an upload_url' });
}

/**
 * A switch has happened only when the API names the job (Retrain Model Switch API, "Response") and no error beside it.
 * @throws VendorError for everything else
 */
export function readSwitchAnswer(raw: RawAnswer, retrainJobId: string): true {
  const read = (body: JsonObject) => {
    if (!isObject(body.metadata) || namesError(body, 'switch')) return undefined;
    const answered = jobIdOf(body);
    if (answered === undefined || answered === null) return undefined;
    checkJob(body, retrainJobId, 'switch');
    return true as const;
  };
  return readAnswer(raw, { call: 'switch', read, lacks: 'metadata.retrain_job_id' });
}

/** The fresh key (Get API Key). @throws VendorError for everything but a key that a header can carry */
export function readApiKeyAnswer(raw: RawAnswer): string {
  const read = ({ api_key: key }: JsonObject) => {
    const text = typeof key === 'string' ? key.trim() : '';
    return text === '' || /[^\x21-\x7e]/.test(text) ? undefined : text;
  };
  return readAnswer(raw, { call: 'api_key', read, lacks: 'usable api_key' });
}
