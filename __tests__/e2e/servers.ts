// Small raw servers for what the simulator cannot do wrong enough: TLS, proxies, silence, black holes.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NODE } from './action-run.js';

export const JOB_ID = 'job-1';
export const API_KEY = 'raw-server-api-key-0123456789';

/** Listens on loopback while `use` runs; open sockets are destroyed in the end. */
export async function withServer<T>(server: Server, use: (port: number) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  };
  server.on('connection', keep);
  server.on('connect', (_request, socket: Socket) => socket.on('error', () => {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    server.close();
    for (const socket of sockets) socket.destroy();
  }
}

export function httpServer(handler: RequestListener): Server {
  return createServer(handler);
}

export function httpsServer(certificate: Certificate, handler: RequestListener): Server {
  const { cert, key } = certificate;
  return createTlsServer({ cert, key }, handler);
}

/** Accepts connections and never says a word. */
export function silentServer(): Server {
  return createTcpServer(() => {});
}

export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** The certificate as a file, for NODE_EXTRA_CA_CERTS. */
  readonly certPath: string;
}

/** A self-signed certificate for loopback and made-up names; its files are there while `use` runs. */
export async function withCertificate<T>(use: (certificate: Certificate) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'e2e-certificate-'));
  const certPath = join(folder, 'cert.pem');
  const keyPath = join(folder, 'key.pem');
  const names = 'subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:api.test.invalid,DNS:storage.test.invalid';
  const args = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=e2e`;
  execFileSync('openssl', [...args.split(' '), '-addext', names, '-keyout', keyPath, '-out', certPath], {
    stdio: 'ignore',
  });
  try {
    return await use({ certPath, cert: readFileSync(certPath, 'utf8'), key: readFileSync(keyPath, 'utf8') });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A CONNECT proxy that leads every host to one loopback port and notes what it was asked for. */
export function connectProxy(targetPort: () => number, asked: string[], login?: string): Server {
  const server = createServer((_request, response) => response.writeHead(500).end());
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    asked.push(request.url ?? '');
    const expected = login === undefined ? undefined : `Basic ${Buffer.from(login).toString('base64')}`;
    if (expected !== undefined && request.headers['proxy-authorization'] !== expected) {
      socket.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="e2e"\r\n\r\n',
      );
      return;
    }
    const target = connect(targetPort(), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(target);
      target.pipe(socket);
    });
    target.on('error', () => socket.destroy());
    socket.on('close', () => target.destroy());
  });
  return server;
}

/** A status answer as the manual shows it. */
export function statusAnswer(fields: Record<string, unknown> = {}): string {
  return JSON.stringify({
    status: 'job_finished',
    model_id: 48211,
    metadata: { retrain_job_id: JOB_ID },
    ...fields,
  });
}

/** A port on loopback whose connections are never completed: its process is stopped and its queue is full. */
export async function withBlackHole<T>(use: (port: number) => Promise<T>): Promise<T> {
  const script = `const s = require('node:net').createServer();
    s.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(s.address().port));`;
  const child = spawn(NODE, ['-e', script], { env: {}, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(line.toString());
  child.kill('SIGSTOP');
  const fillers = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => {}));
  try {
    await isFull(fillers);
    return await use(port);
  } finally {
    for (const filler of fillers) filler.destroy();
    child.kill('SIGKILL');
  }
}

/** The kernel takes what fits in the queue at once, the rest waits for ever. */
async function isFull(fillers: readonly Socket[]): Promise<void> {
  await Promise.race(fillers.map(filler => once(filler, 'connect')));
  while (fillers.every(filler => !filler.connecting)) await new Promise(resolve => setTimeout(resolve, 10));
}
