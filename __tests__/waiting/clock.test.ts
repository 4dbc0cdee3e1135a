// The system's clock: the one place where tests sleep for real, for milliseconds.
import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../src/waiting/clock.js';

describe('The clock of this machine', () => {
  test('sleeps for the time given and leaves no listener behind', async () => {
    const { signal } = new AbortController();
    const begin = systemClock.monotonicMs();
    await systemClock.sleep(20, signal);
    expect(systemClock.monotonicMs() - begin).toBeGreaterThanOrEqual(15);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('wakes with the reason of an abort', async () => {
    const controller = new AbortController();
    const sleeping = systemClock.sleep(60_000, controller.signal);
    controller.abort('stop it');
    await expect(sleeping).rejects.toBe('stop it');
    await expect(systemClock.sleep(60_000, controller.signal)).rejects.toBe('stop it');
  });

  test('does not wake at once from a sleep that is too long for a timer', async () => {
    const controller = new AbortController();
    let isAwake = false;
    const sleeping = systemClock.sleep(2 ** 40, controller.signal).then(() => {
      isAwake = true;
    });
    await systemClock.sleep(20, new AbortController().signal);
    expect(isAwake).toBe(false);
    controller.abort('done');
    await expect(sleeping).rejects.toBe('done');
  });
});
