// What a gate may say, and what a line that says nothing usable is answered.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Condition, parseGate } from '../../src/results/gate-grammar.js';
import { PROJECT_ROOT } from '../support/project.js';

/** The one condition of `text`, its numbers as text. */
function only(text: string) {
  const { conditions, problems } = parseGate(text);
  expect(problems).toEqual([]);
  expect(conditions).toHaveLength(1);
  return plain(conditions[0] as Condition);
}

function plain({ metric, op, right, text }: Condition) {
  if (right.kind === 'number') return { text, metric, op, right: right.value.toFixed() };
  if (right.kind === 'previous') return { text, metric, op, right: 'previous' };
  return { text, metric, op, right: `previous ${right.sign} ${right.operand.toFixed()}` };
}

const musts = (text: string) => parseGate(text).problems.map(({ must }) => must);

describe('A condition', () => {
  test.each([
    { line: 'AUC >= 0.85', metric: 'AUC', op: '>=', right: '0.85' },
    { line: 'AUC > 0.85', metric: 'AUC', op: '>', right: '0.85' },
    { line: 'RMSE <= 12', metric: 'RMSE', op: '<=', right: '12' },
    { line: 'RMSE < 12.50', metric: 'RMSE', op: '<', right: '12.5' },
    { line: 'Recall == 1', metric: 'Recall', op: '==', right: '1' },
    { line: 'AUC>=0.85', metric: 'AUC', op: '>=', right: '0.85' },
    { line: 'AUC >= .85', metric: 'AUC', op: '>=', right: '0.85' },
    { line: 'AUC >= 1.', metric: 'AUC', op: '>=', right: '1' },
    { line: 'R2 >= -0.5', metric: 'R2', op: '>=', right: '-0.5' },
    { line: 'Accuracy >= 85%', metric: 'Accuracy', op: '>=', right: '0.85' },
    { line: 'Accuracy >= 85.5 %', metric: 'Accuracy', op: '>=', right: '0.855' },
    { line: 'R2 >= -5%', metric: 'R2', op: '>=', right: '-0.05' },
    { line: 'AUC >= previous', metric: 'AUC', op: '>=', right: 'previous' },
    { line: 'AUC >= PREVIOUS', metric: 'AUC', op: '>=', right: 'previous' },
    { line: 'AUC >= Previous - 0.01', metric: 'AUC', op: '>=', right: 'previous - 0.01' },
    { line: 'AUC>=previous-0.01', metric: 'AUC', op: '>=', right: 'previous - 0.01' },
    { line: 'AUC >= previous + 0.01', metric: 'AUC', op: '>=', right: 'previous + 0.01' },
    { line: 'RMSE <= previous*1.05', metric: 'RMSE', op: '<=', right: 'previous * 1.05' },
    { line: 'AUC >= previous - -0.01', metric: 'AUC', op: '>=', right: 'previous - -0.01' },
    { line: 'AUC >= previous * 0', metric: 'AUC', op: '>=', right: 'previous * 0' },
    { line: 'Mean absolute error <= 3', metric: 'Mean absolute error', op: '<=', right: '3' },
    { line: 'F-score >= 0.8', metric: 'F-score', op: '>=', right: '0.8' },
    { line: '正解率 >= 0.9', metric: '正解率', op: '>=', right: '0.9' },
    { line: 'Ｆ値（平均） >= 0.9', metric: 'Ｆ値（平均）', op: '>=', right: '0.9' },
    { line: 'Class #1 recall >= 0.9', metric: 'Class #1 recall', op: '>=', right: '0.9' },
    { line: 'Wow! >= 0.9', metric: 'Wow!', op: '>=', right: '0.9' },
  ])('$line', ({ line, metric, op, right }) => {
    expect(only(line)).toEqual({ text: line, metric, op, right });
  });

  test.each([
    { what: 'blanks and tabs around it', text: ' \t AUC \t>=\t0.85  ' },
    { what: 'ideographic spaces', text: '　AUC　>=　0.85　' },
    { what: 'CRLF', text: '\r\nAUC >= 0.85\r\n' },
    { what: 'a lone CR', text: '\rAUC >= 0.85\r' },
    { what: 'a byte order mark', text: '\uFEFFAUC >= 0.85' },
    { what: 'a comment behind it', text: 'AUC >= 0.85 # as agreed > in May' },
    { what: 'a comment behind it after a tab', text: 'AUC >= 0.85\t#' },
    { what: 'comments and blank lines around it', text: '# first\n\n  # AUC >= 0.9\nAUC >= 0.85\n　\n#' },
  ])('is read with $what', ({ text }) => {
    expect(only(text)).toMatchObject({ metric: 'AUC', op: '>=', right: '0.85' });
  });

  test('keeps its text without white space around it and without its comment', () => {
    expect(only('  AUC  >=  previous-0.02   # for now  ').text).toBe('AUC  >=  previous-0.02');
  });

  test('keeps all digits', () => {
    expect(only('AUC >= 0.1234567890123456789012345678901%').right).toBe(
      '0.001234567890123456789012345678901',
    );
  });

  test('stands in the order of its line', () => {
    const { conditions } = parseGate('AUC >= 0.8\n# and\nRecall >= previous\n\nAccuracy > 90%');
    expect(conditions.map(({ text }) => text)).toEqual([
      'AUC >= 0.8',
      'Recall >= previous',
      'Accuracy > 90%',
    ]);
  });
});

