// Words for how an upload goes wrong: the data file, the disk, the storage; must not decide what to do about it.
import { type ErrorDetails, type Explanation, messageOf, StorageError, whatHappened } from '../errors.js';

const TRY_AGAIN = 'Re-run the job: the upload starts anew, and the live model is unchanged.';
const FAILING = 'The storage behind the upload_url, or the network to it, is failing.';

function uploadError(explanation: Explanation, details: ErrorDetails = {}): StorageError {
  return new StorageError(explanation, { ...details, code: 'upload_error' });
}

/** A passing fault of storage, retried while the outage window is open. */
export function uploadFault(what: string, details: ErrorDetails = {}): StorageError {
  return uploadError({ what, likelyCause: FAILING, nextStep: TRY_AGAIN }, { ...details, retryable: true });
}

/** The final error after `fault` went on for too long, or asked for a wait of `tooLongMs`. */
export function gaveUpUpload(
  fault: Error,
  { maxOutageMs, tooLongMs }: { maxOutageMs: number; tooLongMs: number | undefined },
): StorageError {
  const minutes = (ms: number) => Number((ms / 60_000).toFixed(2));
  const lasted =
    maxOutageMs === 0
      ? 'max_outage_minutes is 0, so it was not tried again'
      : `gave up after ${minutes(maxOutageMs)} min of failures (max_outage_minutes)`;
  const why =
    tooLongMs === undefined
      ? lasted
      : `gave up since the storage asked to wait ${minutes(tooLongMs)} min (Retry-After)`;
  const what = `The data could not be uploaded; ${why}. ${whatHappened(fault)}`;
  const likelyCause = fault instanceof StorageError ? fault.explanation.likelyCause : FAILING;
  const nextStep = `${TRY_AGAIN} On a slow line raise request_timeout_seconds, the limit for the answer after the last byte.`;
  return uploadError({ what, likelyCause, nextStep }, { cause: fault });
}

/** An answer that no repetition mends. */
export function finalUploadAnswer(what: string): StorageError {
  const likelyCause = 'The storage does not take this file: its size or name, or the upload_url itself.';
  return uploadError({ what, likelyCause, nextStep: TRY_AGAIN });
}

/** The error for redirects without end. */
export function tooManyRedirects(): StorageError {
  const what = 'The storage redirected the upload more than 5 times.';
  return uploadError({ what, likelyCause: 'The redirects lead in a circle.', nextStep: TRY_AGAIN });
}

/** Something that is no storage said that all is well. */
export function pageError(httpStatus: number): StorageError {
  return uploadError({
    what: `The upload was answered with an HTML page (HTTP ${httpStatus}) in place of the storage's answer.`,
    likelyCause: 'A proxy or a login page answered instead of the storage.',
    nextStep: 'Check that the runner reaches the storage directly (proxy, firewall), then re-run the job.',
  });
}

/** The error for a file that is not what it was when it was opened; sizes in bytes. */
export function changedError(path: string, sizes: { wasBytes: number; isBytes: number }): StorageError {
  const { wasBytes, isBytes } = sizes;
  const how =
    wasBytes === isBytes ? 'its content was written anew' : `${wasBytes} bytes before, ${isBytes} now`;
  return uploadError({
    what: `The file '${path}' changed while it was being sent: ${how}. It was not sent whole.`,
    likelyCause: 'Another step or program is still writing the file.',
    nextStep: 'Upload only when the file is finished: re-run the job.',
  });
}

/** The error for a file that the system does not read (any more). */
export function readError(path: string, cause: unknown): StorageError {
  const explanation = {
    what: `The file '${path}' could not be read: ${messageOf(cause)}.`,
    likelyCause: 'The disk, or the share it is on, failed or went away.',
    nextStep: TRY_AGAIN,
  };
  return uploadError(explanation, { cause });
}

/** The ZIP could not be written; `neededBytes` is the most that it can take. */
export function packingError(
  cause: unknown,
  place: { directory: string; neededBytes: number; free: number | undefined },
): StorageError {
  const { directory, neededBytes, free } = place;
  const isFull = ['ENOSPC', 'EDQUOT'].includes((cause as NodeJS.ErrnoException).code ?? '');
  const explanation = isFull
    ? {
        what: `The disk of '${directory}' is full: up to ${neededBytes} bytes needed for the ZIP, ${free ?? 'an unknown number of'} bytes free.`,
        likelyCause: 'The two data files are larger than the free space of the runner.',
        nextStep: 'Free space on the runner and re-run the job.',
      }
    : {
        what: `The ZIP of the two files cannot be written to '${directory}': ${messageOf(cause)}.`,
        likelyCause: 'The temporary folder of the runner is read-only or went away.',
        nextStep: TRY_AGAIN,
      };
  return uploadError(explanation, { cause });
}
