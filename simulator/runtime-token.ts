// Makes the token a workflow job would get for the artifact service; knows no server.
import { randomBytes, randomUUID } from 'node:crypto';

export interface RuntimeToken {
  /** Shaped like a JWT; its signature is random and nobody checks it. */
  token: string;
  runBackendId: string;
  jobBackendId: string;
}

export function createRuntimeToken(): RuntimeToken {
  const runBackendId = randomUUID();
  const jobBackendId = randomUUID();
  const issuedAtSeconds = Math.floor(Date.now() / 1000);
  const payload = {
    scp: `Actions.ExampleScope Actions.Results:${runBackendId}:${jobBackendId}`,
    iat: issuedAtSeconds,
    exp: issuedAtSeconds + 6 * 60 * 60,
  };
  const parts = [{ typ: 'JWT', alg: 'HS256' }, payload].map(part => base64url(JSON.stringify(part)));
  return { token: [...parts, randomBytes(32).toString('base64url')].join('.'), runBackendId, jobBackendId };
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
