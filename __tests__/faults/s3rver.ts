// A real s3rver (S3 that verifies presigned signatures) on Node 24, and signing as AWS documents it; knows no expectation.
import { createHash, createHmac } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverPath } from '../../scripts/servers.js';
import { NODE } from '../e2e/action-run.js';
import { freePort, inServerFolder, startServer } from './processes.js';

const BUCKET = 'results';
const OBJECT = 'results.csv';
const PATH = `/${BUCKET}/${OBJECT}`;
/** s3rver's one account. */
const ACCESS_KEY = 'S3RVER';
const SECRET = 'S3RVER';

/** The server itself, with a note of every request in front of its own handlers. */
const PROGRAM = `
const [path, port, folder] = process.argv.slice(1);
const S3rver = require(path);
const { appendFileSync } = require('node:fs');
const server = new S3rver({
  port: Number(port), address: '127.0.0.1', directory: folder + '/buckets', silent: true,
  configureBuckets: [{ name: '${BUCKET}' }],
});
server.middleware.unshift((context, next) => {
  context.res.once('close', () => {
    const { method, headers, res } = context;
    const note = { method, status: res.statusCode, range: headers.range ?? '', key: headers['x-api-key'] ?? '' };
    appendFileSync(folder + '/requests.log', JSON.stringify(note) + '\\n');
  });
  return next();
});
server.run();
`;

export interface S3Request {
  readonly method: string;
  readonly status: number;
  readonly range: string;
  readonly key: string;
}

export interface S3Signing {
  readonly lifetimeSeconds: number;
  /** When it was signed, if not now. */
  readonly signedAtMs?: number;
  readonly secret?: string;
  /** The port that the client will speak to, when something stands in front of s3rver. */
  readonly port?: number;
}

export interface S3 {
  readonly port: number;
  /** Where s3rver keeps the object's bytes. */
  readonly objectPath: string;
  presign(signing: S3Signing): string;
  /** GETs alone (the object was put by us), in order of their ends. */
  requests(): S3Request[];
}

/** Runs s3rver with one object in one bucket while `use` does. */
export async function withS3<T>(bytes: Buffer, use: (s3: S3) => Promise<T>): Promise<T> {
  return await inServerFolder('s3rver', async folder => {
    const port = await freePort();
    const args = ['-e', PROGRAM, serverPath('s3rver'), String(port), folder];
    const server = await startServer({ program: NODE, args, port });
    const presign = (signing: S3Signing) => presigned('GET', { port, ...signing });
    const log = join(folder, 'requests.log');
    try {
      const put = presigned('PUT', { port, lifetimeSeconds: 60 });
      const answer = await fetch(put, { method: 'PUT', body: new Uint8Array(bytes) });
      if (!answer.ok) throw new Error(`s3rver: PUT: HTTP ${answer.status} ${await answer.text()}`);
      return await use({
        port,
        objectPath: join(folder, 'buckets', BUCKET, `${OBJECT}._S3rver_object`),
        presign,
        requests() {
          const lines = existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : [];
          const requests = lines.map(line => JSON.parse(line) as S3Request);
          return requests.filter(({ method }) => method === 'GET');
        },
      });
    } finally {
      await server.stop();
    }
  });
}

/** AWS Signature Version 4 in the query ("Authenticating Requests: Using Query Parameters"). */
function presigned(method: string, signing: S3Signing & { port: number }): string {
  const { port, lifetimeSeconds, signedAtMs = Date.now(), secret = SECRET } = signing;
  const host = `127.0.0.1:${port}`;
  const time = new Date(signedAtMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = time.slice(0, 8);
  const scope = `${day}/us-east-1/s3/aws4_request`;
  const query = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${ACCESS_KEY}/${scope}`,
    'X-Amz-Date': time,
    'X-Amz-Expires': String(lifetimeSeconds),
    'X-Amz-SignedHeaders': 'host',
  }).toString();
  const canonical = [method, PATH, query, `host:${host}\n`, 'host', 'UNSIGNED-PAYLOAD'].join('\n');
  const digest = createHash('sha256').update(canonical).digest('hex');
  const signingKey = [day, 'us-east-1', 's3', 'aws4_request'].reduce(
    (key: Buffer | string, part) => createHmac('sha256', key).update(part).digest(),
    `AWS4${secret}`,
  );
  const signature = createHmac('sha256', signingKey)
    .update(['AWS4-HMAC-SHA256', time, scope, digest].join('\n'))
    .digest('hex');
  return `http://${host}${PATH}?${query}&X-Amz-Signature=${signature}`;
}
