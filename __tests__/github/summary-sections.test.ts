// What the job summary says about the models, section by section: tables of examples written by hand.
import { describe, expect, test } from '@jest/globals';
import Big from 'big.js';
import { isRounded, readable, signed } from '../../src/github/readable-number.js';
import { clipped } from '../../src/github/summary-cells.js';
import { confusionSection } from '../../src/github/summary-confusion.js';
import { contributionsSection } from '../../src/github/summary-contributions.js';
import { gateSection, gateVerdict } from '../../src/github/summary-gate.js';
import { metricsSection } from '../../src/github/summary-metrics.js';
import { joinedWithinLimit } from '../../src/github/summary-size.js';

/** With the spaces that break no line. */
const nb = (text: string) => text.replaceAll(' ', '\u00a0');
const big = (text: string | undefined) => (text === undefined ? undefined : new Big(text));
const metric = (name: string, newValue?: string, previousValue?: string) => ({
  name,
  newValue: big(newValue),
  previousValue: big(previousValue),
});
const matrix = (columns: string[], rows: [name: string, ...counts: number[]][], corner = '') => ({
  corner,
  columns,
  rows: rows.map(([name, ...counts]) => ({ name, counts: counts.map(count => new Big(count)) })),
});

describe('A number to read', () => {
  test.each([
    ['0', '0'],
    ['-0', '0'],
    ['0.96', '0.96'],
    ['0.9600', '0.96'],
    ['-12', '−12'],
    ['0.85333333333333', '0.853333'],
    ['0.9999999', '1'],
    ['1234.5678', '1234.57'],
    ['1234567.891', '1234568'],
    ['123456789012345', '123456789012345'],
    ['1234567890123456', '1.23457e15'],
    ['0.00001234567', '0.0000123457'],
    ['0.0000000042', '4.2e−9'],
    ['-1e999999999', '−1e999999999'],
  ])('%s is shown as %s', (given, shown) => {
    expect(readable(new Big(given))).toBe(shown);
  });

  test.each([
    ['0.02', '+0.02'],
    ['-0.02', '−0.02'],
    ['0', '0'],
  ])('%s with its sign is %s', (given, shown) => {
    expect(signed(new Big(given))).toBe(shown);
  });

  test.each([
    ['0.123456', false],
    ['0.1234567', true],
    ['1234567', false],
    ['1234567.8', true],
    ['0', false],
  ])('%s is rounded: %s', (given, is) => {
    expect(isRounded(new Big(given))).toBe(is);
  });
});

test.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'ab…'],
  ['a😀b', 3, 'a…'],
  [' a\nb ', 9, 'a b'],
])('%j clipped to %d is %j', (given, length, shown) => {
  expect(clipped(given, length)).toBe(shown);
});

describe('The gate', () => {
  const conditions = (...passed: boolean[]) =>
    passed.map(is => ({ condition: 'AUC >= 0.9', passed: is, why: 'So.' }));
  test.each([
    [true, [true], 'The gate passed: its condition holds'],
    [true, [true, true], 'The gate passed: both conditions hold'],
    [true, [true, true, true], 'The gate passed: all 3 conditions hold'],
    [false, [false], 'The gate stopped the new model: its condition does not hold'],
    [false, [true, false], 'The gate stopped the new model: 1 of 2 conditions does not hold'],
    [false, [false, false], 'The gate stopped the new model: neither condition holds'],
    [false, [false, false, true], 'The gate stopped the new model: 2 of 3 conditions do not hold'],
    [false, [false, false, false], 'The gate stopped the new model: none of the 3 conditions holds'],
    [false, [], 'The gate stopped the new model: its conditions could not be checked'],
  ])('%s %j: %s', (passed, each, said) => {
    expect(gateVerdict({ passed, conditions: conditions(...each) })).toBe(said);
  });

  test('says its verdict, then each condition with its values and why', () => {
    const shown = gateSection({
      passed: false,
      conditions: [
        {
          condition: 'Accuracy >= 95%',
          passed: true,
          actual: new Big('0.96'),
          previous: new Big('0.85333333333333333'),
          why: '0.96 is at least 0.95.',
        },
        { condition: 'AUC > previous', passed: false, why: 'There is no metric AUC | only: Accuracy.' },
      ],
    });
    expect(shown.split('\n')).toEqual([
      '### ❌ The gate stopped the new model: 1 of 2 conditions does not hold',
      '',
      '|   | Condition | Actual | Previous |',
      '| :---: | :--- | ---: | ---: |',
      '| ✅ | <code>Accuracy &#62;= 95%</code><br>0.96 is at least 0.95. | 0.96 | ≈\u00a00.8533333333 |',
      '| ❌ | <code>AUC &#62; previous</code><br>There is no metric AUC &#124; only: Accuracy. | – | – |',
    ]);
  });

  test('does not round a near miss to its limit', () => {
    const near = { condition: 'AUC >= 0.9', passed: false, actual: new Big('0.8999999'), why: 'So.' };
    expect(gateSection({ passed: false, conditions: [near] })).toContain('| 0.8999999 |');
  });
});

