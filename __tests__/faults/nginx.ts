// A real nginx that serves one folder on loopback; knows no expectation.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverPath } from '../../scripts/servers.js';
import { freePort, inServerFolder, startServer } from './processes.js';

/** One answered request, from the access log. */
export interface NginxRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly sentBytes: number;
  readonly range: string;
  readonly ifRange: string;
  readonly acceptEncoding: string;
  readonly key: string;
  /** Counts up from connection to connection. */
  readonly connection: number;
}

export interface Nginx {
  readonly port: number;
  readonly url: string;
  /** What it serves. */
  readonly folder: string;
  start(): Promise<void>;
  /** Ends at once; connections break off. */
  stop(): Promise<void>;
  /** Ends nginx, so that all is written, and reads the access log, in order of connections since the last start. */
  requests(): Promise<NginxRequest[]>;
}

/** Runs nginx while `use` does; `directives` go into its one location. */
export async function withNginx<T>(directives: string, use: (nginx: Nginx) => Promise<T>): Promise<T> {
  return await inServerFolder('nginx', async folder => {
    const port = await freePort();
    mkdirSync(join(folder, 'files'));
    mkdirSync(join(folder, 'temp'));
    writeFileSync(join(folder, 'nginx.conf'), configuration(port, directives));
    const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')];
    const begin = () => startServer({ program: serverPath('nginx'), args, port });
    let running: Awaited<ReturnType<typeof begin>> | undefined = await begin();
    const stop = async () => {
      const ending = running;
      running = undefined;
      await ending?.stop('SIGTERM');
    };
    try {
      return await use({
        port,
        url: `http://127.0.0.1:${port}`,
        folder: join(folder, 'files'),
        async start() {
          running ??= await begin();
        },
        stop,
        async requests() {
          await stop();
          const lines = readFileSync(join(folder, 'access.log'), 'utf8').split('\n').filter(Boolean);
          // nginx notes a request when its end has come, and a cut may be noticed late.
          return lines.map(readLine).sort((one, other) => one.connection - other.connection);
        },
      });
    } finally {
      await stop();
    }
  });
}

function readLine(line: string): NginxRequest {
  const { status, sentBytes, connection, ...texts } = JSON.parse(line) as Record<string, string>;
  const numbers = { status: Number(status), sentBytes: Number(sentBytes), connection: Number(connection) };
  return { ...texts, ...numbers } as NginxRequest;
}

function configuration(port: number, directives: string): string {
  const fields = {
    method: '$request_method',
    path: '$uri',
    status: '$status',
    sentBytes: '$body_bytes_sent',
    range: '$http_range',
    ifRange: '$http_if_range',
    acceptEncoding: '$http_accept_encoding',
    key: '$http_x_api_key',
    connection: '$connection',
  };
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    name => `${name}_temp_path temp/${name};`,
  );
  return `
daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid nginx.pid;
events { worker_connections 64; }
http {
  ${temporary.join('\n  ')}
  log_format lab escape=json '${JSON.stringify(fields)}';
  access_log access.log lab;
  types { application/zip zip; text/csv csv; }
  server {
    listen 127.0.0.1:${port};
    root files;
    location / { ${directives} }
  }
}
`;
}
