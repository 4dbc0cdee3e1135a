// Watches the HTTP requests of a library that takes no AbortSignal, and can cut them; must not know what they carry.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';

/** Published by Node for every request when it is created (https://nodejs.org/api/diagnostics_channel.html#http). */
const CHANNEL = 'http.client.request.created';
const SAMPLE_MS = 1_000;

export interface HttpActivity {
  /** Rejects when nothing is open and nothing has moved for the stall time: the library waits for what never comes. */
  readonly silence: Promise<never>;
  /** Cuts every open request with `reason`, which is what its library sees. */
  cut(reason: Error): void;
  stop(): void;
}

/**
 * Watches all requests of this process from now on, and cuts them when no byte has moved for `stallMs`.
 * Start it only while the watched library alone talks. Its timer keeps the process alive: a library whose promise
 * never settles must end in an error, not in an empty event loop.
 */
export function watchHttp(stallMs: number): HttpActivity {
  const open = new Set<ClientRequest>();
  const { promise: silence, reject } = Promise.withResolvers<never>();
  silence.catch(() => {});
  const created = (message: unknown) => {
    const { request } = message as { request: ClientRequest };
    open.add(request);
    request.once('close', () => open.delete(request));
  };
  const cut = (reason: Error) => {
    for (const request of open) request.destroy(reason);
  };
  let seen = '';
  let quietMs = 0;
  const timer = setInterval(() => {
    const moved = [...open].map(movedBytes).join();
    quietMs = moved === seen ? quietMs + SAMPLE_MS : 0;
    seen = moved;
    if (quietMs < stallMs) return;
    quietMs = 0;
    const stalled = Object.assign(new Error(`no byte moved for ${stallMs / 1000} s`), { code: 'ETIMEDOUT' });
    if (open.size === 0) reject(stalled);
    else cut(stalled);
  }, SAMPLE_MS);
  subscribe(CHANNEL, created);
  return {
    silence,
    cut,
    stop: () => {
      clearInterval(timer);
      unsubscribe(CHANNEL, created);
    },
  };
}

function movedBytes({ socket }: ClientRequest): string {
  return `${socket?.bytesWritten ?? 0}/${socket?.bytesRead ?? 0}`;
}
