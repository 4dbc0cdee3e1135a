// What the Retry-After header asks for, as a pure rule (RFC 9110, 10.2.3).
import type { IncomingHttpHeaders } from 'node:http';

/** Longer than any deadline here, so that no sum with it overflows. */
const LONGEST_MS = 365 * 86_400_000;

/**
 * The wait that `Retry-After` asks for in milliseconds, or undefined where there is none that can be read. A date
 * is taken relative to the answer's own `Date`, so that a runner's wrong clock does not matter; without one,
 * relative to `wallMs`.
 */
export function retryAfterMs(headers: IncomingHttpHeaders, wallMs: number): number | undefined {
  const text = headers['retry-after']?.trim();
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(LONGEST_MS, Number(text) * 1000);
  const untilMs = Date.parse(text);
  if (!/[a-z]/i.test(text) || Number.isNaN(untilMs)) return undefined;
  const serverMs = Date.parse(headers.date ?? '');
  return Math.min(LONGEST_MS, Math.max(0, untilMs - (Number.isNaN(serverMs) ? wallMs : serverMs)));
}
