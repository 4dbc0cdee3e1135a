// Time that counts only while the process could run.
import { describe, expect, test } from '@jest/globals';
import { AwakeTime } from '../../src/waiting/awake-time.js';
import { VirtualClock } from '../support/virtual-clock.js';

const HOUR_MS = 3_600_000;

function tick(plannedMs: number, happens: (clock: VirtualClock) => void) {
  const clock = new VirtualClock();
  const time = new AwakeTime(clock);
  const begin = time.nowMs();
  time.startTick();
  happens(clock);
  const gapMs = time.endTick(plannedMs);
  return { gapMs, awakeMs: time.nowMs() - begin };
}

describe('Awake time', () => {
  test.each([
    {
      what: 'a tick of its planned length',
      happens: (c: VirtualClock) => c.advance(15_000),
      gapMs: 0,
      awakeMs: 15_000,
    },
    { what: 'a tick that ended early', happens: (c: VirtualClock) => c.advance(100), gapMs: 0, awakeMs: 100 },
    {
      what: 'a tick on a busy machine, half a minute late',
      happens: (c: VirtualClock) => c.advance(45_000),
      gapMs: 0,
      awakeMs: 45_000,
    },
    {
      what: 'a process that was stopped, so that just over a minute lies between two ticks',
      happens: (c: VirtualClock) => c.advance(60_001),
      gapMs: 45_001,
      awakeMs: 15_000,
    },
    {
      what: 'a suspended machine whose monotonic clock stood still',
      happens: (c: VirtualClock) => {
        c.advance(4_000);
        c.suspendMachine(HOUR_MS);
      },
      gapMs: HOUR_MS,
      awakeMs: 4_000,
    },
    {
      what: 'a stopped process whose monotonic clock went on',
      happens: (c: VirtualClock) => {
        c.advance(15_000);
        c.stopProcess(HOUR_MS);
      },
      gapMs: HOUR_MS,
      awakeMs: 15_000,
    },
    {
      what: 'a wall clock that was set back',
      happens: (c: VirtualClock) => {
        c.advance(15_000);
        c.suspendMachine(-HOUR_MS);
      },
      gapMs: 0,
      awakeMs: 15_000,
    },
  ])('$what: gap $gapMs ms, awake $awakeMs ms', ({ happens, gapMs, awakeMs }) => {
    expect(tick(15_000, happens)).toEqual({ gapMs, awakeMs });
  });
});
