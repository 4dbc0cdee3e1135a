// Plans and sends one download with exact range semantics and faults; knows no URL and no signature.
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { type Answer, pause } from './answer.js';
import { type ByteSpan, piecesOf } from './byte-source.js';
import { ifMatchHolds, ifRangeHolds, spanOf } from './http-range.js';
import type { Exchange } from './recorder.js';
import { written } from './response-write.js';
import type { ServedFile } from './results-file.js';
import type { StorageScript } from './scenario.js';

const THROTTLE_STEP_MS = 50;

export type DownloadPlan =
  | { kind: 'answer'; answer: Answer }
  | { kind: 'send'; httpStatus: 200 | 206; headers: Record<string, string>; span: ByteSpan };

export interface Download {
  exchange: Exchange;
  plan: Extract<DownloadPlan, { kind: 'send' }>;
  script: StorageScript;
  file: ServedFile;
  stop: AbortSignal;
}

/** Decides which bytes go out under which headers. */
export function planDownload(
  requested: IncomingHttpHeaders,
  file: ServedFile,
  script: StorageScript,
): DownloadPlan {
  const { sizeBytes } = file.source;
  const etag = script.etag ?? file.etag;
  const headers = fileHeaders(file, etag);
  if (!ifMatchHolds(requested['if-match'], etag))
    return { kind: 'answer', answer: { httpStatus: 412, headers } };
  const mayRange = file.acceptRanges && script.ignoreRange !== true;
  const ifRange = requested['if-range'];
  const holds = ifRangeHolds(typeof ifRange === 'string' ? ifRange : undefined, { ...file, etag });
  const asked = mayRange && holds ? spanOf(requested.range, sizeBytes) : undefined;
  if (asked === 'unsatisfiable') {
    const range = { 'content-range': `bytes */${sizeBytes}` };
    return { kind: 'answer', answer: { httpStatus: 416, headers: { ...headers, ...range } } };
  }
  if (asked === undefined) return wholePlan(file, headers);
  const span = script.wrongContentRange === true ? shifted(asked, sizeBytes) : asked;
  const contentRange = `bytes ${span.start}-${span.end - 1}/${sizeBytes}`;
  return { kind: 'send', httpStatus: 206, headers: { ...headers, 'content-range': contentRange }, span };
}

/** Sends the planned bytes; ends early, without an error, when the client leaves or the simulator closes. */
export async function sendDownload(download: Download): Promise<void> {
  const { exchange, plan, script, file, stop } = download;
  const { response } = exchange;
  const spanBytes = plan.span.end - plan.span.start;
  const isBroken = script.fault === 'cut' || script.fault === 'stall';
  const sentBytes = isBroken
    ? Math.min(script.afterBytes ?? Math.floor(spanBytes / 2), spanBytes)
    : spanBytes;
  writeHead(response, download);
  const step = script.bytesPerSecond === undefined ? undefined : stepBytes(script.bytesPerSecond);
  const span = { start: plan.span.start, end: plan.span.start + sentBytes };
  for (const piece of piecesOf(file.source, span, step)) {
    if (stop.aborted || !(await written(response, piece))) return;
    if (step !== undefined) await pause(THROTTLE_STEP_MS, stop);
  }
  if (script.fault === 'cut') exchange.request.socket.destroy();
  else if (script.fault !== 'stall') response.end();
}

function wholePlan(file: ServedFile, headers: Record<string, string>): DownloadPlan {
  // Content-MD5 is of the body that is sent, so a part of the file must not carry the whole file's.
  const md5: Record<string, string> = file.contentMd5 === undefined ? {} : { 'content-md5': file.contentMd5 };
  return {
    kind: 'send',
    httpStatus: 200,
    headers: { ...headers, ...md5 },
    span: { start: 0, end: file.source.sizeBytes },
  };
}

function fileHeaders(file: ServedFile, etag: string | undefined): Record<string, string> {
  const optional = {
    etag,
    'last-modified': file.lastModified,
    'content-disposition': file.contentDisposition,
    'accept-ranges': file.acceptRanges ? 'bytes' : undefined,
  };
  const given = Object.entries(optional).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { 'content-type': file.contentType, ...Object.fromEntries(given) };
}

function shifted(span: ByteSpan, sizeBytes: number): ByteSpan {
  if (span.start > 0) return { start: span.start - 1, end: span.end };
  return { start: Math.min(1, sizeBytes - 1), end: span.end };
}

function writeHead(response: ServerResponse, { plan, script, file }: Download): void {
  const headers: Record<string, string> = { ...plan.headers, ...script.headers };
  if (file.framing === 'length') headers['content-length'] ??= String(plan.span.end - plan.span.start);
  if (file.framing === 'close') {
    // Node then has no way left to mark the end but the connection's.
    response.removeHeader('transfer-encoding');
    headers.connection = 'close';
  }
  response.writeHead(script.httpStatus ?? plan.httpStatus, headers);
  response.flushHeaders();
}

function stepBytes(bytesPerSecond: number): number {
  return Math.max(1, Math.round((bytesPerSecond * THROTTLE_STEP_MS) / 1000));
}
