// How the vendor's errors are told apart: which text or status means which entry of the catalogue; must not know HTTP or GitHub.
import type { FailureCode } from '../errors.js';
import { VENDOR } from '../messages/vendor.js';

/** The entries that tell what the API answered. */
type Answered = Extract<(typeof VENDOR)[keyof typeof VENDOR], { what: typeof VENDOR.keyRefused.what }>;

export interface Meaning {
  readonly code: FailureCode;
  readonly message: Answered;
  /** Whether asking again may help. */
  readonly retryable: boolean;
}

/** The vendor's calls: the same text may mean something else in another. */
export type ApiCall = 'status' | 'upload' | 'switch' | 'api_key';

export interface ErrorAnswer {
  /** All that the answer says, in any case. */
  readonly text: string;
  /** The answer's, or the one that its error code implies. */
  readonly httpStatus: number;
  readonly call: ApiCall;
  /** Whether the key that was refused was issued in this very run: then it cannot have expired. */
  readonly isKeyFresh: boolean;
}

interface KnownMessage {
  readonly message: Extract<Answered, { vendorSays: readonly string[] }>;
  /** Absent: every call that the messages are documented for. */
  readonly calls?: readonly ApiCall[];
  /** Absent: the first of the entry. */
  readonly code?: FailureCode;
  readonly retryable?: boolean;
}

/** By message text, since one code covers many causes (the vendor's pages of the calls, "error message"). */
const KNOWN_MESSAGES: readonly KnownMessage[] = [
  { message: VENDOR.keyRefused },
  { message: VENDOR.jobNotFound },
  { message: VENDOR.jobDeleted, calls: ['status', 'upload'] },
  { message: VENDOR.jobDeleted, calls: ['switch'], code: 'not_found' },
  { message: VENDOR.ownerDeleted, calls: ['upload'] },
  { message: VENDOR.classifierMissing, calls: ['switch'] },
  { message: VENDOR.notFinished, calls: ['switch'] },
  { message: VENDOR.settingsLost, calls: ['upload'], retryable: true },
];

const REQUEST_REFUSED = {
  status: VENDOR.requestRefused,
  upload: VENDOR.uploadRequestRefused,
  switch: VENDOR.requestRefused,
  api_key: VENDOR.secretKeyRefused,
} as const satisfies Record<ApiCall, Answered>;

const SERVER_FAILS = {
  status: VENDOR.serverFails,
  upload: VENDOR.serverFailsToStart,
  switch: VENDOR.serverFailsToSwitch,
  api_key: VENDOR.serverFailsToStart,
} as const satisfies Record<ApiCall, Answered>;

const RETRYABLE_CLIENT_STATUSES = new Set([408, 425, 429]);

/** Whether the same request may get another answer later, as far as the HTTP status tells. */
export function isRetryableStatus(httpStatus: number): boolean {
  return RETRYABLE_CLIENT_STATUSES.has(httpStatus) || httpStatus >= 500;
}

function knownMessage(text: string, call: ApiCall): KnownMessage | undefined {
  const normalized = text.toLowerCase();
  return KNOWN_MESSAGES.find(
    ({ message, calls }) =>
      message.vendorSays.some(phrase => normalized.includes(phrase.toLowerCase())) &&
      (calls?.includes(call) ?? true),
  );
}

/** Whether the text holds one of the messages that the vendor documents as errors of the call. */
export function isKnownMessage(text: string, call: ApiCall): boolean {
  return knownMessage(text, call) !== undefined;
}

/** What an error answer means: by message text first, then by HTTP status (or the status that the code implies). */
export function classify(answer: ErrorAnswer): Meaning {
  const { text, httpStatus, call, isKeyFresh } = answer;
  const known = knownMessage(text, call);
  const keyRefused = isKeyFresh ? VENDOR.freshKeyRefused : VENDOR.keyRefused;
  const isClientError = httpStatus >= 400 && httpStatus < 500 && !RETRYABLE_CLIENT_STATUSES.has(httpStatus);
  const isKeyMessage = known?.message === VENDOR.keyRefused;
  if (call === 'api_key' && (isClientError || isKeyMessage)) return final(VENDOR.secretKeyRefused);
  if (isKeyMessage) return final(keyRefused);
  if (known) {
    const code = known.code ?? known.message.results[0];
    return { code, message: known.message, retryable: known.retryable ?? false };
  }
  if (httpStatus === 401 || httpStatus === 403) return final(keyRefused);
  if (httpStatus === 404) return final(call === 'upload' ? VENDOR.ownerDeleted : VENDOR.jobNotFound);
  if (isClientError) return final(REQUEST_REFUSED[call]);
  return { code: 'api_error', message: SERVER_FAILS[call], retryable: true };
}

function final(message: Answered): Meaning {
  return { code: message.results[0], message, retryable: false };
}