test.each(['', '\n', ' \t　\r\n', '# AUC >= 0.8', '  ## \n\n#'])('%j says nothing', text => {
  expect(parseGate(text)).toEqual({ conditions: [], problems: [] });
});

test.each(['\n', '\r', '\v', '\f', '\u0085', '\u2028', '\u2029'])('%j ends a comment and its line', end => {
  for (const before of ['# scores', 'AUC >= 0.8 # scores']) {
    const { conditions, problems } = parseGate(`${before}${end}RMSE <= 2`);
    expect(problems).toEqual([]);
    expect(conditions.at(-1)?.text).toBe('RMSE <= 2');
  }
});

describe('A line that is no condition', () => {
  test('is named by its number, with what it must be, and does not hide the others', () => {
    const { conditions, problems } = parseGate(
      '# quality\r\nAUC => 0.8\r\n\r\nRecall >= 0.7\r\n Precision # later',
    );
    expect(conditions.map(({ text }) => text)).toEqual(['Recall >= 0.7']);
    expect(problems).toEqual([
      {
        line: 2,
        text: 'AUC => 0.8',
        must: "a condition with one of the operators >= > <= < ==: write '>=' in place of '=>' (did you mean 'AUC >= 0.8'?)",
      },
      {
        line: 5,
        text: 'Precision # later',
        must: "one condition a line, '<metric> <operator> <number or previous>', with an operator of >= > <= < ==",
      },
    ]);
  });

  test.each([
    { line: 'AUC = 0.8', says: "write '==' in place of '='" },
    { line: 'AUC === 0.8', says: "write '==' in place of '==='" },
    { line: 'AUC => 0.8', says: "write '>=' in place of '=>'" },
    { line: 'RMSE =< 8', says: "write '<=' in place of '=<'" },
    { line: 'AUC ≥ 0.8', says: "write '>=' in place of '≥'" },
    { line: 'AUC ≧ 0.8', says: "write '>=' in place of '≧'" },
    { line: 'RMSE ≤ 8', says: "write '<=' in place of '≤'" },
    { line: 'RMSE ≦ 8', says: "write '<=' in place of '≦'" },
    { line: 'AUC != 0.8', says: "not '!=' (there is no 'not equal')" },
    { line: 'AUC ≠ 0.8', says: "not '≠' (there is no 'not equal')" },
    { line: 'AUC <> 0.8', says: "not '<>' (there is no 'not equal')" },
    { line: 'AUC >> 0.8', says: "not '>>'" },
    { line: 'AUC !> 0.8', says: "not '!>'" },
    { line: 'AUC', says: 'one condition a line' },
    { line: 'AUC 0.8', says: 'with an operator of >= > <= < ==' },
    { line: 'AUC: 0.8', says: 'with an operator of >= > <= < ==' },
    { line: '>= 0.8', says: "begins with a metric's name" },
    { line: '> 0.8 # AUC', says: "begins with a metric's name" },
    { line: '0.5 < AUC < 0.9', says: 'with one operator' },
    { line: 'AUC > = 0.8', says: 'with one operator' },
    { line: 'AUC >= 0.8, Recall >= 0.7', says: 'one condition a line' },
    { line: 'AUC >= 0.8 and Recall != 0.7', says: 'with one operator' },
    { line: 'Recall (age＞60) >= 0.7', says: "a metric's name without < > = or !=" },
    { line: '0.8 <= AUC', says: 'plain decimal number' },
    { line: 'AUC >=', says: 'plain decimal number' },
    { line: 'AUC >= # 0.8', says: 'plain decimal number' },
    { line: 'AUC >= 0.8#', says: 'plain decimal number' },
    { line: 'AUC >= +0.8', says: 'plain decimal number' },
    { line: 'AUC >= - 0.8', says: 'plain decimal number' },
    { line: 'AUC >= 8e-1', says: 'plain decimal number' },
    { line: 'AUC >= 0,8', says: 'plain decimal number' },
    { line: 'RMSE <= 1,000', says: 'plain decimal number' },
    { line: 'AUC >= 0x1', says: 'plain decimal number' },
    { line: 'AUC >= .', says: 'plain decimal number' },
    { line: 'AUC >= 85%%', says: 'plain decimal number' },
    { line: 'AUC >= %', says: 'plain decimal number' },
    { line: 'RMSE < Infinity', says: 'plain decimal number' },
    { line: 'AUC >= NaN', says: 'plain decimal number' },
    { line: 'AUC >= Recall', says: 'plain decimal number' },
    { line: 'AUC >= previous 0.1', says: "'previous - 0.02'" },
    { line: 'AUC >= previous%', says: "'previous - 0.02'" },
    { line: 'AUC >= previous -', says: "'previous - 0.02'" },
    { line: 'AUC >= previous / 2', says: "'previous - 0.02'" },
    { line: 'AUC >= 0.98 * previous', says: "'previous - 0.02'" },
    { line: 'AUC >= previous - 0.01 - 0.01', says: "'previous - 0.02'" },
    { line: 'RMSE <= 1,234', says: "after '<='" },
    { line: 'AUC >= previously', says: "'previous - 0.02'" },
    { line: 'RMSE <= previous * -1', says: "without a factor below 0 after 'previous *'" },
    { line: `${'A'.repeat(494)} >= 0.8`, says: 'at most 500 characters' },
  ])('$line', ({ line, says }) => {
    const { conditions, problems } = parseGate(line);
    expect(conditions).toEqual([]);
    expect(problems).toEqual([{ line: 1, text: line, must: expect.stringContaining(says) }]);
  });

  test.each([
    { line: 'ＡＵＣ　＞＝　０．８５', meant: 'AUC >= 0.85' },
    { line: 'AUC >= ８５％', meant: 'AUC >= 85%' },
    { line: 'AUC ≧ 85%', meant: 'AUC >= 85%' },
    { line: 'AUC >= previous − 0.02', meant: 'AUC >= previous - 0.02' },
    { line: 'RMSE ≦ ｐｒｅｖｉｏｕｓ × 1.05', meant: 'RMSE <= previous * 1.05' },
    { line: '正解率 = 1 # all', meant: '正解率 == 1' },
    { line: 'AUC >= 0,85', meant: 'AUC >= 0.85' },
    { line: 'AUC >= +0.85', meant: 'AUC >= 0.85' },
    { line: 'RMSE <= 1.5e3', meant: 'RMSE <= 1500' },
    { line: 'AUC >= 85%# all', meant: 'AUC >= 85%' },
  ])('$line is answered with what was likely meant', ({ line, meant }) => {
    expect(musts(line)).toEqual([expect.stringContaining(` (did you mean '${meant}'?)`)]);
    expect(only(meant).text).toBe(meant);
  });
});

