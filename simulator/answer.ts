// Sends one answer, whole or broken on purpose; knows no route and no meaning of an answer.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from './recorder.js';
import type { AnswerFault } from './scenario.js';

const VERBATIM = /"\\u0000number:(-?\d+)\\u0000"/g;

export interface Answer {
  httpStatus: number;
  headers?: Record<string, string | string[]>;
  /** Objects become JSON, strings and buffers are sent raw, nothing is an empty body. */
  body?: unknown;
  fault?: AnswerFault;
  delayMs?: number;
}

/** Marks digits that `encodeJson` writes as a JSON number as they are, above 2^53 too. */
export function verbatimNumber(digits: string): string {
  return `\u0000number:${digits}\u0000`;
}

/** JSON text in which verbatim numbers are numbers. */
export function encodeJson(value: unknown): string {
  return JSON.stringify(value).replace(VERBATIM, '$1');
}

/** Sends the answer; resolves when it was handed over, or at once for a fault without an end. */
export async function sendAnswer(exchange: Exchange, answer: Answer, stop: AbortSignal): Promise<void> {
  if (answer.delayMs !== undefined) await pause(answer.delayMs, stop);
  if (answer.fault === 'hang' || stop.aborted) return;
  if (answer.fault === 'reset') {
    resetConnection(exchange);
    return;
  }
  const { bytes, contentType } = encodeBody(answer.body);
  const { response } = exchange;
  response.writeHead(answer.httpStatus, {
    'content-type': contentType,
    'content-length': String(bytes.length),
    ...answer.headers,
  });
  if (answer.fault === undefined || exchange.request.method === 'HEAD') {
    response.end(bytes);
    return;
  }
  response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => {
    if (answer.fault === 'cut_body') exchange.request.socket.destroy();
  });
}

/** Breaks the connection with a TCP reset. */
export function resetConnection(exchange: Exchange): void {
  exchange.request.socket.resetAndDestroy();
}

/** Waits; ends early without an error when the simulator closes. */
export async function pause(delayMs: number, stop: AbortSignal): Promise<void> {
  await sleep(delayMs, undefined, { signal: stop }).catch(() => {});
}

function encodeBody(body: unknown): { bytes: Buffer; contentType: string } {
  if (body === undefined) return { bytes: Buffer.alloc(0), contentType: 'text/plain; charset=utf-8' };
  if (Buffer.isBuffer(body)) return { bytes: body, contentType: 'application/octet-stream' };
  if (typeof body !== 'string') {
    return { bytes: Buffer.from(encodeJson(body)), contentType: 'application/json; charset=utf-8' };
  }
  return { bytes: Buffer.from(body), contentType: textType(body) };
}

function textType(text: string): string {
  if (text.startsWith('<?xml')) return 'application/xml';
  return text.startsWith('<') ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8';
}
