// What a failed request means for people and for the next try, by Node's error codes and the proxy variables.
import { getProxyUrl } from '@actions/http-client';
import { type Explanation, messageOf, NetworkError, sentence } from '../errors.js';
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

const LIKELY_CAUSES: Readonly<Record<string, string>> = {
  ENOTFOUND: 'The name does not resolve: a typo in api_url, or a DNS or proxy setting of the runner.',
  EAI_AGAIN: 'The name could not be resolved just now: the DNS of the runner does not answer.',
  ECONNREFUSED: 'Nothing listens there, or a firewall refuses the connection.',
  ECONNRESET: 'The other side, or something on the way, closed the connection.',
  ETIMEDOUT: 'The connection is black-holed by a firewall, or the server is overloaded.',
};

/** The NetworkError for `error`, which a request to `url` ended with. The URL's path and query are never told. */
export function networkError(error: unknown, url: URL): NetworkError {
  const code = codeOf(error);
  const proxy = proxyHost(url);
  if (isProxyLoginRefused(error)) return proxyLoginError(proxy ?? 'unknown', error);
  if (CERTIFICATE_CODES.has(code)) {
    const explanation = {
      what: `The TLS certificate of ${url.host} cannot be verified (${code}).`,
      likelyCause: 'A proxy that inspects TLS, a private certificate authority, or an expired certificate.',
      nextStep:
        'Point NODE_EXTRA_CA_CERTS at a file with the CA certificate in the env of the step or the runner.',
    };
    return new NetworkError(explanation, { cause: error, retryable: false });
  }
  return new NetworkError(explainFault(error, url, proxy), { cause: error, retryable: true });
}

/** The error for a proxy that wants another login: final, since the same password never gets better. */
export function proxyLoginError(host: string, cause?: unknown): NetworkError {
  const explanation = {
    what: `The proxy ${host} refused the login (407).`,
    likelyCause: 'The user name or password in HTTPS_PROXY or HTTP_PROXY is wrong or missing.',
    nextStep: 'Correct the credentials in the proxy variable of the runner and re-run the job.',
  };
  return new NetworkError(explanation, { cause, retryable: false });
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
    const explanation = {
      what: `The proxy for ${url.host} cannot be used: its variable holds no URL.`,
      likelyCause: 'A typo in HTTPS_PROXY or HTTP_PROXY of the runner.',
      nextStep: 'Set it to a URL such as http://proxy.example:3128 and re-run the job.',
    };
    throw new NetworkError(explanation, { cause, retryable: false });
  }
}

function explainFault(error: unknown, url: URL, proxy: string | undefined): Explanation {
  const code = codeOf(error);
  if (proxy !== undefined && isTunnelRefused(error)) return proxyExplanation(proxy, url, error);
  const happened = error instanceof TimeLimitExceeded ? error.message : describe(error, code);
  const via = proxy === undefined ? '' : ` through the proxy ${proxy}`;
  return {
    what: `The request to ${url.host}${via} failed: ${happened}.`,
    likelyCause:
      error instanceof TimeLimitExceeded
        ? LIKELY_CAUSES.ETIMEDOUT
        : (LIKELY_CAUSES[code] ?? 'A fault of the network or of the server.'),
    nextStep: `Check that the runner may reach ${url.host}, then re-run the job.`,
  };
}

function proxyExplanation(proxy: string, url: URL, error: unknown): Explanation {
  return {
    what: sentence(`The proxy ${proxy} gave no way to ${url.host}: ${messageOf(error)}`),
    likelyCause: 'The proxy cannot be reached, or does not let this connection through.',
    nextStep: `Check HTTPS_PROXY and the rules of the proxy for ${url.host}, or name the host in NO_PROXY; then re-run the job.`,
  };
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