describe('A percentage of previous is refused with both ways to write it', () => {
  test.each([
    { right: 'previous - 2%', points: 'previous - 0.02', relative: 'previous * 0.98' },
    { right: 'previous-2 %', points: 'previous - 0.02', relative: 'previous * 0.98' },
    { right: 'previous + 1.5%', points: 'previous + 0.015', relative: 'previous * 1.015' },
    { right: 'previous + -2%', points: 'previous - 0.02', relative: 'previous * 0.98' },
    { right: 'previous - 0%', points: 'previous + 0', relative: 'previous * 1' },
    { right: 'previous * 98%', points: 'previous - 0.02', relative: 'previous * 0.98' },
    { right: 'previous * 105%', points: 'previous + 0.05', relative: 'previous * 1.05' },
    { right: 'previous - 100%', points: 'previous - 1', relative: 'previous * 0' },
  ])('$right', ({ right, points, relative }) => {
    expect(musts(`AUC >= ${right}`)).toEqual([
      `a condition without % after 'previous', which could mean points or a part of the value: write 'AUC >= ${points}' (points) or 'AUC >= ${relative}' (relative)`,
    ]);
    for (const way of [points, relative]) expect(only(`AUC >= ${way}`).right).toBe(way);
  });

  test('but not with a way that would be refused itself', () => {
    expect(musts('R2 >= previous - 150%')).toEqual([
      expect.stringMatching(/write 'R2 >= previous - 1\.5' \(points\)$/),
    ]);
  });
});