describe('The metrics', () => {
  test.each([
    [metric('Accuracy', '0.96', '0.94'), '▲ +0.02 better'],
    [metric('Accuracy', '0.93', '0.94'), '▼ −0.01 **worse**'],
    [metric('RMSE', '10.5', '12'), '▼ −1.5 better'],
    [metric('平均絶対誤差', '12.25', '12'), '▲ +0.25 **worse**'],
    [metric('Rows', '150', '100'), '▲ +50'],
    [metric('AUC', '0.90', '0.9'), '= no change'],
    [metric('AUC', '0.3', '0.1'), '▲ +0.2 better'],
    [metric('AUC', '0.12345679', '0.12345678'), '▲ +1e−8 better'],
    [metric('AUC', undefined, '0.1'), '–'],
    [metric('AUC', '1e999999999', '0.1'), '–'],
  ])('%# change: %s', (given, change) => {
    const [, , , , last = ''] = metricsSection([given, metric('x', '1', '1')]).split('\n');
    expect(last.split(' | ').at(-1)).toBe(`${nb(change)} |`);
  });

  test('are a table', () => {
    const shown = metricsSection([metric('Accuracy', '0.96', '0.8533'), metric('F|1', '0.96')]);
    expect(shown.split('\n')).toEqual([
      '### Metrics',
      '',
      '| Metric | New | Previous | Change |',
      '| :--- | ---: | ---: | :--- |',
      `| Accuracy | **0.96** | 0.8533 | ${nb('▲ +0.1067 better')} |`,
      '| F&#124;1 | **0.96** | – | – |',
    ]);
  });

  test('without a previous model have no columns for it', () => {
    expect(metricsSection([metric('AUC', '0.9')])).toContain(
      '| Metric | New |\n| :--- | ---: |\n| AUC | **0.9** |',
    );
  });

  test('that are rounded say where the exact values are', () => {
    expect(metricsSection([metric('AUC', '0.123456789')])).toContain('the output <code>metrics</code>');
    expect(metricsSection([metric('AUC', '0.9')])).not.toContain('<code>metrics</code>');
  });

  test('over fifty are counted', () => {
    const shown = metricsSection(Array.from({ length: 57 }, (_, index) => metric(`m${index}`, '1')));
    expect(shown).toContain('| m49 |');
    expect(shown).not.toContain('| m50 |');
    expect(shown).toContain('7 more metrics.');
  });

  test('that are none have no section', () => {
    expect(metricsSection([])).toBe('');
  });
});

describe('A confusion matrix', () => {
  const newModel = matrix(
    ['yes', 'no'],
    [
      ['yes', 90, 10],
      ['no', 0, 500],
    ],
    'actual \\ predicted',
  );

  test('is a table with the share of the row in percent and squares', () => {
    const shown = confusionSection({ newModel, previousModel: undefined });
    expect(shown.split('\n')).toEqual([
      '### Confusion matrix',
      '',
      '| actual &#92; predicted | yes | no |',
      '| :--- | :---: | :---: |',
      `| **yes** | 🟦🟦🟦🟦🟦<br>${nb('**90** · 90 %')} | 🟧<br>${nb('10 · 10 %')} |`,
      `| **no** | 0 | 🟦🟦🟦🟦🟦<br>${nb('**500** · 100 %')} |`,
      '',
      '<sub>🟦 the same class in row and column, 🟧 another one. Percent and squares: share of the row.</sub>',
    ]);
  });

  test('keeps short Japanese names on one line', () => {
    const shown = confusionSection({
      newModel: matrix(['解約', '継続'], [['解約', 1, 0]]),
      previousModel: undefined,
    });
    expect(shown).toContain('| 解\u2060約 | 継\u2060続 |');
  });

  test('of the previous model is folded away', () => {
    const shown = confusionSection({ newModel, previousModel: newModel });
    expect(shown).toMatch(/<details>\n<summary>The previous model’s[^\n]*\n\n\| [\s\S]*\|\n\n<\/details>$/);
  });

  test.each([
    {
      what: 'names',
      given: matrix(
        ['b', 'a'],
        [
          ['A ', 1, 0],
          ['b', 0, 1],
        ],
      ),
      hits: 0,
      misses: 2,
    },
    {
      what: 'no name on both sides: the diagonal',
      given: matrix(
        ['予測 a', '予測 b'],
        [
          ['実際 a', 1, 0],
          ['実際 b', 0, 1],
        ],
      ),
      hits: 2,
      misses: 0,
    },
    {
      what: 'neither',
      given: matrix(
        ['x', 'y', 'z'],
        [
          ['a', 1, 0, 0],
          ['b', 0, 1, 0],
        ],
      ),
      hits: 0,
      misses: 0,
    },
  ])('knows its hits by $what', ({ given, hits, misses }) => {
    const table = confusionSection({ newModel: given, previousModel: undefined }).replace(/<sub>.*/, '');
    expect(table.match(/🟦+/gu) ?? []).toHaveLength(hits);
    expect(table.match(/🟧+/gu) ?? []).toHaveLength(misses);
  });

  test('does not round a miss away', () => {
    const shown = confusionSection({
      newModel: matrix(['a', 'b'], [['a', 999, 1]]),
      previousModel: undefined,
    });
    expect(shown).toContain(`${nb('**999** · 99 %')} | 🟧<br>${nb('1 · &lt;1 %')}`);
  });

  test('with too few or too many counts in a row is still a table', () => {
    const shown = confusionSection({
      newModel: matrix(
        ['a', 'b'],
        [
          ['a', 1],
          ['b', 1, 2, 3],
        ],
      ),
      previousModel: undefined,
    });
    expect(shown).toContain(`| **a** | 🟦🟦🟦🟦🟦<br>${nb('**1** · 100 %')} | – |`);
  });

  test('of over fifteen classes says how many are left out, and shares stay those of the whole row', () => {
    const names = Array.from({ length: 20 }, (_, index) => `c${index}`);
    const rows = names.map((name): [string, ...number[]] => [name, ...names.map(() => 1)]);
    const shown = confusionSection({ newModel: matrix(names, rows), previousModel: undefined });
    expect(shown.split('\n').filter(line => line.startsWith('| **'))).toHaveLength(15);
    expect(shown).toContain('5 more classes are left out.');
    expect(shown).toContain(`${nb('🟦 **1**<br>5 %')} | ${nb('🟧 1<br>5 %')}`);
  });

  test('that is not there has no section', () => {
    expect(confusionSection({ newModel: undefined, previousModel: matrix(['a'], []) })).toBe('');
  });
});

