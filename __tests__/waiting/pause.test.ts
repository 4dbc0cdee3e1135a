// How long to pause between two tries.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs, pauseMs, SHORTEST_PAUSE_MS } from '../../src/waiting/pause.js';

const calm = { faultsInARow: 0, longestMs: 30_000, random: 0 };

describe('The pause between two checks', () => {
  test.each([
    { why: 'starts at 2 s', waitedMs: 0, pause: 2_000 },
    { why: 'is still 2 s after 20 s', waitedMs: 20_000, pause: 2_000 },
    { why: 'is 10% of the time waited', waitedMs: 120_000, pause: 12_000 },
    { why: 'reaches the longest after ten times as long', waitedMs: 300_000, pause: 30_000 },
    { why: 'never grows above the longest', waitedMs: 21_600_000, pause: 30_000 },
  ])('$why', ({ waitedMs, pause }) => {
    expect(pauseMs({ ...calm, waitedMs })).toBe(pause);
  });

  test('is the longest where that is below 2 s', () => {
    expect(pauseMs({ ...calm, waitedMs: 0, longestMs: 100 })).toBe(100);
  });

  test.each([
    { faultsInARow: 1, pause: 2_000 },
    { faultsInARow: 2, pause: 4_000 },
    { faultsInARow: 3, pause: 8_000 },
    { faultsInARow: 4, pause: 16_000 },
    { faultsInARow: 5, pause: 30_000 },
    { faultsInARow: 5_000, pause: 30_000 },
  ])('backs off: after $faultsInARow faults in a row it is $pause ms', ({ faultsInARow, pause }) => {
    expect(pauseMs({ ...calm, waitedMs: 0, faultsInARow })).toBe(pause);
  });

  test('is shortened by jitter, by 10% at most, and stays within its bounds whatever happens', () => {
    const context = fc.record({
      waitedMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
      faultsInARow: fc.nat(2_000),
      longestMs: fc.double({ min: 100, max: 3_600_000, noNaN: true }),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    fc.assert(
      fc.property(context, given => {
        const pause = pauseMs(given);
        const unshaken = pauseMs({ ...given, random: 0 });
        expect(pause).toBeLessThanOrEqual(given.longestMs);
        expect(pause).toBeGreaterThanOrEqual(Math.min(SHORTEST_PAUSE_MS, given.longestMs) * 0.9 - 1e-6);
        expect(pause).toBeLessThanOrEqual(unshaken);
        expect(pause).toBeGreaterThanOrEqual(unshaken * 0.9 - 1e-6);
      }),
      { seed: 20261001, numRuns: 500 },
    );
  });
});

describe('The backoff between two transfers', () => {
  test.each([
    { faultsInARow: 0, pause: 500 },
    { faultsInARow: 1, pause: 500 },
    { faultsInARow: 2, pause: 1_000 },
    { faultsInARow: 6, pause: 16_000 },
    { faultsInARow: 7, pause: 30_000 },
    { faultsInARow: 2_000, pause: 30_000 },
  ])(
    'after $faultsInARow faults it is $pause ms, and at least half of that with jitter',
    ({ faultsInARow, pause }) => {
      expect(backoffMs({ faultsInARow, random: 0 })).toBe(pause);
      expect(backoffMs({ faultsInARow, random: 0.999 })).toBeGreaterThanOrEqual(pause / 2);
    },
  );
});
