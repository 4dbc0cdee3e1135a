// The errors of an upload gone wrong: the data file, the disk, the storage; must not decide what to do about them.
import {
  type ErrorDetails,
  type Explanation,
  explain,
  messageOf,
  StorageError,
  whatHappened,
} from '../errors.js';
import { UPLOAD } from '../messages/upload.js';

function uploadError(explanation: Explanation, details: ErrorDetails = {}): StorageError {
  return new StorageError(explanation, { ...details, code: 'upload_error' });
}

/** A passing fault of storage, retried while the outage window is open. */
export function uploadFault(what: string, details: ErrorDetails = {}): StorageError {
  return uploadError(explain(UPLOAD.fault, { whatTheStorageDid: what }), { ...details, retryable: true });
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
  const known = fault instanceof StorageError ? fault.explanation.likelyCause : undefined;
  const explanation = explain(UPLOAD.gaveUp, {
    why:
      tooLongMs === undefined
        ? lasted
        : `gave up since the storage asked to wait ${minutes(tooLongMs)} min (Retry-After)`,
    whatTheStorageDid: whatHappened(fault),
    causeOfTheLastFailure: known ?? UPLOAD.fault.likelyCause,
  });
  return uploadError(explanation, { cause: fault });
}

/** An answer that no repetition mends. */
export function finalUploadAnswer(what: string): StorageError {
  return uploadError(explain(UPLOAD.refused, { whatTheStorageDid: what }));
}

export function tooManyRedirects(): StorageError {
  return uploadError(explain(UPLOAD.redirects, {}));
}

/** Something that is no storage said that all is well. */
export function pageError(httpStatus: number): StorageError {
  return uploadError(explain(UPLOAD.page, { httpStatus }));
}

export function changedError(path: string, sizes: { wasBytes: number; isBytes: number }): StorageError {
  const { wasBytes, isBytes } = sizes;
  const change =
    wasBytes === isBytes ? 'its content was written anew' : `${wasBytes} bytes before, ${isBytes} now`;
  return uploadError(explain(UPLOAD.changed, { path, change }));
}

export function readError(path: string, cause: unknown): StorageError {
  return uploadError(explain(UPLOAD.notRead, { path, reason: messageOf(cause) }), { cause });
}

/** The ZIP could not be written; `neededBytes` is the most that it can take. */
export function packingError(
  cause: unknown,
  place: { directory: string; neededBytes: number; free: number | undefined },
): StorageError {
  const { directory, neededBytes: needed, free = 'an unknown number of' } = place;
  const isFull = ['ENOSPC', 'EDQUOT'].includes((cause as NodeJS.ErrnoException).code ?? '');
  const explanation = isFull
    ? explain(UPLOAD.diskFull, { directory, needed, free })
    : explain(UPLOAD.notPacked, { directory, reason: messageOf(cause) });
  return uploadError(explanation, { cause });
}
