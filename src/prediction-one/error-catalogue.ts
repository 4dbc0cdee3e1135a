// The vendor's errors as a table: which message means what, why it happens, what to do; must not know HTTP or GitHub.
import { type Explanation, type FailureCode, sentence } from '../errors.js';

export interface Advice {
  readonly code: FailureCode;
  readonly likelyCause: string;
  readonly nextStep: string;
}

/** The vendor's calls: the same text may mean something else in another. */
export type ApiCall = 'status' | 'upload' | 'switch' | 'api_key';

export interface ErrorAnswer {
  /** All that the answer says, in any case. */
  readonly text: string;
  /** The answer's, or the one that its error code implies. */
  readonly httpStatus: number;
  readonly call: ApiCall;
}

const KEY_ADVICE: Advice = {
  code: 'auth_error',
  likelyCause:
    'A key from the screen is valid for 30 days: most likely it has expired, or it belongs to another model.',
  nextStep:
    'Issue a new API key for this model in Prediction One, store it as the secret, and re-run the job.',
};

const SECRET_KEY_ADVICE: Advice = {
  code: 'auth_error',
  likelyCause: 'The secret key is wrong or was revoked, or model_id is no model of its account.',
  nextStep: 'Check secret_key and model_id against the account in Prediction One, then re-run the job.',
};

const JOB_NOT_FOUND: Advice = {
  code: 'not_found',
  likelyCause:
    'retrain_job_id is not the one that the upload step gave, or it belongs to the model of another API key.',
  nextStep: 'Pass the output retrain_job_id of the upload step as it is, with the API key of the same model.',
};

const JOB_DELETED: Advice = {
  code: 'job_deleted',
  likelyCause: 'Somebody deleted the job or its model in Prediction One.',
  nextStep: 'Start a new retrain job with the upload step; the live model is unchanged.',
};

const OWNER_DELETED: Advice = {
  code: 'not_found',
  likelyCause:
    'Somebody deleted the account or the model of this key in Prediction One, or api_url is not the API.',
  nextStep: 'Check the model in Prediction One and api_url, and use the key of a model that exists.',
};

interface KnownMessage {
  readonly phrase: string;
  /** Absent: every call that the messages are documented for. */
  readonly calls?: readonly ApiCall[];
  readonly advice: Advice;
  readonly retryable?: boolean;
}

/** By message text, since one code covers many causes (the vendor's pages of the calls, "error message"). */
const KNOWN_MESSAGES: readonly KnownMessage[] = [
  { phrase: 'invalid_api_key', advice: KEY_ADVICE },
  { phrase: 'inactive_credential', advice: KEY_ADVICE },
  { phrase: 'not_found_credential', advice: KEY_ADVICE },
  { phrase: 'not found retrain job', advice: JOB_NOT_FOUND },
  { phrase: 'this job may be deleted', calls: ['status', 'upload'], advice: JOB_DELETED },
  { phrase: 'this job may be deleted', calls: ['switch'], advice: { ...JOB_DELETED, code: 'not_found' } },
  { phrase: 'this user may be deleted', calls: ['upload'], advice: OWNER_DELETED },
  { phrase: 'this model may be deleted', calls: ['upload'], advice: OWNER_DELETED },
  {
    phrase: 'not found classifier',
    calls: ['switch'],
    advice: {
      code: 'not_found',
      likelyCause:
        'The prediction API of this model was deleted in Prediction One, so there is nothing to switch.',
      nextStep: 'Publish the model as an API in Prediction One again, then re-run the job.',
    },
  },
  {
    phrase: 'retrain job is not finished',
    calls: ['switch'],
    advice: {
      code: 'not_finished',
      likelyCause: 'The switch came before the end of the training.',
      nextStep:
        'Wait with the status check action first, and switch only when its output ready_to_switch is true; the live model is unchanged.',
    },
  },
  {
    phrase: 'not found configuration_file',
    calls: ['upload'],
    advice: {
      code: 'api_error',
      likelyCause: 'The vendor’s server has lost the settings of this model.',
      nextStep: 'Re-run the job later; if it stays so, ask the vendor’s support about this model.',
    },
    retryable: true,
  },
];

const CLIENT_ERROR_STEP: Readonly<Record<ApiCall, string>> = {
  status: 'Check api_url and retrain_job_id against the vendor’s page, then re-run the job.',
  upload: 'Check api_url and the name of the data file against the vendor’s page, then re-run the job.',
  switch: 'Check api_url and retrain_job_id against the vendor’s page, then re-run the job.',
  api_key: SECRET_KEY_ADVICE.nextStep,
};

const SERVER_ERROR_STEP: Readonly<Record<ApiCall, string>> = {
  status: 'Training goes on at the vendor: re-run the job later with the same retrain_job_id.',
  upload: 'Re-run the job later.',
  switch: 'Re-run the job later with the same retrain_job_id; switching twice does no harm.',
  api_key: 'Re-run the job later.',
};

function clientError(call: ApiCall): Advice {
  const likelyCause =
    'The API does not accept the request as it was sent; api_url may point at something else.';
  return { code: 'api_error', likelyCause, nextStep: CLIENT_ERROR_STEP[call] };
}

function serverError(call: ApiCall): Advice {
  const likelyCause = 'The vendor’s service is overloaded, under maintenance or failing.';
  return { code: 'api_error', likelyCause, nextStep: SERVER_ERROR_STEP[call] };
}

const RETRYABLE_CLIENT_STATUSES = new Set([408, 425, 429]);

/** Whether the same request may get another answer later, as far as the HTTP status tells. */
export function isRetryableStatus(httpStatus: number): boolean {
  return RETRYABLE_CLIENT_STATUSES.has(httpStatus) || httpStatus >= 500;
}

function knownMessage(text: string, call: ApiCall): KnownMessage | undefined {
  const normalized = text.toLowerCase();
  return KNOWN_MESSAGES.find(
    ({ phrase, calls }) => normalized.includes(phrase) && (calls?.includes(call) ?? true),
  );
}

/** Whether the text holds one of the messages that the vendor documents as errors of the call. */
export function isKnownMessage(text: string, call: ApiCall): boolean {
  return knownMessage(text, call) !== undefined;
}

/** What an error answer means: by message text first, then by HTTP status (or the status that the code implies). */
export function classify(answer: ErrorAnswer): Advice & { readonly retryable: boolean } {
  const { text, httpStatus, call } = answer;
  const known = knownMessage(text, call);
  const isClientError = httpStatus >= 400 && httpStatus < 500 && !RETRYABLE_CLIENT_STATUSES.has(httpStatus);
  if (call === 'api_key' && (isClientError || known?.advice.code === 'auth_error'))
    return { ...SECRET_KEY_ADVICE, retryable: false };
  if (known) return { ...known.advice, retryable: known.retryable ?? false };
  if (httpStatus === 401 || httpStatus === 403) return { ...KEY_ADVICE, retryable: false };
  if (httpStatus === 404) {
    return { ...(call === 'upload' ? OWNER_DELETED : JOB_NOT_FOUND), retryable: false };
  }
  if (isClientError) return { ...clientError(call), retryable: false };
  return { ...serverError(call), retryable: true };
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
