// Ends the simulator's process from outside, and only that one; knows no simulator and prints nothing.
import { connect } from 'node:net';
import type { RunningServer } from './messages.js';
import { STOPPED } from './stop-listener.js';

const LONGEST_MS = 5_000;

/** gone: nothing of ours was there any more. killed: it was, and did not end in time when asked. */
export type StopOutcome = 'stopped' | 'gone' | 'killed';

/** Asks the process to end; one that takes the call but does not end is killed. */
export async function askToStop({ pid, stopPort, stopToken }: RunningServer): Promise<StopOutcome> {
  const answer = await ask(stopPort, stopToken);
  if (answer !== 'silent') return answer;
  try {
    process.kill(pid, 'SIGKILL');
    return 'killed';
  } catch {
    // It ended just now.
    return 'gone';
  }
}

function ask(port: number, token: string): Promise<'stopped' | 'gone' | 'silent'> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const end = (answer: 'stopped' | 'gone' | 'silent') => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(end, LONGEST_MS, 'silent');
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${token}\n`));
    socket.on('data', (piece: string) => {
      text += piece;
    });
    // Refused or broken: whoever held the port is not there any more.
    socket.on('error', () => end('gone'));
    socket.on('close', () => end(text === STOPPED ? 'stopped' : 'gone'));
  });
}
