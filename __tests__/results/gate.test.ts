// When a new model is good enough, what is said when it is not, and that what is missing never passes.
import { describe, expect, test } from '@jest/globals';
import Big from 'big.js';
import fc from 'fast-check';
import { type GateReport, gateFailedExplanation, gateReportJson, judgeGate } from '../../src/results/gate.js';
import { parseGate } from '../../src/results/gate-grammar.js';

type Values = Record<string, readonly [newValue: string | undefined, previousValue?: string | undefined]>;

const big = (text: string | undefined) => (text === undefined ? undefined : new Big(text));

function reportOf(values: Values, more: Partial<GateReport> = {}): GateReport {
  const metrics = Object.entries(values).map(([name, [newValue, previousValue]]) => ({
    ...{ name, newValue: big(newValue), previousValue: big(previousValue) },
  }));
  return { metrics, problems: [], files: ['metrics.csv', 'metrics_comparison.csv'], ...more };
}

function judged(gate: string, report: GateReport) {
  const { conditions, problems } = parseGate(gate);
  expect(problems).toEqual([]);
  return judgeGate(conditions, report);
}

const BINARY = reportOf({
  Accuracy: ['0.91', '0.9'],
  Recall: ['0.7', '0.75'],
  AUC: ['0.84', '0.89'],
});

describe('A condition on metrics that are there', () => {
  test.each([
    { gate: 'AUC >= 0.84', passed: true, why: 'AUC is 0.84, which is >= 0.84.' },
    { gate: 'AUC >= 0.85', passed: false, why: 'AUC is 0.84, which is not >= 0.85.' },
    { gate: 'AUC > 0.84', passed: false, why: 'AUC is 0.84, which is not > 0.84.' },
    { gate: 'AUC <= 0.84', passed: true, why: 'AUC is 0.84, which is <= 0.84.' },
    { gate: 'AUC < 0.84', passed: false, why: 'AUC is 0.84, which is not < 0.84.' },
    { gate: 'AUC == 0.840', passed: true, why: 'AUC is 0.84, which is == 0.84.' },
    { gate: 'AUC == 0.8400001', passed: false, why: 'AUC is 0.84, which is not == 0.8400001.' },
    { gate: 'AUC >= 84%', passed: true, why: 'AUC is 0.84, which is >= 84% (0.84).' },
    { gate: 'AUC >= 84.1 %', passed: false, why: 'AUC is 0.84, which is not >= 84.1% (0.841).' },
    { gate: 'AUC >= previous', passed: false, why: 'AUC is 0.84, which is not >= previous (0.89).' },
    { gate: 'Accuracy > Previous', passed: true, why: 'Accuracy is 0.91, which is > previous (0.9).' },
    {
      gate: 'AUC >= previous-0.01',
      passed: false,
      why: 'AUC is 0.84, which is not >= previous - 0.01 (0.89 - 0.01 = 0.88).',
    },
    {
      gate: 'AUC >= previous - 0.05',
      passed: true,
      why: 'AUC is 0.84, which is >= previous - 0.05 (0.89 - 0.05 = 0.84).',
    },
    {
      gate: 'Accuracy >= previous + 0.01',
      passed: true,
      why: 'Accuracy is 0.91, which is >= previous + 0.01 (0.9 + 0.01 = 0.91).',
    },
    {
      gate: 'Recall >= previous * 0.95',
      passed: false,
      why: 'Recall is 0.7, which is not >= previous * 0.95 (0.75 * 0.95 = 0.7125).',
    },
  ])('$gate: $why', ({ gate, passed, why }) => {
    const verdict = judged(gate, BINARY);
    expect(verdict.passed).toBe(passed);
    expect(verdict.conditions).toMatchObject([{ passed, why, outcome: passed ? 'holds' : 'does_not_hold' }]);
  });

  test.each([
    { what: '0.1 + 0.2 is 0.3', gate: 'M == previous + 0.2', values: ['0.3', '0.1'] },
    { what: '0.1 * 3 is 0.3', gate: 'M == previous * 3', values: ['0.3', '0.1'] },
    { what: '1.005 * 1.05 has all its digits', gate: 'M == previous * 1.05', values: ['1.05525', '1.005'] },
    { what: 'digits beyond a double count', gate: 'M > 0.1', values: ['0.10000000000000000000001'] },
    {
      what: 'large numbers count to the last digit',
      gate: 'M > 9007199254740992',
      values: ['9007199254740993'],
    },
    { what: 'an R² below 0 is less than 0', gate: 'M < 0', values: ['-0.2'] },
    { what: '-0 is 0', gate: 'M == 0', values: ['-0'] },
    { what: 'a percentage has no rounding', gate: 'M == 0.07%', values: ['0.0007'] },
  ] as const)('$what', ({ gate, values: [newValue, previousValue] }) => {
    expect(judged(gate, reportOf({ M: [newValue, previousValue] })).passed).toBe(true);
  });

  test.each([
    { written: 'auc', inFile: 'AUC' },
    { written: 'ＡＵＣ', inFile: 'auc' },
    { written: 'F-score', inFile: ' f-SCORE ' },
    { written: '正解率', inFile: '　正解率' },
    { written: 'F値', inFile: 'Ｆ値' },
    { written: 'ﾘｺｰﾙ', inFile: 'リコール' },
  ])('the name $written finds $inFile', ({ written, inFile }) => {
    expect(judged(`${written} >= 0.5`, reportOf({ [inFile]: ['0.6'] })).passed).toBe(true);
  });

  test('has its values and the worked-out right side beside the sentence', () => {
    const [condition] = judged('AUC >= previous - 0.01', BINARY).conditions;
    expect(condition?.actual?.toFixed()).toBe('0.84');
    expect(condition?.previous?.toFixed()).toBe('0.89');
    expect(condition?.threshold?.toFixed()).toBe('0.88');
  });

  test('shows numbers that nobody reads to the end shortened, and says so', () => {
    const report = reportOf({ M: [`0.${'3'.repeat(80)}`] });
    expect(judged('M >= 1', report).conditions[0]?.why).toBe(
      'M is about 0.333333333333333, which is not >= 1.',
    );
  });
});

