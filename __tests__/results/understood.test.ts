// All files together: what counts where two speak, contributions, confusion matrices, and what is said about the rest.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ModelReport } from '../../src/results/model-report.js';
import { understood } from '../../src/results/understood.js';
import type { Role } from '../../src/results/wanted-files.js';
import { shiftJis } from '../support/shift-jis.js';

type Texts = Partial<Record<Role, string | Buffer>>;

function reportOf(texts: Texts): Omit<ModelReport, 'files'> {
  const files = Object.entries(texts) as [Role, string | Buffer][];
  return understood(
    new Map(files.map(([role, text]) => [role, { path: `out/${role}.csv`, bytes: Buffer.from(text) }])),
  );
}

const metricsOf = (texts: Texts) =>
  reportOf(texts).metrics.map(({ name, newValue, previousValue }) => [
    name,
    newValue?.toFixed(),
    previousValue?.toFixed(),
  ]);
const problemsOf = (texts: Texts) => reportOf(texts).problems.map(({ text }) => text);

describe('Metrics of both files', () => {
  test('are those of the comparison, then what only the other file has', () => {
    const texts = {
      metrics: 'metric,value\nLog loss,0.3\nAccuracy,0.91\n',
      comparison: 'metric,new,previous\nAccuracy,0.910,0.89\nAUC,0.95,0.94\n',
    };
    expect(metricsOf(texts)).toEqual([
      ['Accuracy', '0.91', '0.89'],
      ['AUC', '0.95', '0.94'],
      ['Log loss', '0.3', undefined],
    ]);
    expect(problemsOf(texts)).toEqual([]);
  });

  test('that contradict each other are those of the comparison, and both values are told', () => {
    const texts = {
      metrics: 'metric,value\naccuracy,0.99\n',
      comparison: 'metric,new,previous\nAccuracy,0.91,0.89\n',
    };
    expect(metricsOf(texts)).toEqual([['Accuracy', '0.91', '0.89']]);
    expect(problemsOf(texts)).toEqual([
      "'out/metrics.csv' says otherwise than 'out/comparison.csv', which counts: 'Accuracy' of the new model is '0.99' and not '0.91'.",
    ]);
  });

  test('stay without a value where the comparison says that there is none', () => {
    const texts = {
      metrics: 'metric,value\nAccuracy,0.99\nAUC,0.9',
      comparison: 'metric,new,previous\nAccuracy,NaN,0.89\nAUC,,0.8',
    };
    expect(metricsOf(texts)).toEqual([
      ['Accuracy', undefined, '0.89'],
      ['AUC', '0.9', '0.8'],
    ]);
    expect(problemsOf(texts)).toEqual([expect.stringContaining("is '0.99' and not 'NaN'")]);
  });

  test('do not come back by the other file once the comparison contradicts itself', () => {
    const texts = {
      metrics: 'metric,value\nAccuracy,0.91\nAUC,0.9',
      comparison: 'metric,new,previous\nAccuracy,0.91,0.89\nAccuracy,0.7,0.89\nF1,1,1',
    };
    expect(metricsOf(texts).map(([name]) => name)).toEqual(['F1', 'AUC']);
    expect(problemsOf(texts)).toEqual([
      "'out/comparison.csv' gives different values to one name, which are not used: 'Accuracy'.",
    ]);
  });

  test('are those of the one that is understood', () => {
    const texts = {
      metrics: 'metric,value\nAccuracy,0.91',
      comparison: 'metric,new,new\nAccuracy,0.91,0.89',
    };
    expect(metricsOf(texts)).toEqual([['Accuracy', '0.91', undefined]]);
    expect(problemsOf(texts)).toEqual([
      "'out/comparison.csv' could not be understood: two columns claim to be the new model's: 'new' and 'new'.",
    ]);
  });

  test('are read from Shift_JIS', () => {
    expect(metricsOf({ comparison: shiftJis('評価指標,前回,今回\n正解率,８９％,91%\n') })).toEqual([
      ['正解率', '0.91', '0.89'],
    ]);
  });
});

test('Models that only the order of the columns tells apart are used, and that is told', () => {
  const texts = { comparison: 'metric,A,B\nAUC,0.95,0.94\n' };
  expect(metricsOf(texts)).toEqual([['AUC', '0.95', '0.94']]);
  expect(problemsOf(texts)).toEqual([
    "'out/comparison.csv' does not say which model is new: by their order, 'A' is, and 'B' is not.",
  ]);
});