describe('The contributions', () => {
  const of = (values: Record<string, string>) =>
    Object.entries(values).map(([column, value]) => ({ column, value: new Big(value) }));

  test('are a chart and the same as a table, the largest first', () => {
    const shown = contributionsSection({
      newModel: of({ age: '0.25', 'in|come': '-0.5' }),
      previousModel: of({ AGE: '0.3' }),
    });
    expect(shown.split('\n')).toEqual([
      '### Contributions',
      '',
      '```mermaid',
      expect.stringMatching(/^%%\{init: \{.*\}\}%%$/),
      'xychart-beta horizontal',
      '    x-axis ["in_come (−)", "age"]',
      '    y-axis 0 --> 0.500000',
      '    bar [0.500000, 0.250000]',
      '```',
      '',
      '<details>',
      '<summary>The same as a table</summary>',
      '',
      '| Column | New | Previous |   |',
      '| :--- | ---: | ---: | :--- |',
      '| in&#124;come | −0.5 | – | ████████████████ |',
      '| age | 0.25 | 0.3 | ████████ |',
      '',
      '</details>',
    ]);
  });

  test('over ten are cut, and the title says it', () => {
    const values = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`c${index}`, `${index + 1}`]),
    );
    const shown = contributionsSection({ newModel: of(values), previousModel: undefined });
    expect(shown).toContain('### Top 10 of 12 contributions');
    expect(shown.split('\n').filter(line => line.startsWith('| c'))).toHaveLength(10);
    expect(shown).not.toContain('"c1"');
  });

  test('of names that look the same in a chart have a bar each', () => {
    const shown = contributionsSection({
      newModel: of({ 'a|': '3', a_: '2', 'a"': '1' }),
      previousModel: undefined,
    });
    expect(shown).toContain('x-axis ["a_", "2 a_", "3 a_"]');
  });

  test.each([
    ['a'.repeat(28), 'a'.repeat(28)],
    ['a'.repeat(29), `${'a'.repeat(28)}…`],
    ['結'.repeat(15), `${'結'.repeat(14)}…`],
  ])('have names that leave room for bars: %s', (column, shown) => {
    expect(contributionsSection({ newModel: of({ [column]: '1' }), previousModel: undefined })).toContain(
      `x-axis ["${shown}"]`,
    );
  });

  test.each(['0', '1e-9', '1e20', '1e999999999'])('that a chart cannot show (%s) are a table only', value => {
    const shown = contributionsSection({ newModel: of({ a: value }), previousModel: undefined });
    expect(shown).not.toContain('mermaid');
    expect(shown).toContain('| a | ');
  });
});

describe('A summary that is too large', () => {
  test('loses sections from its end, and says so', () => {
    const note = '> [!NOTE]\n> The rest of this summary is left out: it would be too large for GitHub.';
    expect(joinedWithinLimit(['a', '', 'b'], 200)).toBe('a\n\nb\n');
    expect(joinedWithinLimit(['a', 'b', '結'.repeat(100)], 200)).toBe(`a\n\nb\n\n${note}\n`);
    expect(joinedWithinLimit(['a', 'x'.repeat(120), '結'.repeat(100)], 200)).toBe(`a\n\n${note}\n`);
  });
});