describe('A share of 1 is not held against a value in percent', () => {
  const percents = reportOf({ Accuracy: ['75', '70'], 'Error (%)': ['12', '15'], RMSE: ['75'], AUC: ['1'] });

  test.each([
    ['Accuracy >= 0.85', 'in_percent'],
    ['Accuracy > 85%', 'in_percent'],
    ['error (%) >= 0.1', 'in_percent'],
    ['Accuracy >= 70', 'holds'],
    ['Accuracy >= 85', 'does_not_hold'],
    ['Accuracy <= 0.85', 'does_not_hold'],
    ['Accuracy >= previous', 'holds'],
    ['Accuracy >= 0', 'holds'],
    ['RMSE >= 0.85', 'holds'],
    ['AUC >= 0.85', 'holds'],
  ])('%s: %s', (gate, outcome) => {
    const verdict = judged(gate, percents);
    expect(verdict.conditions.map(condition => condition.outcome)).toEqual([outcome]);
    expect(verdict.passed).toBe(outcome === 'holds');
  });

  test('says so', () => {
    const { what, nextStep } = gateFailedExplanation(judged('Accuracy >= 85%', percents));
    expect(what).toBe('The gate failed: Accuracy is 75, which is in percent; 85% is not.');
    expect(nextStep).toContain('such as 85 in place of 0.85');
  });
});

test('How much space is within a name does not count', () => {
  expect(judged('F  score >= 0.5', reportOf({ 'F score': ['0.6'] })).passed).toBe(true);
});

