// When a file is fetched over several connections, and who fetches what next.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  isWorthSplitting,
  PARALLEL,
  type ParallelRules,
  type Segment,
  SegmentPlan,
} from '../../src/results/segment-plan.js';

const MIB = 1024 * 1024;
const RULES: ParallelRules = {
  connections: 4,
  measureMs: 0,
  minLeftBytes: 100,
  minLeftMs: 0,
  maxBytesPerSecond: Number.MAX_VALUE,
  minSegmentBytes: 100,
  maxSegmentBytes: 300,
  minShareBytes: 10,
};
/** Ten bytes a second: sharing is worth a byte, the head start 20. */
const PACE = { elapsedMs: 1_000, arrivedBytes: 10, leftBytes: 0 };

const span = (segment: Segment | undefined) => segment && [segment.writtenToByte, segment.endByte];
const write = (segment: Segment, bytes: number) => {
  const taken = segment.take(bytes);
  segment.wrote();
  return taken;
};

describe('More connections', () => {
  test.each([
    { what: '100 MiB at 10 MB/s', elapsedMs: 1_000, arrivedBytes: 10e6, leftBytes: 95e6, worth: true },
    {
      what: '1 GiB at 1 MB/s, measured for long',
      elapsedMs: 9_000,
      arrivedBytes: 9e6,
      leftBytes: 1e9,
      worth: true,
    },
    {
      what: 'a rate that was measured for too short',
      elapsedMs: 999,
      arrivedBytes: 10e6,
      leftBytes: 95e6,
      worth: false,
    },
    {
      what: '16 MiB, where less is left',
      elapsedMs: 1_000,
      arrivedBytes: 1e6,
      leftBytes: 16 * MIB - 1,
      worth: false,
    },
    { what: '16 MiB', elapsedMs: 1_000, arrivedBytes: 1e6, leftBytes: 16 * MIB, worth: true },
    { what: 'less than 3 s', elapsedMs: 1_000, arrivedBytes: 50e6, leftBytes: 149e6, worth: false },
    { what: '5 GiB on loopback', elapsedMs: 1_000, arrivedBytes: 600e6, leftBytes: 4.4e9, worth: false },
    {
      what: 'a stream that brought nothing',
      elapsedMs: 5_000,
      arrivedBytes: 0,
      leftBytes: 95e6,
      worth: false,
    },
  ])('for $what: $worth', ({ worth, ...pace }) => {
    expect(isWorthSplitting(pace, PARALLEL)).toBe(worth);
  });

  test('are turned off by allowing one', () => {
    const pace = { elapsedMs: 1_000, arrivedBytes: 10e6, leftBytes: 95e6 };
    expect(isWorthSplitting(pace, { ...PARALLEL, connections: 1 })).toBe(false);
  });
});