describe('Contributions', () => {
  test.each([
    ['column and contribution', 'column,contribution\nage,0.5\njob,-0.25\n'],
    ['the other way round', 'Importance,Feature name\n0.5,age\n-0.25,job\n'],
    ['項目 and 寄与度', '項目名,寄与度\nage,0.5\njob,-0.25\n'],
    ['列 and 重要度 with a rank', '順位,列名,重要度\n1,age,0.5\n2,job,-0.25\n'],
    ['no header', 'age,0.5\njob,-0.25\n'],
    ['unknown headers', 'foo,bar\nage,0.5\njob,-0.25\n'],
    ['row numbers', ',column,contribution\n0,age,0.5\n1,job,-0.25\n'],
    ['rows without a number', 'column,contribution\nage,50%\nid,-\n,3\njob,-0.25\n'],
    ['a type and more numbers', 'column,type,contribution,mean\nage,number,0.5,40\njob,text,-0.25,\n'],
  ])('may have %s', (_, text) => {
    const { contributions, problems } = reportOf({ contributions: text });
    expect(problems).toEqual([]);
    expect(contributions.newModel?.map(({ column, value }) => [column, value.toFixed()])).toEqual([
      ['age', '0.5'],
      ['job', '-0.25'],
    ]);
  });

  test.each([
    ['two columns of numbers', 'foo,a,b\nage,1,2', /which one the contributions/],
    ['two contributions', 'column,contribution,importance\nage,1,2', /which one the contributions/],
    ['no number', 'column,contribution\nage,high', /expected a column of names and one of contributions/],
    ['no names', 'a,b\n1,2', /expected a column of names/],
    ['a number that a comma splits', 'column,contribution\nage,1,234.5', /more cells than the first/],
  ])('of %s are not understood', (_, text, why) => {
    expect(problemsOf({ contributions: text })).toEqual([expect.stringMatching(why)]);
  });

  test('of each model are kept apart', () => {
    const texts: Texts = {
      contributions: 'column,contribution\nage,1',
      'contributions of the previous model': 'column,contribution\nage,2',
    };
    const { newModel, previousModel } = reportOf(texts).contributions;
    expect([newModel, previousModel].map(all => all?.map(({ value }) => value.toFixed()))).toEqual([
      ['1'],
      ['2'],
    ]);
  });
});

function squareOf(classes: number): string {
  const numbers = Array.from({ length: classes }, (_, index) => index);
  const rows = numbers.map(row => [`c${row}`, ...numbers].join(','));
  return [['', ...numbers.map(column => `c${column}`)].join(','), ...rows].join('\n');
}

describe('A confusion matrix', () => {
  const plain = (text: string) => {
    const matrix = reportOf({ confusion: text }).confusion.newModel;
    return (
      matrix && [
        [matrix.corner, ...matrix.columns],
        ...matrix.rows.map(({ name, counts }) => [name, ...counts.map(count => count.toFixed())]),
      ]
    );
  };

  test.each([
    [
      'labels',
      'actual\\predicted,yes,no\nyes,50,3\nno,2,"1,045"',
      [
        ['actual\\predicted', 'yes', 'no'],
        ['yes', '50', '3'],
        ['no', '2', '1045'],
      ],
    ],
    [
      'numbers as labels',
      ',0,1\n0,50,3\n1,2,45',
      [
        ['', '0', '1'],
        ['0', '50', '3'],
        ['1', '2', '45'],
      ],
    ],
    [
      'no corner',
      'yes,no\nyes,50,3\nno,2,45',
      [
        ['', 'yes', 'no'],
        ['yes', '50', '3'],
        ['no', '2', '45'],
      ],
    ],
    [
      'one class',
      '実測,あり\nあり,50',
      [
        ['実測', 'あり'],
        ['あり', '50'],
      ],
    ],
  ])('may have %s', (_, text, expected) => {
    expect(plain(text)).toEqual(expected);
  });

  test.each([
    ['more rows than columns', ',yes,no\nyes,1,2\nno,3,4\nsum,4,6'],
    ['a missing count', ',yes,no\nyes,1,2\nno,3,'],
    ['a count that is none', ',yes,no\nyes,1,2\nno,3,x'],
    ['a count too many', ',yes,no\nyes,1,2,9\nno,3,4'],
    ['no labels', '1,2,3\n4,5,6\n7,8,9'],
    ['a header alone', ',yes,no'],
    ['more classes than anybody could look at', squareOf(301)],
  ])('with %s is not understood', (_, text) => {
    expect(plain(text)).toBeUndefined();
    expect(problemsOf({ confusion: text })).toEqual([
      expect.stringMatching(/^'out\/confusion.csv' could not be/),
    ]);
  });
});

describe('Problems', () => {
  test('stay short, whatever the files hold', () => {
    const long = 'x'.repeat(1e5);
    const rows = Array.from(
      { length: 400 },
      (_, n) => `${long.slice(0, 999)}${n},1,${n}\n${long.slice(0, 999)}${n},2,${n}`,
    );
    const problems = problemsOf({
      comparison: `metric,${long} new,${long} new\nAUC,1,2`,
      metrics: rows.join('\n'),
    });
    const named = problemsOf({ comparison: `metric,new,old\n${rows.join('\n')}` });
    for (const text of [...problems, ...named]) expect(text.length).toBeLessThan(1000);
    expect(problems.length).toBeGreaterThan(0);
  });

  test('are all that any bytes can cause', () => {
    const roles: Role[] = ['metrics', 'comparison', 'contributions', 'confusion'];
    const text = fc.string({ unit: fc.constantFrom(...'a0,.%"\n-新旧') }).map(string => Buffer.from(string));
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), text);
    fc.assert(
      fc.property(fc.constantFrom(...roles), bytes, (role, content) => {
        const report = understood(new Map([[role, { path: 'x.csv', bytes: content }]]));
        const found = [...report.metrics, report.contributions.newModel, report.confusion.newModel];
        expect(report.problems.length + found.filter(Boolean).length).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });
});
