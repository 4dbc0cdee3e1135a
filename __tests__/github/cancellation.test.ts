// What ends a run from outside: the signals of every system's runner, and what nobody caught.
import { EventEmitter } from 'node:events';
import { expect, test } from '@jest/globals';
import { CancelledError, InternalError } from '../../src/errors.js';
import { cancellation } from '../../src/github/cancellation.js';

/** A process that emits what the system would. */
function processStandIn() {
  const process = new EventEmitter();
  return { process, signal: cancellation(process as NodeJS.Process) };
}

test.each([
  ['SIGINT', "the runner's first word, Ctrl-C on Windows"],
  ['SIGTERM', 'its second, elsewhere than on Windows'],
  ['SIGBREAK', 'its second on Windows, Ctrl-Break'],
])('%s cancels: %s', name => {
  const { process, signal } = processStandIn();
  expect(signal.aborted).toBe(false);
  process.emit(name);
  expect(signal.reason).toBeInstanceOf(CancelledError);
  expect(signal.reason.message).toContain(`(${name})`);
});

test('what comes after it changes nothing, and ends nothing', () => {
  const { process, signal } = processStandIn();
  process.emit('SIGINT');
  const { reason } = signal;
  for (const name of ['SIGBREAK', 'SIGTERM', 'SIGINT', 'beforeExit']) process.emit(name);
  process.emit('uncaughtException', new Error('late'));
  expect(signal.reason).toBe(reason);
});

test.each([
  ['a stray exception', 'uncaughtException', new Error('stray')],
  ['a promise that never settles', 'beforeExit', 0],
])('%s ends the run as internal_error', (_what, event, value) => {
  const { process, signal } = processStandIn();
  process.emit(event, value);
  expect(signal.reason).toBeInstanceOf(InternalError);
});