describe('What is missing fails, whatever is asked', () => {
  const many = reportOf(Object.fromEntries(Array.from({ length: 32 }, (_, index) => [`m${index}`, ['1']])));
  const file = 'metrics_comparison.csv';
  const problem = { file, text: `${file} cannot be understood: it has no column of values.` };

  test.each([
    {
      what: 'a metric',
      gate: 'F-score >= 0',
      report: BINARY,
      outcome: 'no_metric',
      why: "The results have no metric 'F-score'; found: Accuracy, Recall, AUC.",
    },
    {
      what: 'a metric among many',
      gate: 'F-score < 9',
      report: many,
      outcome: 'no_metric',
      why: `The results have no metric 'F-score'; found: ${Array.from({ length: 20 }, (_, index) => `m${index}`).join(', ')} and 12 more.`,
    },
    {
      what: "the new model's value",
      gate: 'AUC < 9',
      report: reportOf({ AUC: [undefined, '0.8'], Recall: ['0.7'] }),
      outcome: 'no_new_value',
      why: "The results have no value of the new model for 'AUC'; found for: Recall.",
    },
    {
      what: 'every value of the new model',
      gate: 'AUC <= previous',
      report: reportOf({ AUC: [undefined, '0.8'] }),
      outcome: 'no_new_value',
      why: "The results have no value of the new model for 'AUC'; no metric has one.",
    },
    {
      what: "the previous model's value",
      gate: 'AUC >= previous * 0',
      report: reportOf({ AUC: ['0.84'], Recall: ['0.7', '0.6'] }),
      outcome: 'no_previous_value',
      why: 'AUC is 0.84, but the results have no value of the previous model to compare with; found for: Recall.',
    },
    {
      what: 'every value of the previous model',
      gate: 'AUC >= previous',
      report: reportOf({ AUC: ['0.84'] }),
      outcome: 'no_previous_value',
      why: 'AUC is 0.84, but the results have no value of the previous model to compare with; no metric has one.',
    },
    {
      what: 'all metrics',
      gate: 'AUC >= 0',
      report: reportOf({}, { files: ['model.bin', 'readme.txt'] }),
      outcome: 'no_metrics',
      why: 'The results have no metrics; the ZIP holds model.bin, readme.txt.',
    },
    {
      what: 'all metrics, as no file could be understood',
      gate: 'AUC >= 0',
      report: reportOf({}, { files: [file], problems: [problem] }),
      outcome: 'no_metrics',
      why: `The results have no metrics; the ZIP holds ${file}. ${problem.text}`,
    },
    {
      what: 'all metrics among many files',
      gate: 'AUC >= 0',
      report: reportOf({}, { files: Array.from({ length: 12 }, (_, index) => `f${index}`) }),
      outcome: 'no_metrics',
      why: 'The results have no metrics; the ZIP holds f0, f1, f2, f3, f4, f5, f6, f7, f8, f9 and 2 more.',
    },
    {
      what: 'all files',
      gate: 'AUC >= 0',
      report: reportOf({}, { files: [] }),
      outcome: 'no_metrics',
      why: 'The results have no metrics; no file of theirs could be read.',
    },
  ])('$what', ({ gate, report, outcome, why }) => {
    const verdict = judged(gate, report);
    expect(verdict.passed).toBe(false);
    expect(verdict.conditions).toMatchObject([{ passed: false, outcome, why }]);
  });

  test('but a number needs no previous value', () => {
    expect(judged('AUC >= 0.8', reportOf({ AUC: ['0.84'] })).passed).toBe(true);
  });

  test('a long name, or one of several lines, does not break the sentence', () => {
    const report = reportOf({ 'a\n\u0007b': ['1'], ['長'.repeat(101)]: ['1'] });
    expect(judged('AUC >= 0', report).conditions[0]?.why).toBe(
      `The results have no metric 'AUC'; found: a b, ${'長'.repeat(100)}….`,
    );
  });
});

