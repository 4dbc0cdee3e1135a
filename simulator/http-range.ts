// The rules of Range, If-Range and If-Match (RFC 9110); pure, knows no server and no file.
import type { ByteSpan } from './byte-source.js';

export interface Validators {
  /** With its quotes and, when weak, `W/`. */
  etag?: string;
  /** An HTTP date. */
  lastModified?: string;
}

/** The span a Range header asks for; nothing when the header is absent or to be ignored. */
export function spanOf(range: string | undefined, sizeBytes: number): ByteSpan | 'unsatisfiable' | undefined {
  const match = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i.exec(range ?? '');
  if (match === null) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  if (first === '') return suffixSpan(Number(last), sizeBytes);
  const start = Number(first);
  const end = last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  if (last !== '' && Number(last) < start) return undefined;
  return start >= sizeBytes ? 'unsatisfiable' : { start, end };
}

function suffixSpan(lengthBytes: number, sizeBytes: number): ByteSpan | 'unsatisfiable' {
  if (lengthBytes === 0 || sizeBytes === 0) return 'unsatisfiable';
  return { start: Math.max(0, sizeBytes - lengthBytes), end: sizeBytes };
}

/** Whether a Range may be obeyed under this If-Range: strong comparison, or exactly the same date. */
export function ifRangeHolds(ifRange: string | undefined, validators: Validators): boolean {
  if (ifRange === undefined) return true;
  if (ifRange.startsWith('"')) return ifRange === validators.etag;
  return ifRange === validators.lastModified;
}

/** Whether an If-Match header lets the request pass: strong comparison. */
export function ifMatchHolds(ifMatch: string | undefined, etag: string | undefined): boolean {
  if (ifMatch === undefined || ifMatch.trim() === '*') return true;
  if (etag === undefined || etag.startsWith('W/')) return false;
  return ifMatch.split(',').some(candidate => candidate.trim() === etag);
}
