// A real HTTP server on loopback that does what a script says, one step a request.
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Step = RequestListener;

export interface LocalServer {
  readonly url: string;
  /** What was asked, in order. */
  readonly requests: readonly IncomingMessage[];
}

/** Answers request n with step n, and every one after the last step with the last step. */
export async function withServer<T>(
  steps: readonly Step[],
  work: (server: LocalServer) => Promise<T>,
  host = '127.0.0.1',
): Promise<T> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    requests.push(request);
    steps[Math.min(requests.length, steps.length) - 1]?.(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  try {
    return await work({ url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, requests });
  } finally {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }
}

/** A plain answer. */
export function answer(
  status: number,
  body: string | Buffer = '',
  headers: Record<string, string> = {},
): Step {
  return (_request, response) => response.writeHead(status, headers).end(body);
}

/** Accepts the request and says nothing. */
export const silence: Step = () => {};

/** An answer whose body stops after `head`, either cut or left hanging. */
export function brokenOff(
  head: string | Buffer,
  how: 'cut' | 'stalled',
  headers: Record<string, string> = { 'content-length': '1000' },
): Step {
  return (_request, response) => {
    response.writeHead(200, headers);
    response.write(head, () => {
      if (how === 'cut') setTimeout(() => response.destroy(), 20);
    });
  };
}
