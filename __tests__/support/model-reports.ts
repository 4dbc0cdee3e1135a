// Model reports of any kind, hostile ones too, for the tests of the job summary.
import Big from 'big.js';
import fc from 'fast-check';
import type { GateVerdict } from '../../src/results/gate.js';
import type { ConfusionMatrix, Contribution, Metric, ModelReport } from '../../src/results/model-report.js';

/** From which tables, fences, HTML, charts and lines could be broken, in any order. */
const PIECES = [
  ...[
    '|',
    '\\',
    '\\|',
    '`',
    '```',
    '~~~',
    '\n',
    '\r\n',
    '\u2028',
    '\t',
    ' ',
    '"',
    "'",
    ']',
    '[',
    '](',
    '{',
    '}',
    '%%',
  ],
  ...[
    '%%{init: {}}%%',
    '---',
    '-->',
    '<',
    '>',
    '<script>',
    '</details>',
    '<!--',
    '&lt;',
    '&#124;',
    ';',
    ':',
    ',',
  ],
  ...[
    '\u202e',
    '\u200f',
    '\u0627\u0644',
    '\ud83d\udc68\u200d\ud83d\udc69',
    '\ud800',
    '\u0301',
    '結果',
    '::error::',
    '##[',
  ],
  ...[
    '@octocat',
    'https://x.example',
    '$$',
    '#',
    '*',
    '_',
    'a',
    '1',
    '__proto__',
    'Accuracy',
    'end',
    '\u001b[31m',
    '\0',
  ],
];

export const hostileText = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map(pieces => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc
    .tuple(fc.constantFrom(...PIECES), fc.constantFrom(1_000, 5_000))
    .map(([piece, times]) => piece.repeat(times)),
);

export const anyNumber = fc
  .oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.integer({ min: 0, max: 1_000 }).map(String),
    fc.constantFrom(
      '0',
      '-0',
      '1e999999999',
      '-1e-999999999',
      '0.1',
      `0.${'3'.repeat(5_000)}`,
      '9'.repeat(5_000),
    ),
  )
  .map(text => new Big(text));

const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined });
/** Now and then very many. */
const many = <T>(some: fc.Arbitrary<T>) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.array(some, { maxLength: 20 }) },
    {
      weight: 1,
      arbitrary: fc.tuple(some, fc.constantFrom(100, 3_000)).map(([one, times]) => Array<T>(times).fill(one)),
    },
  );

const metric: fc.Arbitrary<Metric> = fc.record({
  name: hostileText,
  newValue: maybe(anyNumber),
  previousValue: maybe(anyNumber),
});
const contribution: fc.Arbitrary<Contribution> = fc.record({ column: hostileText, value: anyNumber });
const confusion: fc.Arbitrary<ConfusionMatrix> = fc.record({
  corner: hostileText,
  columns: many(hostileText),
  rows: fc.array(fc.record({ name: hostileText, counts: fc.array(anyNumber, { maxLength: 20 }) }), {
    maxLength: 20,
  }),
});

export const anyModelReport: fc.Arbitrary<ModelReport> = fc.record({
  metrics: many(metric),
  contributions: fc.record({ newModel: maybe(many(contribution)), previousModel: maybe(many(contribution)) }),
  confusion: fc.record({ newModel: maybe(confusion), previousModel: maybe(confusion) }),
  problems: many(fc.record({ file: hostileText, text: hostileText })),
  files: fc.array(hostileText, { maxLength: 3 }),
});

export function gateCondition(text: string): GateVerdict['conditions'][number]['condition'] {
  return { text, metric: 'AUC', op: '>', right: { kind: 'previous', text: 'previous' } };
}

export const anyGate: fc.Arbitrary<GateVerdict> = fc.record({
  passed: fc.boolean(),
  conditions: many(
    fc.record({
      condition: hostileText.map(text => gateCondition(text)),
      outcome: fc.constantFrom('holds', 'no_metric'),
      passed: fc.boolean(),
      actual: maybe(anyNumber),
      previous: maybe(anyNumber),
      why: hostileText,
    }),
  ),
  readingProblems: fc.constant([]),
});