describe('The explanation of a gate that failed', () => {
  const explain = (gate: string, report: GateReport) => gateFailedExplanation(judged(gate, report));

  test('says which condition failed with which value, and what now', () => {
    const { what, likelyCause, nextStep } = explain('AUC >= 0.85', BINARY);
    expect(what).toBe('The gate failed: AUC is 0.84, which is not >= 0.85.');
    expect(likelyCause).toMatch(/^The new model is not as good as the gate asks/);
    expect(nextStep).toMatch(/^The live model is unchanged\. Look at the metrics in the summary/);
  });

  test('names the first of several and counts them', () => {
    expect(explain('Accuracy >= 0.9\nAUC >= 0.85\nRecall >= 0.8', BINARY).what).toBe(
      'The gate failed (2 of 3 conditions failed): AUC is 0.84, which is not >= 0.85.',
    );
  });

  test('advises to mend the name when the metric is missing', () => {
    const { what, nextStep } = explain('F-score >= 0.8', BINARY);
    expect(what).toBe("The gate failed: the results have no metric 'F-score'; found: Accuracy, Recall, AUC.");
    expect(nextStep).toContain('as the output metrics spells it');
  });

  test('advises to upload evaluation data when the previous value is missing', () => {
    expect(explain('AUC >= previous', reportOf({ AUC: ['0.9'] })).nextStep).toContain(
      'Upload evaluation data',
    );
  });

  test.each([
    { what: 'the metric', gate: 'Recall >= 0' },
    { what: 'the new value', gate: 'AUC >= 0' },
    { what: 'the previous value', gate: 'Precision >= previous' },
    { what: 'every metric', gate: 'Recall >= 0', values: {} },
  ])('tells once what could not be read when $what is missing', ({ gate, values }) => {
    const problems = Array.from({ length: 7 }, (_, index) => ({
      ...{ file: `f${index}`, text: `f${index} cannot be read.` },
    }));
    const report = reportOf(values ?? { AUC: [undefined], Precision: ['1'] }, { problems });
    const { what, likelyCause } = explain(gate, report);
    const all = `${what} ${likelyCause}`;
    expect(all.match(/f\d cannot be read\./g)).toEqual(
      [0, 1, 2, 3, 4].map(index => `f${index} cannot be read.`),
    );
    expect(all).toContain('(And 2 more.)');
  });

  test('blames what was wrong with the files when no metric could be used, not files that are missing', () => {
    const problem = "'metrics.csv' gives different values to one name, which are not used: 'AUC'.";
    const problems = [{ file: 'metrics.csv', text: problem }];
    const { id, what, likelyCause } = explain('AUC >= 0', reportOf({}, { files: ['metrics.csv'], problems }));
    expect(id).toBe('gate-metrics-not-used');
    expect(what).toBe('The gate failed: the results have no metrics; the ZIP holds metrics.csv.');
    expect(likelyCause).toBe(
      `No usable metrics came with the results. What was wrong with their files: ${problem}`,
    );
  });

  test('blames missing files when nothing was wrong with those that came', () => {
    const { id, likelyCause } = explain('AUC >= 0', reportOf({}, { files: ['readme.txt'] }));
    expect(id).toBe('gate-no-metrics');
    expect(likelyCause).toBe('The results came without metrics.csv and metrics_comparison.csv.');
  });

  test('does not blame the files when all values are there', () => {
    const report = { ...BINARY, problems: [{ file: 'x.csv', text: 'x.csv cannot be read.' }] };
    expect(explain('AUC >= 0.9', report).likelyCause).not.toContain('x.csv');
  });

  test('is not to be had of a gate that passed', () => {
    expect(() => explain('AUC >= 0.8', BINARY)).toThrow(TypeError);
  });
});

