// How often a transfer is tried again and when it is given up.
import { describe, expect, test } from '@jest/globals';
import { TransferPatience } from '../../src/waiting/transfer-patience.js';

/** A patience whose clock stands still but for what the test adds to it. */
function patience(maxOutageMs: number) {
  const now = { monotonicMs: 0, wallMs: 0 };
  const clock = {
    monotonicMs: () => now.monotonicMs,
    wallMs: () => now.wallMs,
    sleep: () => Promise.resolve(),
  };
  const pass = (ms: number) => {
    now.monotonicMs += ms;
    now.wallMs += ms;
  };
  return { patience: new TransferPatience(maxOutageMs, { clock, random: () => 0 }), pass, now };
}

describe('A transfer that fails', () => {
  test('pauses twice as long each time, up to the end of the window, where the last try is', () => {
    const { patience: it, pass } = patience(3_000);
    const pauses: (number | undefined)[] = [];
    for (let pause: number | undefined = 0; pause !== undefined; ) {
      pause = it.pauseAfterFault(undefined);
      pauses.push(pause);
      pass(pause ?? 0);
    }
    expect(pauses).toEqual([500, 1_000, 1_500, undefined]);
  });

  test('is tried once only where no outage is allowed', () => {
    expect(patience(0).patience.pauseAfterFault(undefined)).toBeUndefined();
  });

  test('waits for what Retry-After asks, beyond the window too', () => {
    const { patience: it, pass } = patience(3_000);
    expect(it.pauseAfterFault(60_000)).toBe(60_000);
    pass(60_000);
    expect(it.pauseAfterFault(undefined)).toBeUndefined();
  });

  test('does not wait for a Retry-After of hours', () => {
    expect(patience(3_000).patience.pauseAfterFault(3_600_001)).toBeUndefined();
  });

  test('has a new window after progress, and after the machine slept', () => {
    const { patience: it, pass, now } = patience(3_000);
    it.pauseAfterFault(undefined);
    pass(5_000);
    it.progress();
    expect(it.pauseAfterFault(undefined)).toBe(500);
    it.startTry();
    now.wallMs += 600_000;
    expect(it.pauseAfterFault(undefined)).toBe(500);
  });
});