describe('The plan', () => {
  const planFrom = (fromByte: number, totalBytes = 1_000) =>
    new SegmentPlan({ fromByte, totalBytes, pace: PACE }, RULES);

  test('leaves all to the first connection until the second has its answer', () => {
    const plan = planFrom(200);
    expect(span(plan.first)).toEqual([200, 1_000]);
    expect([plan.secondStartByte, plan.secondEndByte]).toEqual([400, 600]);
    expect(span(plan.takeSecond())).toEqual([400, 600]);
    expect(span(plan.first)).toEqual([200, 400]);
  });

  test('lets the second begin as far ahead as the first gets in two seconds, but not behind the half', () => {
    const fast = { ...PACE, arrivedBytes: 150 };
    const [slow, ahead] = [PACE, fast].map(
      pace => new SegmentPlan({ fromByte: 0, totalBytes: 1_000, pace }, RULES),
    );
    expect(slow?.secondStartByte).toBe(250);
    expect(ahead?.secondStartByte).toBe(300);
    const veryFast = { ...PACE, arrivedBytes: 100_000 };
    expect(new SegmentPlan({ fromByte: 0, totalBytes: 1_000, pace: veryFast }, RULES).secondStartByte).toBe(
      500,
    );
  });

  test('lets the second begin close to the first in a very large file too: the checksum must be able to follow', () => {
    const pace = { elapsedMs: 1_000, arrivedBytes: 10e6, leftBytes: 5e9 };
    const plan = new SegmentPlan({ fromByte: 10e6, totalBytes: 5e9, pace }, PARALLEL);
    expect(plan.secondStartByte).toBe(10e6 + 64 * MIB);
  });

  test('has nothing for a second that comes too late', () => {
    const plan = planFrom(200);
    write(plan.first, 201);
    expect(plan.takeSecond()).toBeUndefined();
    expect(span(plan.first)).toEqual([401, 1_000]);
  });

  test('gives parts in file order, then halves of the longest rest, then nothing', () => {
    const plan = planFrom(200);
    const second = plan.takeSecond();
    expect([plan.next(), plan.next()].map(span)).toEqual([
      [600, 800],
      [800, 1_000],
    ]);
    write(plan.first, 150);
    if (second !== undefined) write(second, 100);
    expect([plan.next(), plan.next(), plan.next(), plan.next()].map(span)).toEqual([
      [700, 800],
      [900, 1_000],
      [550, 600],
      [650, 700],
    ]);
    while (plan.next() !== undefined);
    expect(plan.first.takenToByte).toBe(350);
    expect(plan.first.endByte - plan.first.takenToByte).toBeLessThan(20);
  });

  test('never cuts off what is just being written', () => {
    const plan = planFrom(0);
    plan.first.take(990);
    expect(plan.next()).toBeUndefined();
    expect(plan.frontByte).toBe(0);
    plan.first.wrote();
    expect(plan.frontByte).toBe(990);
  });

  test('gives what one connection leaves to the next', () => {
    const plan = planFrom(200);
    const second = plan.takeSecond();
    if (second === undefined) throw new Error('it was in time');
    write(second, 50);
    plan.release(second);
    expect(span(plan.next())).toEqual([450, 600]);
  });

  test('refuses to cut where bytes are already taken', () => {
    const plan = planFrom(0);
    write(plan.first, 10);
    expect(() => plan.first.cut(9)).toThrow(RangeError);
  });
});

/** What a connection may do next: write so much of its part, fall out, or look for a part. */
const moves = fc.array(
  fc.record({
    connection: fc.nat({ max: 5 }),
    does: fc.constantFrom('write', 'write', 'write', 'leave', 'begin write', 'second'),
    bytes: fc.integer({ min: 1, max: 400 }),
  }),
  { minLength: 50, maxLength: 300 },
);

test('Whatever the connections do, the parts tile the file: every byte is written once, and the front has no gap', () => {
  let wholes = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 900 }),
      fc.integer({ min: 901, max: 3_000 }),
      moves,
      (from, total, script) => {
        const plan = new SegmentPlan({ fromByte: from, totalBytes: total, pace: PACE }, RULES);
        const written = new Uint8Array(total).fill(1, 0, from);
        const parts: (Segment | undefined)[] = [plan.first];
        const put = (segment: Segment, bytes: number) => {
          const at = segment.takenToByte;
          const taken = segment.take(bytes);
          for (let byte = at; byte < at + taken; byte += 1) written[byte] = (written[byte] ?? 0) + 1;
        };
        const step = ({ connection, does, bytes }: { connection: number; does: string; bytes: number }) => {
          const segment = parts[connection];
          if (does === 'second') {
            const second = parts.includes(plan.first) ? plan.takeSecond() : undefined;
            if (second !== undefined) parts.push(second);
          } else if (segment === undefined) {
            parts[connection] = plan.next();
          } else {
            if (does !== 'leave') put(segment, bytes);
            if (does !== 'begin write') segment.wrote();
            if (does === 'leave' || segment.isWhole) {
              segment.wrote();
              plan.release(segment);
              parts[connection] = undefined;
            }
          }
          const gap = written.indexOf(0);
          expect(plan.frontByte).toBeLessThanOrEqual(gap === -1 ? total : gap);
          expect(plan.writtenBytes).toBeLessThanOrEqual(written.filter(Boolean).length);
        };
        for (const move of script) step(move);
        // Those that are left bring the rest.
        for (let round = 0; !plan.isWhole && round < 10_000; round += 1)
          for (let connection = 0; connection < parts.length; connection += 1)
            step({ connection, does: 'write', bytes: 97 });
        expect(plan.isWhole).toBe(true);
        expect(plan.writtenBytes).toBe(total);
        expect(written.every(times => times === 1)).toBe(true);
        wholes += 1;
      },
    ),
    { seed: 20261124, numRuns: 500 },
  );
  expect(wholes).toBe(500);
});
