// One answered request as a line of a log, signatures shortened; knows no server and prints nothing.
import type { RecordedRequest } from './scenario.js';

const SHOWN_SIGNATURE_CHARACTERS = 4;

/** Time, server, method, path and status, with a line break at the end. */
export function requestLine(request: RecordedRequest): string {
  const time = new Date(request.startedAtMs).toISOString();
  const status = request.statusCode ?? 'no answer';
  return `${time} ${request.server.padEnd(8)} ${request.method} ${shortened(request.path)} ${status}\n`;
}

function shortened(path: string): string {
  return path.replace(
    /([?&](?:X-Amz-Signature|sig)=)([^&]*)/gi,
    (_, name: string, signature: string) => `${name}${signature.slice(0, SHOWN_SIGNATURE_CHARACTERS)}...`,
  );
}
