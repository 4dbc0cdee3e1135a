// What an answer of the Retrain Status Check API says, as a pure rule; must not know the network.
import { checkJob, type JsonObject, readAnswer } from './answer.js';
import type { RawAnswer } from './api-call.js';

/** A good answer, as documented under "Response"; texts exactly as they came. */
export interface StatusAnswer {
  readonly status: string;
  /** Decimal digits, never rounded. */
  readonly modelId?: string;
  readonly message?: string;
  /** A credential: hand it to PresignedUrl at once, never to a log. */
  readonly downloadUrl?: string;
}

/**
 * Reads an answer to the status check of job `retrainJobId`.
 * @throws VendorError for every answer that is no status, or is about another job
 */
export function readStatusAnswer(raw: RawAnswer, retrainJobId: string): StatusAnswer {
  const read = (body: JsonObject) => {
    if (typeof body.status !== 'string' || body.status.trim() === '') return undefined;
    checkJob(body, retrainJobId, 'status');
    return readFields(body, body.status);
  };
  return readAnswer(raw, { call: 'status', read, lacks: 'status' });
}

function readFields(body: JsonObject, status: string): StatusAnswer {
  const { model_id: modelId, message, download_url: downloadUrl } = body;
  const isId = (typeof modelId === 'number' || typeof modelId === 'string') && /^\d+$/.test(String(modelId));
  return {
    status,
    ...(isId ? { modelId: String(modelId) } : {}),
    ...(typeof message === 'string' && message !== '' ? { message } : {}),
    ...(typeof downloadUrl === 'string' && downloadUrl.trim() !== ''
      ? { downloadUrl: downloadUrl.trim() }
      : {}),
  };
}
