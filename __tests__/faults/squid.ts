// A real squid that asks for a login and alone knows where the hosts of *.test.invalid are; knows no expectation.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverPath } from '../../scripts/servers.js';
import { freePort, inServerFolder, startServer } from './processes.js';

export const PROXY_USER = 'runner';
export const PROXY_PASSWORD = 'proxy-password-0123456789';

/** What squid notes of the connection that looked whether it had started. */
const NO_REQUEST = 'error:transaction-end-before-headers';

/** One line of the access log. */
export interface SquidRequest {
  readonly status: number;
  readonly method: string;
  /** `host:port` of a CONNECT, else the URL. */
  readonly target: string;
  readonly user: string;
}

export interface Squid {
  readonly port: number;
  /** For HTTPS_PROXY and HTTP_PROXY. */
  url(password?: string): string;
  stop(): Promise<void>;
  /** Ends squid, so that all is written, and reads the access log. */
  requests(): Promise<SquidRequest[]>;
}

export interface SquidOptions {
  /** Hosts that it leads to loopback. */
  readonly hosts: readonly string[];
  /** Hosts that it gives no way to. */
  readonly denied?: readonly string[];
}

export async function withSquid<T>(options: SquidOptions, use: (squid: Squid) => Promise<T>): Promise<T> {
  return await inServerFolder('squid', async folder => {
    const port = await freePort();
    prepare(folder, port, options);
    const args = ['-N', '-n', `lab${port}`, '-f', join(folder, 'squid.conf')];
    const server = await startServer({ program: serverPath('squid'), args, port });
    let stopped: Promise<void> | undefined;
    const stop = () => (stopped ??= server.stop());
    try {
      return await use({
        port,
        url: (password = PROXY_PASSWORD) => `http://${PROXY_USER}:${password}@127.0.0.1:${port}`,
        stop,
        async requests() {
          await stop();
          return readFileSync(join(folder, 'logs/access.log'), 'utf8')
            .split('\n')
            .filter(Boolean)
            .map(readLine)
            .filter(({ target }) => target !== NO_REQUEST);
        },
      });
    } finally {
      await stop();
    }
  });
}

function readLine(line: string): SquidRequest {
  const [status, method = '', target = '', user = ''] = line.split(' ');
  return { status: Number(status), method, target, user };
}

function prepare(folder: string, port: number, { hosts, denied = [] }: SquidOptions): void {
  // squid gives up being root before it opens its logs.
  mkdirSync(join(folder, 'logs'));
  chmodSync(join(folder, 'logs'), 0o777);
  const digest = execFileSync(serverPath('openssl'), ['passwd', '-apr1', PROXY_PASSWORD], {
    encoding: 'utf8',
  });
  writeFileSync(join(folder, 'passwords'), `${PROXY_USER}:${digest.trim()}\n`);
  writeFileSync(join(folder, 'hosts'), hosts.map(host => `127.0.0.1 ${host}\n`).join(''));
  const denial =
    denied.length === 0 ? '' : `acl denied dstdomain ${denied.join(' ')}\nhttp_access deny denied`;
  writeFileSync(
    join(folder, 'squid.conf'),
    `
http_port 127.0.0.1:${port}
visible_hostname proxy.test.invalid
hosts_file ${folder}/hosts
auth_param basic program ${serverPath('squidLogin')} ${folder}/passwords
auth_param basic children 2 startup=1 idle=1
auth_param basic realm laboratory
acl signed_in proxy_auth REQUIRED
http_access deny !signed_in
${denial}
http_access allow signed_in
http_access deny all
cache deny all
logformat lab %>Hs %rm %ru %un
access_log stdio:${folder}/logs/access.log lab
cache_log ${folder}/logs/cache.log
cache_store_log none
pid_filename none
netdb_filename none
pinger_enable off
coredump_dir ${folder}/logs
shutdown_lifetime 1 seconds
`,
  );
}
