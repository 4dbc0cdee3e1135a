// Judges a model's predictions: confusion matrix, metrics, contribution of columns; knows no file format.
import type { Flower, Model } from './baseline-models.js';

// Cyclic shifts stand in for random permutations: as good for breaking a column, and the same at every run.
const SHIFTS = [7, 13, 17, 23, 29];

export interface Metric {
  name: 'Accuracy' | 'Precision' | 'Recall' | 'F-score';
  value: number;
}

/** Counts by actual species (row) and predicted species (column), in the order of `classes`. */
export function confusionMatrix(
  model: Model,
  flowers: readonly Flower[],
  classes: readonly string[],
): number[][] {
  const matrix = classes.map(() => classes.map(() => 0));
  for (const flower of flowers) {
    const row = matrix[classes.indexOf(flower.species)] ?? [];
    const column = classes.indexOf(model(flower).species);
    row[column] = (row[column] ?? 0) + 1;
  }
  return matrix;
}

/** Accuracy, and macro averages of the others: each species counts the same. A species never predicted has precision 0. */
export function metricsOf(matrix: readonly number[][]): Metric[] {
  const perClass = matrix.map((row, index) => {
    const hits = row[index] ?? 0;
    const precision = ratio(hits, sum(matrix.map(other => other[index] ?? 0)));
    const recall = ratio(hits, sum(row));
    return { hits, precision, recall, fScore: ratio(2 * precision * recall, precision + recall) };
  });
  return [
    { name: 'Accuracy', value: ratio(sum(perClass.map(one => one.hits)), sum(matrix.flat())) },
    { name: 'Precision', value: average(perClass.map(one => one.precision)) },
    { name: 'Recall', value: average(perClass.map(one => one.recall)) },
    { name: 'F-score', value: average(perClass.map(one => one.fScore)) },
  ];
}

/** Permutation importance: how much accuracy is lost when one column's values are moved to other flowers. */
export function contributionOf(model: Model, flowers: readonly Flower[], column: number): number {
  const whole = accuracyOf(model, flowers);
  return average(SHIFTS.map(shift => whole - accuracyOf(model, shiftColumn(flowers, column, shift))));
}

function shiftColumn(flowers: readonly Flower[], column: number, shift: number): Flower[] {
  return flowers.map((flower, index) => {
    const values = [...flower.values];
    values[column] = flowers[(index + shift) % flowers.length]?.values[column] ?? 0;
    return { ...flower, values };
  });
}

function accuracyOf(model: Model, flowers: readonly Flower[]): number {
  return ratio(flowers.filter(flower => model(flower).species === flower.species).length, flowers.length);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function average(values: readonly number[]): number {
  return ratio(sum(values), values.length);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
