// Starts the simulator's process apart from the step and waits until it listens; knows no input and no output.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { logTail } from './log-tail.js';
import { LOG_NAME, type Order, type Ready, type StartOrder } from './messages.js';

const LONGEST_START_MS = 30_000;
/** The process outlives the step: it needs no input of it and no token of the runner's. */
const KEPT_FROM_IT = /^(INPUT|STATE|ACTIONS|GITHUB)_/i;

export interface StartedServer {
  ready: Ready;
  pid: number;
  /** Lets the process live on without this one. */
  release(): Promise<void>;
}

/**
 * Starts `script`; its output goes to a log in the order's folder. Throws an error with the log's end when it does not
 * listen in time.
 */
export async function startServer(script: string, order: StartOrder): Promise<StartedServer> {
  const child = spawnApart(script, order.folder);
  try {
    await tell(child, order);
    const ready = await listening(child);
    return {
      ready,
      pid: child.pid ?? 0,
      async release() {
        await tell(child, { kind: 'stay' });
        child.disconnect();
        child.unref();
      },
    };
  } catch (error) {
    child.kill('SIGKILL');
    const log = logTail(join(order.folder, LOG_NAME));
    throw new Error(`Cannot start the simulator as ${(error as Error).message}. ${logSentence(log)}`, {
      cause: error,
    });
  }
}

function spawnApart(script: string, folder: string): ChildProcess {
  const log = openSync(join(folder, LOG_NAME), 'a');
  // RUNNER_TRACKING_ID stays: by it the runner ends what a job left behind.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !KEPT_FROM_IT.test(name)));
  const child = spawn(process.execPath, [script], {
    ...{ cwd: folder, env, detached: true, windowsHide: true },
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  return child;
}

function tell(child: ChildProcess, order: Order): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // One that ended at once is told of by its end, which says more than a broken channel.
    child.send(order, () => resolve());
  });
}

function listening(child: ChildProcess): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`its process does not listen after ${LONGEST_START_MS / 1000} s`));
    }, LONGEST_START_MS);
    const settled = () => clearTimeout(timer);
    child.once('message', ready => {
      settled();
      resolve(ready as Ready);
    });
    child.once('error', error => {
      settled();
      reject(error);
    });
    child.once('exit', (exitCode, signal) => {
      settled();
      const how = signal === null ? `exit code ${exitCode}` : `signal ${signal}`;
      reject(new Error(`its process ended with ${how} before it listened`));
    });
  });
}

function logSentence(log: string): string {
  return log === '' ? 'It wrote no log.' : `Its log:\n${log}`;
}
