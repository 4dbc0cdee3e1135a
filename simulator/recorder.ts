// Keeps a record of every request and gives handlers one object per exchange; knows no route and no scenario.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RecordedRequest, ServerName } from './scenario.js';

const KEPT_BODY_BYTES = 64 * 1024;

/** One request and its answer. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** Still percent-encoded, without the query. */
  path: string;
  query: URLSearchParams;
  record: RecordedRequest;
}

export interface Recorder {
  requests: RecordedRequest[];
  open(server: ServerName, request: IncomingMessage, response: ServerResponse): Exchange;
}

/** Makes a recorder; `onAnswered` is called when an answer has ended or its connection broke. */
export function createRecorder(onAnswered?: (request: RecordedRequest) => void): Recorder {
  const requests: RecordedRequest[] = [];
  return {
    requests,
    open(server, request, response) {
      const record = recordOf(server, request);
      requests.push(record);
      response.once('close', () => {
        if (response.headersSent) record.statusCode = response.statusCode;
        onAnswered?.(record);
      });
      // Not URL: it would resolve an encoded `..` that a client wrongly sent as a job id.
      const [path = '/', ...query] = record.path.split('?');
      return { request, response, path, query: new URLSearchParams(query.join('?')), record };
    },
  };
}

function recordOf(server: ServerName, request: IncomingMessage): RecordedRequest {
  return {
    server,
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: request.headers,
    startedAtMs: performance.timeOrigin + performance.now(),
  };
}

/** The request's body piece by piece, recorded on the way when it is small. Throws when the client breaks off. */
export async function* bodyOf(exchange: Exchange): AsyncGenerator<Buffer> {
  let kept: Buffer[] | undefined = [];
  let sizeBytes = 0;
  for await (const chunk of exchange.request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes < KEPT_BODY_BYTES) kept?.push(chunk);
    else kept = undefined;
    yield chunk;
  }
  if (kept !== undefined) exchange.record.body = Buffer.concat(kept);
}

/** The whole body; only for requests that are small by nature. */
export async function wholeBody(exchange: Exchange): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of bodyOf(exchange)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
