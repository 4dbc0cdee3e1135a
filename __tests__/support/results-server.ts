// Scripted behaviours of presigned storage: right and wrong answers to requests for the whole and for parts.
import { createHash, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Step } from './local-server.js';

export const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');
export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Bytes that look like a ZIP to whoever looks at both ends. */
export function zipLike(sizeBytes: number): Buffer {
  const bytes = randomBytes(sizeBytes);
  bytes.writeUInt32LE(0x04034b50, 0);
  bytes.fill(0, sizeBytes - 22);
  bytes.writeUInt32LE(0x06054b50, sizeBytes - 22);
  return bytes;
}

interface Behaviour {
  readonly headers?: Record<string, string>;
  readonly etag?: string;
  /** Closes the connection when this many bytes of the answer are out. */
  readonly cutAfter?: number;
  /** Says nothing more when this many bytes of the answer are out. */
  readonly stallAfter?: number;
  /** Answers 200 with everything whatever was asked. */
  readonly ignoreRange?: boolean;
  /** Sends no more than this many bytes every 10 ms. */
  readonly trickle?: number;
}

/** Serves `bytes` as a good server does (Range, If-Range, Content-Length), but for the behaviour asked for. */
export function serve(bytes: Buffer, { headers = {}, etag, ...how }: Behaviour = {}): Step {
  return (request, response) => {
    const tag = etag === undefined ? {} : { etag };
    const [, from, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const isSame = etag !== undefined && request.headers['if-range'] === etag;
    if (from === undefined || !isSame || how.ignoreRange) {
      response.writeHead(200, { 'content-length': String(bytes.length), ...tag, ...headers });
      return send(response, bytes, how);
    }
    if (Number(from) >= bytes.length) {
      return void response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    }
    const end = Math.min(bytes.length, Number(last || bytes.length) + 1);
    const range = `bytes ${from}-${end - 1}/${bytes.length}`;
    const rest = bytes.subarray(Number(from), end);
    response.writeHead(206, {
      'content-range': range,
      'content-length': String(rest.length),
      ...tag,
      ...headers,
    });
    send(response, rest, how);
  };
}

function send(response: ServerResponse, bytes: Buffer, { cutAfter, stallAfter, trickle }: Behaviour): void {
  if (trickle !== undefined) {
    response.write(bytes.subarray(0, Math.min(trickle, cutAfter ?? trickle)));
    if (cutAfter !== undefined && cutAfter <= trickle) return void setTimeout(() => response.destroy(), 20);
    if (bytes.length <= trickle) return void response.end();
    const rest = cutAfter === undefined ? { trickle } : { trickle, cutAfter: cutAfter - trickle };
    return void setTimeout(() => response.destroyed || send(response, bytes.subarray(trickle), rest), 10);
  }
  const stop = cutAfter ?? stallAfter;
  if (stop === undefined) return void response.end(bytes);
  response.write(bytes.subarray(0, stop), () => {
    if (cutAfter !== undefined) setTimeout(() => response.destroy(), 20);
  });
}

/** A body that ends with its connection: neither length nor chunks (HTTP/1.0). */
export function closeDelimited(bytes: Buffer, headers: Record<string, string> = {}): Step {
  return ({ socket }) => {
    const lines = Object.entries({ connection: 'close', ...headers }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    socket.write(`HTTP/1.1 200 OK\r\n${lines.join('')}\r\n`);
    socket.end(bytes);
  };
}
