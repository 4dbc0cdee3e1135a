// What to do with an answer of presigned storage, as pure rules (RFC 9110, 13–15; S3's ETag); must not do it.
import type { IncomingHttpHeaders } from 'node:http';

/** What is already on disk, and what it is known to be a part of. */
export interface Progress {
  readonly haveBytes: number;
  readonly totalBytes: number | undefined;
  /** A strong ETag or a date good enough for If-Range; without one nothing can be resumed. */
  readonly validator: string | undefined;
}

export type Verdict =
  /** The body belongs at `fromByte`; 0 while there is more on disk means to start over with this body. */
  | { readonly do: 'take'; readonly fromByte: number; readonly totalBytes: number | undefined }
  /** All that there is has arrived before. */
  | { readonly do: 'complete' }
  | { readonly do: 'follow'; readonly location: string }
  /** Ask the same URL again from the first byte. */
  | { readonly do: 'start_over' }
  /** The signature does not hold (any more): ask the API for a fresh URL. */
  | { readonly do: 'refresh' }
  | { readonly do: 'retry' }
  | { readonly do: 'fail' };

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const STALE_URL = new Set([403, 404, 410]);
const PASSING = new Set([408, 425, 429]);

/**
 * What to do with an answer (status and headers) while `progress` is on disk: statuses by RFC 9110, 13–15; 403, 404
 * and 410 mean a signature that does not hold any more, since the storage gives them for an expired URL.
 */
export function judgeAnswer(statusCode: number, headers: IncomingHttpHeaders, progress: Progress): Verdict {
  if (statusCode === 200) return { do: 'take', fromByte: 0, totalBytes: contentLength(headers) };
  if (statusCode === 206) return judgePart(headers, progress);
  if (REDIRECTS.has(statusCode) && headers.location) return { do: 'follow', location: headers.location };
  if (STALE_URL.has(statusCode)) return { do: 'refresh' };
  if (statusCode === 416 && isEndOfFile(headers, progress)) return { do: 'complete' };
  if (progress.haveBytes > 0 && (statusCode === 416 || statusCode === 412)) return { do: 'start_over' };
  if (PASSING.has(statusCode) || statusCode >= 500) return { do: 'retry' };
  return { do: 'fail' };
}

/** `bytes` star slash N with the N bytes that we have: nothing is left to send (RFC 9110, 15.5.17). */
function isEndOfFile(headers: IncomingHttpHeaders, { haveBytes, totalBytes }: Progress): boolean {
  const length = /^bytes \*\/(\d+)$/i.exec(headers['content-range']?.trim() ?? '')?.[1];
  return haveBytes > 0 && totalBytes === undefined && Number(length) === haveBytes;
}

/** A part must continue exactly where the file ends, of the same whole; anything else is a wrong answer. */
function judgePart(headers: IncomingHttpHeaders, progress: Progress): Verdict {
  const range = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i.exec(headers['content-range']?.trim() ?? '');
  if (range === null || progress.haveBytes === 0) return { do: 'start_over' };
  const [first, last] = [Number(range[1]), Number(range[2])];
  const totalBytes = range[3] === '*' ? progress.totalBytes : Number(range[3]);
  const isSameWhole = progress.totalBytes === undefined || totalBytes === progress.totalBytes;
  const isSameVersion = hasSameValidator(headers, progress.validator);
  const isWithin = first <= last && (totalBytes === undefined || last < totalBytes);
  const lengthBytes = contentLength(headers);
  const lengthFits = lengthBytes === undefined || lengthBytes === last - first + 1;
  const continues = first === progress.haveBytes && isSameWhole && isSameVersion && isWithin && lengthFits;
  if (!continues) return { do: 'start_over' };
  return { do: 'take', fromByte: first, totalBytes };
}

/** A part that one of several connections asked for: from `fromByte` up to, but without, `endByte`. */
export interface WantedPart {
  readonly fromByte: number;
  readonly endByte: number;
  readonly totalBytes: number;
  readonly etag: string;
}

export type PartVerdict =
  /** The body begins with `fromByte`. */
  | { readonly do: 'take' }
  | { readonly do: 'follow'; readonly location: string }
  | { readonly do: 'refresh' }
  /** The storage has enough to do: one connection less may help. */
  | { readonly do: 'yield' }
  | { readonly do: 'retry' }
  /** Not a part of this version: one stream must settle what is there now. */
  | { readonly do: 'give_up' };

