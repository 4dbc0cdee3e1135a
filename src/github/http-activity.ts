// Watches the HTTP requests of a library that takes no AbortSignal, and can cut them; must not know what they carry.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';

/** Published by Node for every request when it is created (https://nodejs.org/api/diagnostics_channel.html#http). */
const CHANNEL = 'http.client.request.created';
const SAMPLE_MS = 1_000;

export interface HttpActivity {
  /** Cuts every open request: its library sees ECONNRESET. */
  cut(reason: Error): void;
  stop(): void;
}

/**
 * Watches all requests of this process from now on, and cuts them when no byte has moved for `stallMs`.
 * Start it only while the watched library alone talks.
 */
export function watchHttp(stallMs: number, onStall: () => void): HttpActivity {
  const open = new Set<ClientRequest>();
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
    quietMs = open.size === 0 || moved !== seen ? 0 : quietMs + SAMPLE_MS;
    seen = moved;
    if (quietMs < stallMs) return;
    quietMs = 0;
    onStall();
    cut(Object.assign(new Error(`no byte moved for ${stallMs / 1000} s`), { code: 'ETIMEDOUT' }));
  }, SAMPLE_MS);
  timer.unref();
  subscribe(CHANNEL, created);
  return {
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
