// The ready-made job's results ZIP: its files, and that its numbers agree with each other; knows no server.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { matrixMetrics } from '../../simulator/model-metrics.js';
import { builtInRetraining } from '../../simulator/retraining.js';
import { irisEvaluation } from '../../simulator/sample-data.js';
import { unzip, withSimulator } from './client.js';

const NAMES = [
  'metrics.csv',
  'metrics_comparison.csv',
  'analysis_summary.csv',
  'analysis_summary_previous_model.csv',
  'confusion_matrix.csv',
  'confusion_matrix_previous_model.csv',
  'evaluation_raw_data.csv',
  'evaluation_results_comparison.csv',
];

const files = new Map<string, string[][]>();

beforeAll(async () => {
  for (const [name, text] of await unzip((await builtInRetraining()).zipBytes)) {
    files.set(
      name,
      text
        .trimEnd()
        .split('\n')
        .map(line => line.split(',')),
    );
  }
});

function rows(name: string): string[][] {
  return (files.get(name) ?? []).slice(1);
}

function matrix(name: string): number[][] {
  return rows(name).map(row => row.slice(1).map(Number));
}

/** Metrics computed again from a written confusion matrix, by their definitions and not by the code under test. */
function metricsByDefinition(counts: number[][]): Record<string, number> {
  const size = counts.length;
  const at = (row: number, column: number) => counts[row]?.[column] ?? 0;
  const total = counts.flat().reduce((sum, count) => sum + count, 0);
  let [hits, precision, recall, fScore] = [0, 0, 0, 0];
  for (let one = 0; one < size; one++) {
    let [actual, predicted] = [0, 0];
    for (let other = 0; other < size; other++) {
      actual += at(one, other);
      predicted += at(other, one);
    }
    hits += at(one, one);
    precision += at(one, one) / predicted / size;
    recall += at(one, one) / actual / size;
    fScore += (2 * at(one, one)) / (predicted + actual) / size;
  }
  return { Accuracy: hits / total, Precision: precision, Recall: recall, 'F-score': fScore };
}

describe('the results ZIP', () => {
  test('holds the eight documented files', () => {
    expect([...files.keys()]).toEqual(NAMES);
  });

  test('is the same in every time zone and is what the simulator serves', async () => {
    const bytes = (await builtInRetraining()).zipBytes;
    // DOS date 2020-01-01 in the first local header, whatever the zone of this machine.
    expect([bytes.readUInt16LE(10), bytes.readUInt16LE(12)]).toEqual([0, (40 << 9) | (1 << 5) | 1]);
    // No timestamp field: it would hold the same moment in UTC, which is another one in every zone.
    expect(bytes.includes(Buffer.from('UT\x05\x00'))).toBe(false);
    await withSimulator({}, async simulator => {
      expect(simulator.results.bytes.equals(bytes)).toBe(true);
    });
  });

  test.each([
    ['new_model', 1, 'confusion_matrix.csv'],
    ['previous_model', 2, 'confusion_matrix_previous_model.csv'],
  ])('metrics of the %s follow from its confusion matrix', (_, column, matrixName) => {
    const expected = metricsByDefinition(matrix(matrixName));
    const written = rows('metrics_comparison.csv');
    expect(written.map(row => row[0])).toEqual(['Accuracy', 'Precision', 'Recall', 'F-score']);
    for (const row of written)
      expect(Number(row[column])).toBeCloseTo(expected[String(row[0])] ?? Number.NaN, 6);
  });

  test('metrics.csv says the same as the new column of the comparison', () => {
    expect(rows('metrics.csv')).toEqual(rows('metrics_comparison.csv').map(row => row.slice(0, 2)));
  });

  test('the accuracies are the ones that the examples of this project show', () => {
    expect(rows('metrics_comparison.csv')[0]).toEqual(['Accuracy', '0.96', '0.853333']);
  });

  test('the new model is better than the previous one, and neither is perfect', () => {
    for (const [, fresh, previous] of rows('metrics_comparison.csv')) {
      expect(Number(fresh)).toBeGreaterThan(Number(previous));
      expect(Number(fresh)).toBeLessThan(1);
      expect(Number(previous)).toBeGreaterThan(0.5);
    }
  });

  test('the confusion matrices follow from the raw predictions', () => {
    const raw = rows('evaluation_raw_data.csv');
    const classes = ['setosa', 'versicolor', 'virginica'];
    const count = (column: number) =>
      classes.map(actual =>
        classes.map(name => raw.filter(row => row[4] === actual && row[column] === name).length),
      );
    expect(matrix('confusion_matrix.csv')).toEqual(count(5));
    expect(matrix('confusion_matrix_previous_model.csv')).toEqual(count(7));
    expect(raw.length).toBe(irisEvaluation().rows.length);
  });

  test('the differences add up to the evaluated rows and agree with both accuracies', () => {
    const counts = Object.fromEntries(rows('evaluation_results_comparison.csv')) as Record<string, string>;
    const of = (name: string) => Number(counts[name]);
    const total = rows('evaluation_raw_data.csv').length;
    const [accuracy] = rows('metrics_comparison.csv');
    expect((of('both correct') + of('only new model correct')) / total).toBeCloseTo(Number(accuracy?.[1]), 6);
    expect((of('both correct') + of('only previous model correct')) / total).toBeCloseTo(
      Number(accuracy?.[2]),
      6,
    );
    expect(Object.values(counts).reduce((sum, count) => sum + Number(count), 0)).toBe(total);
  });

  test('a column the previous model never looks at contributes nothing to it', () => {
    const previous = rows('analysis_summary_previous_model.csv').map(row => Number(row[1]));
    expect(previous.map(value => value > 0)).toEqual([true, true, false, false]);
    expect(previous.slice(2)).toEqual([0, 0]);
    const fresh = rows('analysis_summary.csv').map(row => Number(row[1]));
    expect(Math.max(...fresh)).toBe(Math.max(...fresh.slice(2)));
  });
});

describe('metrics', () => {
  test('a class that is never predicted has precision and F-score 0, not NaN', () => {
    const values = matrixMetrics([
      [2, 0],
      [2, 0],
    ]).map(metric => metric.value);
    expect(values).toEqual([0.5, 0.25, 0.5, expect.closeTo(1 / 3)]);
  });
});
