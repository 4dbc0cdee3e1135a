// Starts and ends real servers as children on loopback, each with a folder of its own; knows no server.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START_LIMIT_MS = 20_000;
const STOP_LIMIT_MS = 5_000;

export interface ServerStart {
  readonly program: string;
  readonly args: readonly string[];
  readonly port: number;
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningServer {
  /** Ends the process and waits for its end. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts a server in the foreground; resolves when its port takes connections. @throws Error with its output */
export async function startServer(start: ServerStart): Promise<RunningServer> {
  const child = spawn(start.program, start.args, {
    env: { PATH: process.env.PATH, ...start.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
  child.on('error', error => (output += error.message));
  const ended = once(child, 'close');
  const giveUpAtMs = performance.now() + START_LIMIT_MS;
  while (!(await takesConnections(start.port))) {
    if (hasEnded(child) || performance.now() > giveUpAtMs) {
      child.kill('SIGKILL');
      throw new Error(`${start.program} ${start.args.join(' ')} did not start:\n${output}`);
    }
    await pause(20);
  }
  return {
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const watchdog = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      await ended;
      clearTimeout(watchdog);
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    // Not yet: the caller asks again until its limit.
    return false;
  } finally {
    socket.destroy();
  }
}

/**
 * Below the ports that the system gives to outgoing connections: a server that is stopped finds its port free again.
 * Every worker of jest has a thousand of its own.
 */
const FIRST_PORT = 20_000 + 1_000 * (Number(process.env.JEST_WORKER_ID ?? 0) % 10);
const PORTS = 1_000;
let nextPort = Math.floor(Math.random() * PORTS);

/** A port that nobody listens on, and that was not given before. */
export async function freePort(): Promise<number> {
  for (;;) {
    nextPort += 1;
    const port = FIRST_PORT + (nextPort % PORTS);
    const server = createServer();
    const isFree = await new Promise<boolean>(resolve => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** A folder that servers may read which gave up being root; gone when `use` ends. */
export async function inServerFolder<T>(name: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), `faults-${name}-`));
  chmodSync(folder, 0o755);
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
