// The Azure side of the artifact service: blocks, block lists, whole blobs and downloads; knows no Twirp call.
import { randomUUID } from 'node:crypto';
import { type Answer, sendAnswer } from './answer.js';
import type { ArtifactEntry } from './artifact-store.js';
import { piecesOf } from './byte-source.js';
import { bodyOf, type Exchange, wholeBody } from './recorder.js';
import { written } from './response-write.js';
import { attachment } from './results-file.js';

const WHOLE_BLOB = 'whole';

/** Serves one request to a blob. The caller has checked its signature. */
export async function serveBlob(exchange: Exchange, entry: ArtifactEntry, stop: AbortSignal): Promise<void> {
  const { method } = exchange.request;
  if (method === 'GET') return sendBlob(exchange, entry, stop);
  if (method === 'PUT') return sendAnswer(exchange, await putAnswer(exchange, entry), stop);
  return sendAnswer(exchange, azureError(405, 'UnsupportedHttpVerb'), stop);
}

/** An answer with the XML and the header that Azure's client reads. */
export function azureError(httpStatus: number, code: string): Answer {
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  return { httpStatus, headers: { ...azureHeaders(), 'x-ms-error-code': code }, body };
}

async function putAnswer(exchange: Exchange, entry: ArtifactEntry): Promise<Answer> {
  const { blob } = entry;
  const { headers } = exchange.request;
  const comp = exchange.query.get('comp');
  if (comp === 'blocklist') {
    const blockIds = blockIdsOf((await wholeBody(exchange)).toString());
    blob.contentType = headerText(headers['x-ms-blob-content-type']);
    return blob.commit(blockIds) ? created() : azureError(400, 'InvalidBlockList');
  }
  const sizeBytes = Number(headers['content-length'] ?? Number.NaN);
  if (!Number.isInteger(sizeBytes)) return azureError(411, 'MissingContentLengthHeader');
  if (comp === 'block') {
    await blob.stage(exchange.query.get('blockid') ?? '', sizeBytes, bodyOf(exchange));
    return created();
  }
  if (headers['x-ms-blob-type'] !== 'BlockBlob') return azureError(400, 'InvalidHeaderValue');
  await blob.stage(WHOLE_BLOB, sizeBytes, bodyOf(exchange));
  blob.contentType = headerText(headers['x-ms-blob-content-type']) ?? headers['content-type'];
  blob.commit([WHOLE_BLOB]);
  return created();
}

async function sendBlob(exchange: Exchange, entry: ArtifactEntry, stop: AbortSignal): Promise<void> {
  const { artifact, blob } = entry;
  const { sizeBytes } = blob;
  const mimeType = artifact.mimeType ?? blob.contentType ?? 'application/zip';
  const isZip = mimeType === 'application/zip' && !artifact.name.endsWith('.zip');
  const fileName = isZip ? `${artifact.name}.zip` : artifact.name;
  exchange.response.writeHead(200, {
    ...azureHeaders(),
    'content-type': mimeType,
    'content-length': String(sizeBytes),
    'content-disposition': attachment(fileName),
  });
  for (const piece of piecesOf(blob, { start: 0, end: sizeBytes })) {
    if (stop.aborted || !(await written(exchange.response, piece))) return;
  }
  exchange.response.end();
}

// The client writes this list itself, in one fixed form, so that a pattern is parser enough.
function blockIdsOf(xml: string): string[] {
  return [...xml.matchAll(/<(?:Latest|Uncommitted|Committed)>([^<]*)</g)].map(match => match[1] ?? '');
}

function created(): Answer {
  const now = new Date().toUTCString();
  return { httpStatus: 201, headers: { ...azureHeaders(), etag: `"${randomUUID()}"`, 'last-modified': now } };
}

function azureHeaders(): Record<string, string> {
  return {
    'x-ms-request-id': randomUUID(),
    'x-ms-version': '2025-01-05',
    'x-ms-request-server-encrypted': 'true',
  };
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