describe('The output gate_report', () => {
  test('has an object a condition, numbers with all their digits, and null for what is not known', () => {
    const report = reportOf({
      AUC: ['0.10000000000000000000001', '0.0000000001'],
      RMSE: ['1000000000000000000000000', undefined],
    });
    const gate = 'AUC >= 0.1 # agreed\nRMSE<=previous\n"F" <= 1';
    expect(gateReportJson(judged(gate, report))).toBe(
      '[{"condition":"AUC >= 0.1","passed":true,"actual":0.10000000000000000000001,"previous":0.0000000001},' +
        '{"condition":"RMSE<=previous","passed":false,"actual":1000000000000000000000000,"previous":null},' +
        '{"condition":"\\"F\\" <= 1","passed":false,"actual":null,"previous":null}]',
    );
  });

  test('of no condition is an empty array', () => {
    expect(gateReportJson(judged('', BINARY))).toBe('[]');
  });
});

describe('Whatever the numbers', () => {
  const OPS = {
    '>=': (a: bigint, b: bigint) => a >= b,
    '>': (a: bigint, b: bigint) => a > b,
    '<=': (a: bigint, b: bigint) => a <= b,
    '<': (a: bigint, b: bigint) => a < b,
    '==': (a: bigint, b: bigint) => a === b,
  };
  const op = fc.constantFrom(...(Object.keys(OPS) as (keyof typeof OPS)[]));
  /** Thousandths, near each other so that equals come up. */
  const thousandths = fc.oneof(
    fc.bigInt({ min: -30n, max: 30n }),
    fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }),
  );
  const decimal = (value: bigint) => {
    const digits = (value < 0n ? -value : value).toString().padStart(4, '0');
    return `${value < 0n ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`;
  };

  test('the comparison is that of whole numbers of thousandths', () => {
    fc.assert(
      fc.property(op, thousandths, thousandths, (operator, actual, limit) => {
        const report = reportOf({ M: [decimal(actual)] });
        expect(judged(`M ${operator} ${decimal(limit)}`, report).passed).toBe(OPS[operator](actual, limit));
        expect(judged(`M ${operator} ${decimal(limit)}%`, report).passed).toBe(
          OPS[operator](actual * 100n, limit),
        );
      }),
      { numRuns: 1_000 },
    );
  });

  test('so are sums with and products of the previous value', () => {
    const sign = fc.constantFrom('+', '-', '*');
    fc.assert(
      fc.property(
        fc.record({ op, sign, actual: thousandths, previous: thousandths, by: thousandths }),
        ({ op: operator, sign, actual, previous, by: operand }) => {
          const by = sign === '*' && operand < 0n ? -operand : operand;
          const report = reportOf({ M: [decimal(actual), decimal(previous)] });
          const results = { '+': (previous + by) * 1000n, '-': (previous - by) * 1000n, '*': previous * by };
          const gate = `M ${operator} previous ${sign} ${decimal(by)}`;
          expect(judged(gate, report).passed).toBe(
            OPS[operator](actual * 1000n, results[sign as keyof typeof results]),
          );
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('a gate passes only if every condition does, and none passes without its values', () => {
    const value = fc.option(fc.constantFrom('0.1', '0.2'), { nil: undefined });
    const metrics = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.tuple(value, value));
    const condition = fc
      .tuple(fc.constantFrom('a', 'b', 'c'), op, fc.constantFrom('0.1', '15%', 'previous', 'previous * 2'))
      .map(parts => parts.join(' '));
    fc.assert(
      fc.property(fc.array(condition, { maxLength: 4 }), metrics, (lines, values) => {
        const report = reportOf(values);
        const verdict = judged(lines.join('\n'), report);
        const alone = lines.map(line => judged(line, report).passed);
        expect(verdict.passed).toBe(!alone.includes(false));
        expect(JSON.parse(gateReportJson(verdict))).toHaveLength(lines.length);
        for (const { passed, actual, threshold } of verdict.conditions) {
          if (passed) expect([actual, threshold]).not.toContain(undefined);
        }
        if (!verdict.passed) expect(gateFailedExplanation(verdict).what).toMatch(/^The gate failed/);
      }),
      { numRuns: 1_000 },
    );
  });
});
