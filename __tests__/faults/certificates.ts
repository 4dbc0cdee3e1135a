// A certificate authority of our own and what it signs, made by openssl when asked for; knows no server.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { serverPath } from '../../scripts/servers.js';

export interface SignedCertificate {
  readonly cert: string;
  readonly key: string;
  /** The authority's certificate, for NODE_EXTRA_CA_CERTS. */
  readonly authorityPath: string;
}

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes an authority and one certificate for `hosts` in `folder`. */
export function makeCertificates(folder: string, hosts: readonly string[]): SignedCertificate {
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) =>
    execFileSync(serverPath('openssl'), args, { stdio: ['ignore', 'ignore', 'ignore'] });
  const authority = ['-days', '2', '-subj', '/CN=laboratory authority', '-keyout', path('ca.key')];
  openssl('req', '-x509', ...EC, ...authority, '-out', path('ca.pem'));
  openssl('req', ...EC, '-subj', '/CN=laboratory', '-keyout', path('server.key'), '-out', path('server.csr'));
  const names = hosts.map(host => `DNS:${host}`).join(',');
  writeFileSync(path('server.ext'), `subjectAltName=${names}\nbasicConstraints=CA:FALSE\n`);
  const signing = ['-CA', path('ca.pem'), '-CAkey', path('ca.key'), '-CAcreateserial', '-days', '2'];
  const what = ['-in', path('server.csr'), '-extfile', path('server.ext'), '-out', path('server.pem')];
  openssl('x509', '-req', ...signing, ...what);
  return {
    cert: readFileSync(path('server.pem'), 'utf8'),
    key: readFileSync(path('server.key'), 'utf8'),
    authorityPath: path('ca.pem'),
  };
}

/** Takes TLS off and hands everything on to a port of loopback. */
export function tlsTerminator({ cert, key }: SignedCertificate, targetPort: number): Server {
  const server = createServer({ cert, key, ALPNProtocols: ['http/1.1'] }, socket => {
    const target = connect(targetPort, '127.0.0.1');
    for (const [one, other] of [
      [socket, target],
      [target, socket],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  // A client that does not trust us goes away in the middle of the handshake.
  server.on('tlsClientError', () => {});
  return server;
}
