// GitHub's artifact service as its client meets it: five Twirp calls and signed blob URLs; knows nothing of the vendor.
import { createHmac, randomBytes } from 'node:crypto';
import { type Answer, pause, resetConnection, sendAnswer } from './answer.js';
import { azureError, serveBlob } from './artifact-blob.js';
import { type ArtifactCalls, createArtifactCalls, twirpError } from './artifact-calls.js';
import type { ArtifactStore } from './artifact-store.js';
import type { Handler } from './local-server.js';
import { type Exchange, wholeBody } from './recorder.js';
import type { RuntimeToken } from './runtime-token.js';
import type { ArtifactRequestKind, ArtifactScript, Scenario } from './scenario.js';
import { firstMatching } from './script-queue.js';

export interface ArtifactServiceOptions {
  scenario: Scenario;
  store: ArtifactStore;
  runtimeToken: RuntimeToken;
  /** Base URL of this very server; known once it listens. */
  url(): string;
  stop: AbortSignal;
}

const TWIRP_PATH = '/twirp/github.actions.results.api.v1.ArtifactService/';
// Azure's client reads a URL with an IP address as /account/container/blob.
const BLOB_PATH = '/simulatoraccount/artifacts/';
const SIGNED_URL_MS = 60 * 60 * 1000;

/** Makes the handler of the artifact server. */
export function createArtifactService(options: ArtifactServiceOptions): Handler {
  const secret = randomBytes(32);
  const takeScript = firstMatching(options.scenario.artifact);
  const signedUrl = (id: number) => `${options.url()}${BLOB_PATH}${id}?${signedQuery(secret, id)}`;
  const calls = createArtifactCalls({ store: options.store, runtimeToken: options.runtimeToken, signedUrl });
  return async exchange => {
    const kind = kindOf(exchange, calls);
    if (kind === undefined)
      return sendAnswer(exchange, twirpError(404, 'bad_route', 'no such route'), options.stop);
    const script = takeScript(candidate => candidate.on === undefined || candidate.on === kind);
    if (script !== undefined && (await endedByScript(exchange, script, options.stop))) return;
    if (kind !== 'blob')
      return sendAnswer(exchange, await callAnswer(exchange, calls[kind], options), options.stop);
    const id = Number(exchange.path.slice(BLOB_PATH.length));
    const entry = [...options.store.entries.values()].find(candidate => candidate.artifact.id === id);
    const isSigned = exchange.query.get('sig') === signatureOf(secret, id, exchange.query.get('se') ?? '');
    const isFresh = Date.parse(exchange.query.get('se') ?? '') > Date.now();
    if (!isSigned || !isFresh)
      return sendAnswer(exchange, azureError(403, 'AuthenticationFailed'), options.stop);
    if (entry === undefined) return sendAnswer(exchange, azureError(404, 'BlobNotFound'), options.stop);
    return serveBlob(exchange, entry, options.stop);
  };
}

function kindOf(exchange: Exchange, calls: ArtifactCalls): ArtifactRequestKind | undefined {
  if (exchange.path.startsWith(BLOB_PATH)) return 'blob';
  if (exchange.request.method !== 'POST' || !exchange.path.startsWith(TWIRP_PATH)) return undefined;
  const name = exchange.path.slice(TWIRP_PATH.length);
  return Object.hasOwn(calls, name) ? (name as keyof ArtifactCalls) : undefined;
}

async function callAnswer(
  exchange: Exchange,
  call: ArtifactCalls[keyof ArtifactCalls],
  options: ArtifactServiceOptions,
): Promise<Answer> {
  const text = (await wholeBody(exchange)).toString();
  if (exchange.request.headers.authorization !== `Bearer ${options.runtimeToken.token}`) {
    return twirpError(401, 'unauthenticated', 'invalid token');
  }
  try {
    return await call(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return twirpError(400, 'malformed', 'the body is not JSON');
    throw error;
  }
}

/** Whether the script left nothing to do for a healthy service. */
async function endedByScript(
  exchange: Exchange,
  script: ArtifactScript,
  stop: AbortSignal,
): Promise<boolean> {
  if (script.delayMs !== undefined) await pause(script.delayMs, stop);
  if (script.fault === 'hang' || stop.aborted) return true;
  if (script.fault === 'reset') {
    resetConnection(exchange);
    return true;
  }
  if (script.httpStatus === undefined && script.body === undefined) return false;
  const httpStatus = script.httpStatus ?? 200;
  const body = script.body ?? { code: 'internal', msg: 'Scripted error.' };
  await sendAnswer(exchange, { httpStatus, body }, stop);
  return true;
}

function signedQuery(secret: Buffer, id: number): URLSearchParams {
  const expiry = new Date(Date.now() + SIGNED_URL_MS).toISOString();
  return new URLSearchParams({ se: expiry, sp: 'rw', sr: 'b', sig: signatureOf(secret, id, expiry) });
}

function signatureOf(secret: Buffer, id: number, expiry: string): string {
  return createHmac('sha256', secret).update(`${id}\n${expiry}`).digest('base64');
}
