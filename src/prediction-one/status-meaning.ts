// What a job status means, as one pure function; must not know where the status comes from.

/** The only status the vendor documents (Retrain Status Check API, "If the status is job_finished"). */
export const FINISHED_STATUS = 'job_finished';

/**
 * `looksFinished` marks a status that is in progress by the rule but reads like an end: the vendor documents no
 * such status, so trusting it could switch to a model that is not there.
 */
export type StatusMeaning =
  | { readonly kind: 'finished' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'in_progress'; readonly looksFinished: boolean };

/** Words that mean failure. The vendor documents no failure status: this list is an assumption. */
const FAILURE_WORDS = new Set(
  `fail fails failed failing failure failures error errors erroring
   canceled cancelled canceling cancelling abort aborts aborted aborting
   terminated terminating killed killing expired expiring deleted deleting
   rejected rejecting stopped stopping invalid invalids timeout timeouts`
    .split(/\s+/)
    .filter(Boolean),
);
const FAILURE_PAIRS = /(^| )(timed|timing) outs?( |$)/;
const END_WORDS =
  /^(complete|completes|completed|done|success|successes|successful|succeeded|finish|finished|finishes)$/;

/**
 * What `status` means. Words are split at anything but letters and digits and at camelCase, and compared in any
 * letter case; `failureStatuses` are whole statuses, compared in any letter case; `job_finished` exactly.
 */
export function statusMeaning(status: string, failureStatuses: readonly string[] = []): StatusMeaning {
  if (status === FINISHED_STATUS) return { kind: 'finished' };
  const whole = status.trim().toLowerCase();
  const words = wordsOf(status);
  const failed =
    failureStatuses.some(listed => listed.trim().toLowerCase() === whole) ||
    words.some(word => FAILURE_WORDS.has(word)) ||
    FAILURE_PAIRS.test(words.join(' '));
  if (failed) return { kind: 'failed' };
  return { kind: 'in_progress', looksFinished: words.some(word => END_WORDS.test(word)) };
}

function wordsOf(status: string): string[] {
  return status
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}
