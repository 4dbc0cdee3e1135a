// What a failed request means for people and for the next try, by Node's error codes and the proxy variables.
import { getProxyUrl } from '@actions/http-client';
import { type Explanation, explain, messageOf, NetworkError } from '../errors.js';
import { NETWORK, REQUEST_FAILED } from '../messages/network.js';
import { TimeLimitExceeded } from './time-limit.js';

/** Codes by which Node's TLS says that a certificate cannot be verified (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const CERTIFICATE_CODES = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'CERT_SIGNATURE_FAILURE',
  'CERT_NOT_YET_VALID',
  'CERT_HAS_EXPIRED',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'HOSTNAME_MISMATCH',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** The NetworkError for `error`, which a request to `url` ended with. The URL's path and query are never told. */
export function networkError(error: unknown, url: URL): NetworkError {
  const code = codeOf(error);
  const proxy = proxyHost(url);
  if (isProxyLoginRefused(error)) return proxyLoginError(proxy ?? 'unknown', error);
  if (CERTIFICATE_CODES.has(code)) {
    const explanation = explain(NETWORK.certificate, { host: url.host, code });
    return new NetworkError(explanation, { cause: error, retryable: false });
  }
  return new NetworkError(explainFault(error, url, proxy), { cause: error, retryable: true });
}

/** The error for a proxy that wants another login: final, since the same password never gets better. */
export function proxyLoginError(host: string, cause?: unknown): NetworkError {
  return new NetworkError(explain(NETWORK.proxyLogin, { proxy: host }), { cause, retryable: false });
}

/**
 * The proxy that requests to `url` go through, as host and port, without credentials.
 * @throws NetworkError when the variable that names it holds no URL
 */
export function proxyHost(url: URL): string | undefined {
  try {
    const proxy = getProxyUrl(url.href);
    return proxy === '' ? undefined : new URL(proxy).host;
  } catch (cause) {
    throw new NetworkError(explain(NETWORK.proxyVariable, { host: url.host }), { cause, retryable: false });
  }
}

function explainFault(error: unknown, url: URL, proxy: string | undefined): Explanation {
  const code = codeOf(error);
  const { host } = url;
  if (proxy !== undefined && isTunnelRefused(error))
    return explain(NETWORK.proxyGivesNoWay, { proxy, host, reason: messageOf(error) });
  const happened = error instanceof TimeLimitExceeded ? error.message : describe(error, code);
  const via = proxy && ` through the proxy ${proxy}`;
  const message = isKnown(code) ? REQUEST_FAILED[code] : REQUEST_FAILED.OTHER;
  return explain(message, { host, via, happened });
}

function isKnown(code: string): code is keyof typeof REQUEST_FAILED {
  return Object.hasOwn(REQUEST_FAILED, code);
}

/** http-client's tunnel reports whatever stops a CONNECT with this text. */
function isTunnelRefused(error: unknown): boolean {
  return error instanceof Error && error.message.includes('tunneling socket could not be established');
}

function describe(error: unknown, code: string): string {
  if (code === 'ECONNRESET' && error instanceof Error && error.message === 'aborted') {
    return 'the connection broke off in the middle of the answer';
  }
  if (error instanceof AggregateError && error.errors.length > 0) return describe(error.errors[0], code);
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.includes(code) ? text : `${text} (${code})`;
}

/** The proxy's 407 comes as ECONNRESET with the status in its text. */
function isProxyLoginRefused(error: unknown): boolean {
  return isTunnelRefused(error) && /\b407\b/.test(messageOf(error));
}

function codeOf(error: unknown): string {
  if (error instanceof TimeLimitExceeded) return 'ETIMEDOUT';
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
