// The errors of a network without a usable answer, as data; must not know how they are told apart.
import type { Message } from './message.js';

const FAILED = 'The request to {host}{via?} failed: {happened}.';
const CHECK = 'Check that the runner may reach {host}, then re-run the job.';

export const NETWORK = {
  certificate: {
    id: 'certificate',
    results: ['network_error'],
    title: 'A certificate cannot be verified',
    what: 'The TLS certificate of {host} cannot be verified ({code}).',
    likelyCause: 'A proxy that inspects TLS, a private certificate authority, or an expired certificate.',
    nextStep:
      'Point NODE_EXTRA_CA_CERTS at a file with the CA certificate in the env of the step or the runner.',
  },
  proxyLogin: {
    id: 'proxy-login',
    results: ['network_error'],
    title: 'The proxy refuses the login',
    what: 'The proxy {proxy} refused the login (407).',
    likelyCause: 'The user name or password in HTTPS_PROXY or HTTP_PROXY is wrong or missing.',
    nextStep: 'Correct the credentials in the proxy variable of the runner and re-run the job.',
  },
  proxyVariable: {
    id: 'proxy-variable',
    results: ['network_error'],
    title: 'The proxy variable holds no URL',
    what: 'The proxy for {host} cannot be used: its variable holds no URL.',
    likelyCause: 'A typo in HTTPS_PROXY or HTTP_PROXY of the runner.',
    nextStep: 'Set it to a URL such as http://proxy.example:3128 and re-run the job.',
  },
  proxyGivesNoWay: {
    id: 'proxy-gives-no-way',
    results: ['network_error'],
    title: 'The proxy gives no way to the server',
    what: 'The proxy {proxy} gave no way to {host}: {reason}',
    likelyCause: 'The proxy cannot be reached, or does not let this connection through.',
    nextStep:
      'Check HTTPS_PROXY and the rules of the proxy for {host}, or name the host in NO_PROXY; then re-run the job.',
  },
} as const satisfies Record<string, Message>;

/** By Node's error code; `OTHER` for all the rest. */
export const REQUEST_FAILED = {
  ENOTFOUND: {
    id: 'name-unknown',
    results: ['network_error'],
    title: 'A name does not resolve (ENOTFOUND)',
    what: FAILED,
    likelyCause: 'The name does not resolve: a typo in api_url, or a DNS or proxy setting of the runner.',
    nextStep: CHECK,
  },
  EAI_AGAIN: {
    id: 'dns-silent',
    results: ['network_error'],
    title: 'The DNS does not answer (EAI_AGAIN)',
    what: FAILED,
    likelyCause: 'The name could not be resolved just now: the DNS of the runner does not answer.',
    nextStep: CHECK,
  },
  ECONNREFUSED: {
    id: 'connection-refused',
    results: ['network_error'],
    title: 'The connection is refused (ECONNREFUSED)',
    what: FAILED,
    likelyCause: 'Nothing listens there, or a firewall refuses the connection.',
    nextStep: CHECK,
  },
  ECONNRESET: {
    id: 'connection-closed',
    results: ['network_error'],
    title: 'The connection breaks off (ECONNRESET)',
    what: FAILED,
    likelyCause: 'The other side, or something on the way, closed the connection.',
    nextStep: CHECK,
  },
  ETIMEDOUT: {
    id: 'no-answer-in-time',
    results: ['network_error'],
    title: 'No answer comes in time (ETIMEDOUT, request_timeout_seconds)',
    what: FAILED,
    likelyCause: 'The connection is black-holed by a firewall, or the server is overloaded.',
    nextStep: CHECK,
  },
  OTHER: {
    id: 'network-fault',
    results: ['network_error'],
    title: 'Any other fault of the network',
    what: FAILED,
    likelyCause: 'A fault of the network or of the server.',
    nextStep: CHECK,
  },
} as const satisfies Record<string, Message>;
