// What a failed request means.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { NetworkError } from '../../src/errors.js';
import { networkError, proxyHost, proxyLoginError } from '../../src/http/network-error.js';
import { TimeLimitExceeded } from '../../src/http/time-limit.js';

const URL_WITH_SECRETS = new URL('https://user:pass-word@api.example:8443/secret-path?sig=secret-query');
const withCode = (code: string, message = `connect ${code} 10.0.0.1:443`) =>
  Object.assign(new Error(message), { code });
const PROXY_VARIABLES = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'no_proxy', 'NO_PROXY'];

let before: Record<string, string | undefined>;
beforeEach(() => {
  before = Object.fromEntries(PROXY_VARIABLES.map(name => [name, process.env[name]]));
  for (const name of PROXY_VARIABLES) delete process.env[name];
});
afterEach(() => {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

describe('A fault of the network is worth another try, and says the likely cause', () => {
  test.each([
    { error: withCode('ENOTFOUND', 'getaddrinfo ENOTFOUND api.example'), cause: /does not resolve/ },
    { error: withCode('EAI_AGAIN', 'getaddrinfo EAI_AGAIN api.example'), cause: /DNS/ },
    { error: withCode('ECONNREFUSED'), cause: /listens|firewall/ },
    { error: withCode('ECONNRESET', 'socket hang up'), cause: /closed the connection/ },
    { error: withCode('ETIMEDOUT'), cause: /firewall|overloaded/ },
    { error: new TimeLimitExceeded(30_000), cause: /firewall|overloaded/ },
    {
      error: new AggregateError([withCode('ECONNREFUSED'), withCode('ENETUNREACH')]),
      cause: /listens|firewall/,
    },
    { error: withCode('EPROTO', 'wrong version number'), cause: /network or of the server/ },
    { error: new Error('something new'), cause: /network or of the server/ },
    { error: 'not even an error', cause: /network or of the server/ },
    { error: undefined, cause: /network or of the server/ },
    { error: null, cause: /network or of the server/ },
  ])('$error', ({ error, cause }) => {
    const told = networkError(error, URL_WITH_SECRETS);
    expect(told).toBeInstanceOf(NetworkError);
    expect(told).toMatchObject({ code: 'network_error', retryable: true, cause: error });
    expect(told.explanation.likelyCause).toMatch(cause);
    expect(told.explanation.what).toContain('api.example:8443');
    expect(told.explanation.what).toMatch(/\.$/);
  });

  test('the code is named even where the text does not have it', () => {
    expect(networkError(withCode('ECONNRESET', 'socket hang up'), URL_WITH_SECRETS).message).toContain(
      'ECONNRESET',
    );
    expect(networkError(new AggregateError([withCode('ECONNREFUSED')]), URL_WITH_SECRETS).message).toContain(
      'ECONNREFUSED',
    );
  });

  test('a body that broke off is called that', () => {
    expect(networkError(withCode('ECONNRESET', 'aborted'), URL_WITH_SECRETS).message).toContain('broke off');
  });
});

test.each([
  ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ...[
    'UNABLE_TO_GET_ISSUER_CERT',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'CERT_HAS_EXPIRED',
    'CERT_NOT_YET_VALID',
  ],
  ...[
    'CERT_REVOKED',
    'CERT_UNTRUSTED',
    'CERT_SIGNATURE_FAILURE',
    'INVALID_CA',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ],
])('a certificate that cannot be verified (%s) is final and names NODE_EXTRA_CA_CERTS', code => {
  const told = networkError(withCode(code), URL_WITH_SECRETS);
  expect(told).toMatchObject({ code: 'network_error', retryable: false });
  expect(told.message).toContain('NODE_EXTRA_CA_CERTS');
  expect(told.message).toContain('api.example:8443');
});

describe('A proxy', () => {
  const refusal = withCode('ECONNRESET', 'tunneling socket could not be established, statusCode=407');

  test('that refuses the login is named, without its credentials, and is final', () => {
    process.env.https_proxy = 'http://proxy-user:proxy-pass@proxy.example:3128/';
    const told = networkError(refusal, URL_WITH_SECRETS);
    expect(told).toMatchObject({ code: 'network_error', retryable: false });
    expect(told.message).toContain('proxy.example:3128');
    expect(told.message).toContain('407');
    expect(told.message).not.toMatch(/proxy-user|proxy-pass/);
  });

  test.each([
    'tunneling socket could not be established, statusCode=502',
    'tunneling socket could not be established, cause=connect ECONNREFUSED 10.0.0.1:3128',
  ])('that fails in another way (%s) is tried again, and named', message => {
    process.env.https_proxy = 'http://proxy-user:proxy-pass@proxy.example:3128/';
    const told = networkError(withCode('ECONNRESET', message), URL_WITH_SECRETS);
    expect(told).toMatchObject({ code: 'network_error', retryable: true });
    expect(told.message).toContain('The proxy proxy.example:3128 gave no way');
    expect(told.message).not.toMatch(/proxy-user|proxy-pass/);
  });

  test.each([
    { env: {}, url: 'https://api.example', host: undefined },
    { env: { HTTPS_PROXY: 'http://p.example:1' }, url: 'https://api.example', host: 'p.example:1' },
    { env: { HTTP_PROXY: 'http://p.example:1' }, url: 'https://api.example', host: undefined },
    { env: { HTTP_PROXY: 'http://p.example:1' }, url: 'http://api.example', host: 'p.example:1' },
    {
      env: { HTTPS_PROXY: 'http://p.example:1', NO_PROXY: 'api.example' },
      url: 'https://api.example',
      host: undefined,
    },
    { env: { HTTPS_PROXY: 'http://u:w@p.example:1' }, url: 'https://api.example', host: 'p.example:1' },
    { env: { HTTP_PROXY: 'http://p.example:1' }, url: 'http://127.0.0.1:9', host: undefined },
  ])('of $url with $env is $host', ({ env, url, host }) => {
    Object.assign(process.env, env);
    expect(proxyHost(new URL(url))).toBe(host);
  });

  test('that answers 407 itself is told the same way', () => {
    expect(proxyLoginError('p.example:1')).toMatchObject({ code: 'network_error', retryable: false });
  });
});

test('no text ever holds the path, the query or the credentials of the URL', () => {
  const errors = [
    withCode('ECONNRESET'),
    withCode('CERT_HAS_EXPIRED'),
    new TimeLimitExceeded(1),
    new Error('x'),
    refusedLogin(),
  ];
  for (const error of errors) {
    const { message, explanation } = networkError(error, URL_WITH_SECRETS);
    expect(`${message} ${JSON.stringify(explanation)}`).not.toMatch(
      /secret-path|secret-query|pass-word|user:/,
    );
  }
});

function refusedLogin() {
  return withCode('ECONNRESET', 'tunneling socket could not be established, statusCode=407');
}
