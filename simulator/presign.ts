// Signs URLs in the manner of AWS query signatures and checks them; knows no server and no file.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export interface SignRequest {
  method: 'GET' | 'PUT';
  /** Base URL without a trailing slash. */
  origin: string;
  /** Percent-encoded. */
  path: string;
  /** 0 or less gives a URL that has expired already. */
  lifetimeSeconds: number;
}

export interface ReceivedRequest {
  method: string;
  path: string;
  query: URLSearchParams;
}

export type Verdict = 'valid' | 'expired' | 'unsigned' | 'wrong_signature';

export interface Signer {
  /** A URL that is valid for at least the asked time and less than one second longer. */
  sign(request: SignRequest): string;
  verify(request: ReceivedRequest): Verdict;
}

/** Makes a signer with a secret of its own. */
export function createSigner(): Signer {
  const secret = randomBytes(32);
  return {
    sign: request => signUrl(secret, request),
    verify: request => verifyRequest(secret, request),
  };
}

function signUrl(secret: Buffer, request: SignRequest): string {
  const { date, expires } = validity(Date.now(), request.lifetimeSeconds);
  const signature = signatureOf(secret, [request.method, request.path, date, expires]);
  const query = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Date': date,
    'X-Amz-Expires': expires,
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': signature,
  });
  return `${request.origin}${request.path}?${query}`;
}

function verifyRequest(secret: Buffer, request: ReceivedRequest): Verdict {
  const signature = request.query.get('X-Amz-Signature');
  const date = request.query.get('X-Amz-Date');
  const expires = request.query.get('X-Amz-Expires');
  if (signature === null || date === null || expires === null) return 'unsigned';
  const expected = signatureOf(secret, [request.method, request.path, date, expires]);
  if (!sameText(expected, signature)) return 'wrong_signature';
  return Date.now() >= expiryMs(date, expires) ? 'expired' : 'valid';
}

/** When a signed URL's validity ends, in milliseconds since the epoch. */
export function expiryMs(date: string, expires: string): number {
  const iso = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  return Date.parse(iso) + Number(expires) * 1000;
}

// The date has whole seconds only, so what it loses is added to the lifetime: a URL never dies early.
function validity(nowMs: number, lifetimeSeconds: number): { date: string; expires: string } {
  const startMs = lifetimeSeconds > 0 ? nowMs : nowMs + lifetimeSeconds * 1000 - 1000;
  const lostSeconds = (startMs % 1000) / 1000;
  const expires = lifetimeSeconds > 0 ? Math.ceil(lifetimeSeconds + lostSeconds) : 1;
  const date = new Date(startMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
  return { date, expires: String(expires) };
}

function signatureOf(secret: Buffer, parts: readonly string[]): string {
  return createHmac('sha256', secret).update(parts.join('\n')).digest('hex');
}

function sameText(expected: string, actual: string): boolean {
  const left = Buffer.from(expected);
  const right = Buffer.from(actual);
  return left.length === right.length && timingSafeEqual(left, right);
}
