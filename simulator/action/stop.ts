// The action's post step: ends the simulator's process, shows its log and removes its files; knows no server.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '@actions/core';
import { askToStop, type StopOutcome } from './ask-to-stop.js';
import { logTail } from './log-tail.js';
import { LOG_NAME, type RunningServer, STATE } from './messages.js';

async function main(): Promise<void> {
  const folder = core.getState(STATE.folder);
  const server = core.getState(STATE.server);
  // Without a server the main step has told why, with the log.
  if (server !== '') {
    tell(await askToStop(JSON.parse(server) as RunningServer));
    showLog(logTail(join(folder, LOG_NAME)));
  }
  if (folder !== '') rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

function tell(outcome: StopOutcome): void {
  if (outcome === 'stopped') core.info('The simulator has ended.');
  if (outcome === 'killed') core.warning('The simulator did not end when it was asked to: it was killed.');
  if (outcome === 'gone') core.warning('The simulator had ended before this job did: its log may tell why.');
}

/** Anybody on this machine may have sent the requests that it holds: no line of it is taken for a command. */
function showLog(log: string): void {
  const token = randomUUID();
  core.startGroup("The simulator's log");
  core.info(`::stop-commands::${token}`);
  core.info(log === '' ? '(no request came)' : log);
  core.info(`::${token}::`);
  core.endGroup();
}

main().catch((error: unknown) => {
  // A simulator that cannot be tidied away is no reason for a job to fail.
  core.warning(
    `Cannot tidy up after the simulator as ${error instanceof Error ? error.message : String(error)}.`,
  );
});