/** Stricter than {@link judgeAnswer}: nobody else would notice a part that is not of the very same version. */
export function judgeWantedPart(
  statusCode: number,
  headers: IncomingHttpHeaders,
  wanted: WantedPart,
): PartVerdict {
  if (statusCode === 206) return { do: isWanted(headers, wanted) ? 'take' : 'give_up' };
  if (REDIRECTS.has(statusCode) && headers.location) return { do: 'follow', location: headers.location };
  if (STALE_URL.has(statusCode)) return { do: 'refresh' };
  if (statusCode === 429 || statusCode === 503) return { do: 'yield' };
  if (PASSING.has(statusCode) || statusCode >= 500) return { do: 'retry' };
  return { do: 'give_up' };
}

/** A shorter part is one too: the rest is asked for again. */
function isWanted(headers: IncomingHttpHeaders, wanted: WantedPart): boolean {
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/i.exec(headers['content-range']?.trim() ?? '');
  if (range === null || headers.etag?.trim() !== wanted.etag) return false;
  const [first, last, total] = [Number(range[1]), Number(range[2]), Number(range[3])];
  const lengthBytes = contentLength(headers);
  const lengthFits = lengthBytes === undefined || lengthBytes === last - first + 1;
  const isWithin = first === wanted.fromByte && first <= last && last < wanted.endByte;
  return isWithin && total === wanted.totalBytes && lengthFits;
}

/** The ETag under which parts of the file may come over several connections; undefined where they may not. */
export function etagForParts(
  headers: IncomingHttpHeaders,
  { validator, totalBytes }: Progress,
): string | undefined {
  const refusesRanges = headers['accept-ranges']?.trim().toLowerCase() === 'none';
  const isStrong = validator?.startsWith('"') === true;
  return isStrong && totalBytes !== undefined && !refusesRanges ? validator : undefined;
}

/**
 * What If-Range may carry: a strong ETag, else a Last-Modified at least a second older than the answer's Date
 * (RFC 9110, 8.8.2.2 and 13.1.5); undefined where a resumed part could belong to another version.
 */
export function validatorOf(headers: IncomingHttpHeaders): string | undefined {
  const etag = headers.etag?.trim();
  if (etag !== undefined && /^"[^"]*"$/.test(etag)) return etag;
  const modifiedMs = Date.parse(headers['last-modified'] ?? '');
  const servedMs = Date.parse(headers.date ?? '');
  return servedMs - modifiedMs >= 1_000 ? headers['last-modified'] : undefined;
}

/** Whether the body's end is told by its framing; a body that ends with its connection may be cut unseen. */
export function hasKnownEnd(headers: IncomingHttpHeaders): boolean {
  return contentLength(headers) !== undefined || /\bchunked\s*$/i.test(headers['transfer-encoding'] ?? '');
}

/**
 * The MD5 digests (lower-case hex) that the whole file must have: Content-MD5 of an answer that is the whole file,
 * and an ETag of exactly 32 hex digits, unless the object is encrypted with KMS or a customer's key, where S3's
 * ETag is no MD5 (Amazon S3, "Common response headers").
 */
export function expectedMd5(statusCode: number, headers: IncomingHttpHeaders): string[] {
  const expected: string[] = [];
  const contentMd5 = headers['content-md5'];
  if (
    statusCode === 200 &&
    typeof contentMd5 === 'string' &&
    /^[A-Za-z0-9+/]{22}==$/.test(contentMd5.trim())
  ) {
    expected.push(Buffer.from(contentMd5.trim(), 'base64').toString('hex'));
  }
  const digits = /^"?([0-9a-f]{32})"?$/i.exec(headers.etag?.trim() ?? '')?.[1];
  const isKms = String(headers['x-amz-server-side-encryption'] ?? '')
    .toLowerCase()
    .startsWith('aws:kms');
  const isCustomerKey = Object.keys(headers).some(name => name.endsWith('-customer-algorithm'));
  if (digits !== undefined && !isKms && !isCustomerKey) expected.push(digits.toLowerCase());
  return expected;
}

function contentLength(headers: IncomingHttpHeaders): number | undefined {
  const text = headers['content-length'];
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** A part that names its version must name the one we have; one that does not was held to If-Range by the server. */
function hasSameValidator(headers: IncomingHttpHeaders, validator: string | undefined): boolean {
  const named = validator?.startsWith('"') ? headers.etag : headers['last-modified'];
  return named === undefined || named.trim() === validator;
}
