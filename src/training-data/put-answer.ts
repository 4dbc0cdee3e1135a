// What to do with storage's answer to a PUT, as a pure rule (RFC 9110, 15); must not do it.
import type { IncomingHttpHeaders } from 'node:http';

export type PutVerdict =
  | { readonly do: 'done' }
  /** The same PUT to another place. */
  | { readonly do: 'follow'; readonly location: string }
  /** The signature does not hold (any more): ask the API for a fresh URL. */
  | { readonly do: 'refresh' }
  | { readonly do: 'retry' }
  | { readonly do: 'fail' };

const GOOD = new Set([200, 201, 204]);
/** The others would turn the PUT into a GET. */
const SAME_METHOD_REDIRECTS = new Set([307, 308]);
const STALE_URL = new Set([403, 404, 410]);
const PASSING = new Set([408, 425, 429]);

/** `said` is the code of an S3-like error body, where there is one. */
export function judgePut(statusCode: number, headers: IncomingHttpHeaders, said = ''): PutVerdict {
  // S3 can answer 200 and tell an error in the body (Amazon S3, "Error responses"): nothing is proven by it.
  if (GOOD.has(statusCode)) return { do: said === '' ? 'done' : 'retry' };
  if (SAME_METHOD_REDIRECTS.has(statusCode) && headers.location)
    return { do: 'follow', location: headers.location };
  if (STALE_URL.has(statusCode)) return { do: 'refresh' };
  if (PASSING.has(statusCode) || statusCode >= 500) return { do: 'retry' };
  // S3's name for a connection that was too slow (Amazon S3, "Error responses").
  if (statusCode === 400 && said === 'RequestTimeout') return { do: 'retry' };
  return { do: 'fail' };
}
