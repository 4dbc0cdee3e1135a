// Starts and ends one HTTP server on the loopback address; knows no route.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Exchange, Recorder } from './recorder.js';
import type { ServerName } from './scenario.js';

export type Handler = (exchange: Exchange) => Promise<void>;

export interface LocalServer {
  /** `http://127.0.0.1:PORT`. */
  url: string;
  /** Stops listening and destroys every open socket. */
  close(): Promise<void>;
}

export interface LocalServerOptions {
  name: ServerName;
  port: number;
  recorder: Recorder;
  handler: Handler;
}

/** Listens on 127.0.0.1. Throws the system's error when the port is taken. */
export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const server = createServer((request, response) => {
    // A connection that a fault or the client broke must not end the whole program.
    request.on('error', () => {});
    response.on('error', () => {});
    const exchange = options.recorder.open(options.name, request, response);
    options.handler(exchange).catch(error => endBroken(exchange, error));
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function endBroken(exchange: Exchange, error: unknown): void {
  const { request, response } = exchange;
  if (response.headersSent || request.destroyed) {
    request.socket.destroy();
    return;
  }
  response.writeHead(500, { 'content-type': 'text/plain' });
  response.end(`The simulator itself failed: ${error instanceof Error ? error.stack : String(error)}\n`);
}
