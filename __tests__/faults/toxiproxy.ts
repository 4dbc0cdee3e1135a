// A real toxiproxy between the action and a server; knows its HTTP API, no expectation.
import { serverPath } from '../../scripts/servers.js';
import { freePort, startServer } from './processes.js';

/** A toxic as toxiproxy's README describes it. */
export interface Toxic {
  readonly type: 'latency' | 'bandwidth' | 'slow_close' | 'timeout' | 'reset_peer' | 'slicer' | 'limit_data';
  readonly attributes?: Readonly<Record<string, number>>;
  /** From the server to the action, if nothing else is said. */
  readonly stream?: 'upstream' | 'downstream';
}

/** One way through toxiproxy. */
export interface Passage {
  readonly port: number;
  readonly url: string;
  add(toxic: Toxic): Promise<void>;
  removeAll(): Promise<void>;
  /** Refuses connections and cuts open ones while it is off. */
  turn(state: 'on' | 'off'): Promise<void>;
}

export interface Toxiproxy {
  /** A way to a server on loopback, which need not run yet. */
  passage(upstreamPort: number, toxics?: readonly Toxic[]): Promise<Passage>;
}

export async function withToxiproxy<T>(use: (toxiproxy: Toxiproxy) => Promise<T>): Promise<T> {
  const port = await freePort();
  const args = ['-host', '127.0.0.1', '-port', String(port)];
  const server = await startServer({ program: serverPath('toxiproxy'), args, port });
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`toxiproxy: ${method} ${path}: HTTP ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  try {
    return await use({
      async passage(upstreamPort, toxics = []) {
        const name = `to-${upstreamPort}`;
        const listenPort = await freePort();
        const [listen, upstream] = [`127.0.0.1:${listenPort}`, `127.0.0.1:${upstreamPort}`];
        await call('POST', '/proxies', { name, listen, upstream });
        const passage = passageOf(name, listenPort, call);
        for (const toxic of toxics) await passage.add(toxic);
        return passage;
      },
    });
  } finally {
    await server.stop();
  }
}

type Call = (method: string, path: string, body?: object) => Promise<unknown>;

function passageOf(name: string, port: number, call: Call): Passage {
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async add({ type, attributes = {}, stream = 'downstream' }) {
      await call('POST', `/proxies/${name}/toxics`, { type, stream, attributes });
    },
    async removeAll() {
      const toxics = (await call('GET', `/proxies/${name}/toxics`)) as { name: string }[];
      for (const toxic of toxics) await call('DELETE', `/proxies/${name}/toxics/${toxic.name}`);
    },
    async turn(state) {
      await call('POST', `/proxies/${name}`, {
        listen: `127.0.0.1:${port}`,
        enabled: state === 'on',
      });
    },
  };
}
