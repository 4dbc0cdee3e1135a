// Watches the HTTP requests of a library that takes no AbortSignal, and can cut them; must not know what they carry.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';

/** Published by Node for every request when it is created (https://nodejs.org/api/diagnostics_channel.html#http). */
const CHANNEL = 'http.client.request.created';
const SAMPLE_MS = 500;

export interface HttpActivity {
  /** When a body was last on its way out, by the clock handed in; the moment of the start where none was. */
  readonly progressAtMs: number;
  /** Rejects when nothing more may be expected: no open request for the stall time, or no progress for the patience. */
  readonly hopeless: Promise<never>;
  /** Cuts every open request with `reason`, which is what its library sees. */
  cut(reason: Error): void;
  stop(): void;
}

export interface Patience {
  /** The longest that an open request, or the library itself, may be silent. */
  readonly stallMs: number;
  /** How long there may be no progress. */
  readonly outageMs: number;
  /** When there was progress before. */
  readonly progressAtMs: number;
  readonly nowMs: () => number;
}

/**
 * Watches all requests of this process from now on, and cuts them when no byte moves. Progress is a body on its way
 * out (PUT): small calls that come and go without one get nowhere. Start it only while the watched library alone
 * talks. Its timer keeps the process alive: a library whose promise never settles must end in an error.
 */
export function watchHttp(patience: Patience): HttpActivity {
  const { stallMs, outageMs, nowMs } = patience;
  const open = new Set<ClientRequest>();
  const { promise: hopeless, reject } = Promise.withResolvers<never>();
  hopeless.catch(() => {});
  const created = (message: unknown) => {
    const { request } = message as { request: ClientRequest };
    open.add(request);
    request.once('close', () => open.delete(request));
  };
  const cut = (reason: Error) => {
    for (const request of open) request.destroy(reason);
  };
  const seen = { all: '', bodies: '', movedAtMs: nowMs(), progressAtMs: patience.progressAtMs };
  const look = () => {
    const all = moved([...open]);
    const bodies = moved([...open].filter(({ method }) => method === 'PUT'));
    if (all !== seen.all) seen.movedAtMs = nowMs();
    if (bodies !== seen.bodies && bodies !== '') seen.progressAtMs = nowMs();
    Object.assign(seen, { all, bodies });
    if (nowMs() - seen.progressAtMs >= outageMs) reject(silentFor(nowMs() - seen.progressAtMs));
    const silentMs = nowMs() - seen.movedAtMs;
    if (silentMs < stallMs) return;
    seen.movedAtMs = nowMs();
    if (open.size === 0) reject(silentFor(silentMs));
    else cut(silentFor(silentMs));
  };
  const timer = setInterval(look, SAMPLE_MS);
  subscribe(CHANNEL, created);
  return {
    get progressAtMs() {
      return seen.progressAtMs;
    },
    hopeless,
    cut,
    stop: () => {
      clearInterval(timer);
      unsubscribe(CHANNEL, created);
    },
  };
}

function silentFor(durationMs: number): Error {
  return Object.assign(new Error(`no progress for ${Math.round(durationMs / 1000)} s`), {
    code: 'ETIMEDOUT',
  });
}

function moved(requests: readonly ClientRequest[]): string {
  return requests.map(movedBytes).join();
}

function movedBytes({ socket }: ClientRequest): string {
  return `${socket?.bytesWritten ?? 0}/${socket?.bytesRead ?? 0}`;
}