describe('docs/gate.md', () => {
  const page = readFileSync(join(PROJECT_ROOT, 'docs/gate.md'), 'utf8');
  const inTables = [...page.matchAll(/^\|.*?`([^`]+ [<>=]+ [^`]+)`/gm)].map(([, line = '']) => line);
  const inWorkflow = /gate: \|\n((?: {6}.*\n)+)/.exec(page)?.[1] ?? '';

  test('shows conditions that are read as they stand', () => {
    expect(inTables.length).toBeGreaterThan(15);
    expect(inTables.filter(line => musts(line).length > 0)).toEqual([]);
    expect(parseGate(inWorkflow)).toMatchObject({ problems: [], conditions: { length: 2 } });
  });

  test('names the refused percentage as it is refused', () => {
    expect(page).toContain('`AUC >= previous - 2%`');
    for (const way of ['AUC >= previous - 0.02', 'AUC >= previous * 0.98']) {
      expect(page).toContain(`\`${way}\``);
      expect(musts('AUC >= previous - 2%')).toEqual([expect.stringContaining(`'${way}'`)]);
    }
  });
});

describe('The limits', () => {
  test('100 conditions are read, one more is a problem of its line, said once', () => {
    const lines = Array.from({ length: 103 }, (_, index) => `M${index} >= 0`);
    expect(parseGate(lines.slice(0, 100).join('\n'))).toMatchObject({
      problems: [],
      conditions: { length: 100 },
    });
    expect(parseGate(lines.join('\n')).problems).toEqual([
      { line: 101, text: 'M100 >= 0', must: 'at most 100 conditions' },
    ]);
  });

  test('a line of 500 characters is read', () => {
    expect(only(`${'A'.repeat(493)} >= 0.8`).right).toBe('0.8');
  });

  test('a comment may be longer', () => {
    expect(parseGate(`# ${'A'.repeat(600)}`).problems).toEqual([]);
  });
});

describe('Whatever is written', () => {
  const bits = ['AUC', '正解率', '>=', '=>', '<', '=', '!', '≧', 'previous', '+', '-', '*', '0.1', '2', '%'];
  const likely = fc
    .array(fc.constantFrom(...bits, ' ', '　', '#', '\n', '\r\n', '＞'), { maxLength: 14 })
    .map(parts => parts.join(''));
  const anything = fc.oneof(likely, fc.string({ unit: 'binary', maxLength: 60 }), fc.string());

  test('every line is a condition, a comment, blank or a problem', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 8 }), texts => {
        const text = texts.join('\n');
        const lines = text.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/).map(line => line.trim());
        const { conditions, problems } = parseGate(text);
        const saying = lines.filter(line => line !== '' && !line.startsWith('#'));
        expect(conditions.length + problems.length).toBe(saying.length);
        for (const problem of problems) expect(lines[problem.line - 1]).toBe(problem.text);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a condition has a name without operators, and its text means the same again', () => {
    fc.assert(
      fc.property(anything, text => {
        for (const condition of parseGate(text).conditions) {
          expect(condition.metric).not.toMatch(/^\s*$|[<>=]/);
          expect(only(condition.text)).toEqual(plain(condition));
          expect(only(`${condition.metric} ${condition.op} ${condition.right.text}`)).toMatchObject({
            metric: condition.metric,
            right: plain(condition).right,
          });
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
