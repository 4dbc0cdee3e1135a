// Judges predictions: confusion matrix, the metrics the product shows, contribution of columns; knows no file format.
import { setImmediate as otherWork } from 'node:timers/promises';
import { positiveOf } from './assumptions.js';
import type { Example, LearningTask } from './learning-task.js';
import type { Model, Prediction } from './model.js';
import { numberMetrics } from './number-metrics.js';

// Cyclic shifts stand in for random permutations: as good for breaking a column, and the same at every run.
const SHIFTS = [7, 13, 17, 23, 29];

export interface Metric {
  name: string;
  value: number;
}

/** The rows that were evaluated, and what one model says of each. */
export interface Evaluated {
  examples: readonly Example[];
  predictions: readonly Prediction[];
}

/** Counts by actual class (row) and predicted class (column), in the order of `classes`. */
export function confusionMatrix(
  { examples, predictions }: Evaluated,
  classes: readonly string[],
): number[][] {
  const places = new Map(classes.map((name, index) => [name, index]));
  const matrix = classes.map(() => classes.map(() => 0));
  for (const [index, { actual }] of examples.entries()) {
    const row = matrix[places.get(actual) ?? -1] ?? [];
    const column = places.get(predictions[index]?.value ?? '') ?? -1;
    row[column] = (row[column] ?? 0) + 1;
  }
  return matrix;
}

/** The metrics of the task's kind; what cannot be computed from the evaluated rows is left out. */
export function metricsOf(task: LearningTask, evaluated: Evaluated): Metric[] {
  if (task.kind === 'regression') {
    return numberMetrics(
      evaluated.examples.map(({ actual }, index) => ({
        actual: Number(actual),
        predicted: Number(evaluated.predictions[index]?.value),
      })),
    );
  }
  const classes = classesOf(task, evaluated.predictions);
  const positive = positiveOf(classes);
  const matrix = confusionMatrix(evaluated, classes);
  const metrics = matrixMetrics(matrix, positive === undefined ? undefined : classes.indexOf(positive));
  const auc = positive === undefined ? undefined : aucOf(evaluated, positive);
  return auc === undefined ? metrics : [...metrics, { name: 'AUC', value: auc }];
}

/** The classes of the task and whatever else a model of earlier data predicts, sorted. */
export function classesOf(task: LearningTask, predictions: readonly Prediction[]): string[] {
  return [...new Set([...task.classes, ...predictions.map(one => one.value)])].sort();
}

/**
 * Accuracy, and the others of the positive class, or without one as macro averages: each class counts the same, one
 * that neither is there nor is predicted not at all. A class never predicted has precision 0.
 */
export function matrixMetrics(matrix: readonly number[][], positiveIndex?: number): Metric[] {
  const perClass = matrix.map((row, index) => {
    const hits = row[index] ?? 0;
    const actual = sum(row);
    const predicted = sum(matrix.map(other => other[index] ?? 0));
    const precision = ratio(hits, predicted);
    const recall = ratio(hits, actual);
    const fScore = ratio(2 * precision * recall, precision + recall);
    return { index, hits, isSeen: actual + predicted > 0, precision, recall, fScore };
  });
  const counted = perClass.filter(one =>
    positiveIndex === undefined ? one.isSeen : one.index === positiveIndex,
  );
  return [
    { name: 'Accuracy', value: ratio(sum(perClass.map(one => one.hits)), sum(matrix.flat())) },
    { name: 'Precision', value: average(counted.map(one => one.precision)) },
    { name: 'Recall', value: average(counted.map(one => one.recall)) },
    { name: 'F-score', value: average(counted.map(one => one.fScore)) },
  ];
}

/** Permutation importance: how much a model's score falls when one column's values are moved to other rows. */
export async function contributionsOf(
  { task, model, examples }: { task: LearningTask; model: Model; examples: readonly Example[] },
  stop: AbortSignal,
): Promise<number[]> {
  const whole = scoreOf(task, model, examples);
  const contributions: number[] = [];
  for (const column of task.columns.keys()) {
    await otherWork(undefined, { signal: stop });
    const losses = SHIFTS.map(shift => whole - scoreOf(task, model, shiftColumn(examples, column, shift)));
    contributions.push(average(losses));
  }
  return contributions;
}

// The share of rows, or of the variance, that the model gets right.
function scoreOf(task: LearningTask, model: Model, examples: readonly Example[]): number {
  const predictions = model.predict(examples.map(one => one.cells));
  const name = task.kind === 'regression' ? 'Coefficient of determination' : 'Accuracy';
  return metricsOf(task, { examples, predictions }).find(metric => metric.name === name)?.value ?? 0;
}

function shiftColumn(examples: readonly Example[], column: number, shift: number): Example[] {
  return examples.map((example, index) => {
    const moved = examples[(index + shift) % examples.length]?.cells[column] ?? '';
    return { ...example, cells: example.cells.with(column, moved) };
  });
}

/** The chance that a positive row has a higher share than a negative one, ties counting half: the mean-rank formula. */
function aucOf({ examples, predictions }: Evaluated, positive: string): number | undefined {
  const scored = examples
    .map((one, index) => ({
      isPositive: one.actual === positive,
      share: predictions[index]?.shares.get(positive) ?? 0,
    }))
    .sort((a, b) => a.share - b.share);
  const positives = scored.filter(one => one.isPositive).length;
  const negatives = scored.length - positives;
  if (positives === 0 || negatives === 0) return undefined;
  let rankSum = 0;
  for (let start = 0, end = 0; start < scored.length; start = end) {
    while (end < scored.length && scored[end]?.share === scored[start]?.share) end++;
    const meanRank = (start + 1 + end) / 2;
    rankSum += meanRank * scored.slice(start, end).filter(one => one.isPositive).length;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
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
