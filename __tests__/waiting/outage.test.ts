// How long failures may go on.
import { describe, expect, test } from '@jest/globals';
import { OutageWindow } from '../../src/waiting/outage.js';

describe('The outage window', () => {
  test('opens with the first fault, whenever that is, and gives up when its limit has passed, not a moment earlier', () => {
    const outage = new OutageWindow(1_000);
    expect(outage.endsAtMs).toBeUndefined();
    expect(outage.fault(50_000)).toBe('retry');
    expect(outage.endsAtMs).toBe(51_000);
    expect(outage.fault(50_999.9)).toBe('retry');
    expect(outage.faultsInARow).toBe(2);
    expect(outage.fault(51_000)).toBe('give_up');
  });

  test('of length 0 gives up at the first fault', () => {
    expect(new OutageWindow(0).fault(7)).toBe('give_up');
  });

  test('closes with any success: the next fault opens a new one', () => {
    const outage = new OutageWindow(1_000);
    outage.fault(0);
    outage.close();
    expect(outage.faultsInARow).toBe(0);
    expect(outage.endsAtMs).toBeUndefined();
    expect(outage.fault(5_000)).toBe('retry');
    expect(outage.endsAtMs).toBe(6_000);
  });
});
