// The vendor's errors as a table: which message means what, why it happens, what to do; must not know HTTP or GitHub.
import { type Explanation, type FailureCode, sentence } from '../errors.js';

export interface Advice {
  readonly code: FailureCode;
  readonly likelyCause: string;
  readonly nextStep: string;
}

const KEY_ADVICE: Advice = {
  code: 'auth_error',
  likelyCause:
    'A key from the screen is valid for 30 days: most likely it has expired, or it belongs to another model.',
  nextStep:
    'Issue a new API key for this model in Prediction One, store it as the secret, and re-run the job.',
};

const JOB_NOT_FOUND: Advice = {
  code: 'not_found',
  likelyCause:
    'retrain_job_id is not the one that the upload step gave, or it belongs to the model of another API key.',
  nextStep: 'Pass the output retrain_job_id of the upload step as it is, with the API key of the same model.',
};

/** By message text, since one code covers many causes (Retrain Status Check API, "error message"). */
const BY_MESSAGE: readonly (readonly [text: string, advice: Advice])[] = [
  ['invalid_api_key', KEY_ADVICE],
  ['inactive_credential', KEY_ADVICE],
  ['not_found_credential', KEY_ADVICE],
  ['not found retrain job', JOB_NOT_FOUND],
  [
    'this job may be deleted',
    {
      code: 'job_deleted',
      likelyCause: 'Somebody deleted the job or its model in Prediction One.',
      nextStep: 'Start a new retrain job with the upload step; the live model is unchanged.',
    },
  ],
];

const CLIENT_ERROR: Advice = {
  code: 'api_error',
  likelyCause: 'The API does not accept the request as it was sent; api_url may point at something else.',
  nextStep: 'Check api_url and retrain_job_id against the vendor’s page, then re-run the job.',
};

const SERVER_ERROR: Advice = {
  code: 'api_error',
  likelyCause: 'The vendor’s service is overloaded, under maintenance or failing.',
  nextStep: 'Training goes on at the vendor: re-run the job later with the same retrain_job_id.',
};

const RETRYABLE_CLIENT_STATUSES = new Set([408, 425, 429]);

/** Whether the same request may get another answer later, as far as the HTTP status tells. */
export function isRetryableStatus(httpStatus: number): boolean {
  return RETRYABLE_CLIENT_STATUSES.has(httpStatus) || httpStatus >= 500;
}

/** What an error answer means: by message text first, then by HTTP status (or the status that the code implies). */
export function classify(text: string, httpStatus: number): Advice & { readonly retryable: boolean } {
  const normalized = text.toLowerCase();
  const known = BY_MESSAGE.find(([phrase]) => normalized.includes(phrase));
  if (known) return { ...known[1], retryable: false };
  if (httpStatus === 401 || httpStatus === 403) return { ...KEY_ADVICE, retryable: false };
  if (httpStatus === 404) return { ...JOB_NOT_FOUND, retryable: false };
  if (RETRYABLE_CLIENT_STATUSES.has(httpStatus)) return { ...SERVER_ERROR, retryable: true };
  if (httpStatus >= 400 && httpStatus < 500) return { ...CLIENT_ERROR, retryable: false };
  return { ...SERVER_ERROR, retryable: true };
}

/** The explanation of a job that ended without a model. */
export function jobFailedExplanation(status: string, message: string | undefined): Explanation {
  return {
    what: sentence(
      `The retrain job failed: the API gave status '${status}'${message ? ` and said: ${message}` : ''}`,
    ),
    likelyCause:
      'Usually the training data: columns, types or volume differ from what the model was built with.',
    nextStep:
      'Check the data and the job in Prediction One, then start a new retrain job; the live model is unchanged.',
  };
}

export const WRONG_JOB_ADVICE = {
  likelyCause: 'A cache or a proxy between the runner and the API answered with somebody else’s answer.',
  nextStep: 'Do not switch. Check api_url and what stands in front of it, then re-run the job.',
} as const;

export const REDIRECT_ADVICE = {
  likelyCause: 'api_url is not the API’s own address; the API key is never sent along a redirect.',
  nextStep: 'Set api_url to the final address and re-run the job.',
} as const;
