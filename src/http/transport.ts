// The one way out to the network: one request, one answer, no redirects, no retries; must not know who is asked what.
import type { IncomingHttpHeaders, IncomingMessage, RequestOptions } from 'node:http';
import type { Readable } from 'node:stream';
import { HttpClient, type HttpClientResponse } from '@actions/http-client';
import { ExplainedError } from '../errors.js';
import { networkError, proxyHost, proxyLoginError } from './network-error.js';

/** What goes out with a request. */
export interface RequestBody {
  /** Read once; destroyed when the request ends before it does. */
  readonly stream: Readable;
  readonly sizeBytes: number;
}

export interface HttpRequest {
  readonly method: 'GET' | 'PUT';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  /** Covers name resolution, connecting, the proxy's CONNECT, sending, the answer's head and its body. */
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  /** The body; read it to its end or destroy it, or its socket stays open. */
  readonly body: IncomingMessage;
}

/** Sends one request, the proxy variables obeyed. Rejects with a NetworkError, or with the signal's reason once it aborted. */
export type Transport = (request: HttpRequest) => Promise<HttpResponse>;

const PROXY_LOGIN_REQUIRED = 407;
const SWITCHED_PROTOCOLS = 101;
/** Our own time limits rule; the library's idle limit is set out of their way (the longest input is one hour). */
const LIBRARY_IDLE_LIMIT_MS = 2 * 3_600_000;

/**
 * A transport over `@actions/http-client`, which obeys HTTPS_PROXY, HTTP_PROXY and NO_PROXY. Redirects are off,
 * because the library would carry `x-api-key` along to another host. See {@link Transport} for what it rejects with.
 */
export function createTransport(userAgent: string): Transport {
  return async ({ method, url, headers, body, signal: asked }) => {
    const sending = sendingOf(body, asked);
    const { signal } = sending;
    if (signal.aborted) throw signal.reason;
    proxyHost(url);
    const client = new HttpClient(userAgent, [withSignal(signal)], {
      allowRedirects: false,
      socketTimeout: LIBRARY_IDLE_LIMIT_MS,
    });
    try {
      const length = body && { 'content-length': body.sizeBytes };
      const request = client.request(method, url.href, body?.stream ?? null, { ...headers, ...length });
      const { message } = await unlessAborted(request, signal);
      const proxy = proxyHost(url);
      if (message.statusCode === PROXY_LOGIN_REQUIRED && proxy !== undefined) {
        message.destroy();
        throw proxyLoginError(proxy);
      }
      if (message.statusCode === SWITCHED_PROTOCOLS) {
        message.destroy();
        throw networkError(new Error('the other side switched protocols instead of answering'), url);
      }
      return { statusCode: message.statusCode ?? 0, headers: message.headers, body: message };
    } catch (error) {
      if (error instanceof ExplainedError) throw error;
      throw signal.aborted ? signal.reason : networkError(error, url);
    } finally {
      sending.end();
    }
  };
}

/**
 * The library pipes a body without listening for its faults: one that breaks off must end its request, and a request
 * that ends first must end the body. The signal is the asked one as long as the body is sound.
 */
function sendingOf(
  body: RequestBody | undefined,
  asked: AbortSignal,
): { signal: AbortSignal; end: () => void } {
  if (body === undefined) return { signal: asked, end: () => {} };
  const broken = new AbortController();
  const fail = (error: Error) => broken.abort(error);
  body.stream.once('error', fail);
  return {
    signal: AbortSignal.any([asked, broken.signal]),
    end: () => void body.stream.destroy(),
  };
}

/**
 * Node's own signal does not settle a request whose socket is not there yet: a proxy that never answers CONNECT, or
 * an answer that switches protocols, would be waited for without end. What comes after the abort is thrown away.
 */
async function unlessAborted(
  request: Promise<HttpClientResponse>,
  signal: AbortSignal,
): Promise<HttpClientResponse> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    return await Promise.race([request, aborted]);
  } catch (error) {
    request.then(({ message }) => message.destroy()).catch(() => {});
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    aborted.catch(() => {});
  }
}

/** The library takes no AbortSignal, but lets a handler touch the options of Node's own request. */
function withSignal(signal: AbortSignal) {
  return {
    prepareRequest(options: RequestOptions): void {
      options.signal = signal;
      // Node's resolver wants an IPv6 address bare, the library passes on the URL's brackets.
      if (typeof options.host === 'string') options.host = options.host.replace(/^\[(.*)\]$/, '$1');
    },
    canHandleAuthentication: () => false,
    handleAuthentication: () => Promise.reject(new Error('no authentication is handled here')),
  };
}
