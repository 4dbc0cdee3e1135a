// The models that retrained ones are compared with at first: simple on purpose; knows no file format and no metric.
import { type Example, isNumeric, type LearningTask } from './learning-task.js';
import type { Model, Prediction } from './model.js';

// Sepals overlap between two of the species, which is what makes this model the weaker one.
const COMPARED_COLUMNS = [0, 1];

/** Nearest centroid by the first two columns, which of the Iris flowers are the sepals'. */
export function fitCentroids(task: LearningTask): Model {
  const centroids = task.classes.map(name => centroidOf(task.training.filter(one => one.actual === name)));
  return {
    predict: rows =>
      rows.map(cells => {
        const scores = centroids.map(centroid => -squaredDistance(cells, centroid));
        return mostLikely(task.classes, scores);
      }),
  };
}

/** The weakest model there is: the most frequent class, or the mean, whatever the row. */
export function fitConstant(task: LearningTask): Model {
  const prediction = task.kind === 'regression' ? meanPrediction(task) : majorityPrediction(task);
  return { predict: rows => rows.map(() => prediction) };
}

function meanPrediction({ training }: LearningTask): Prediction {
  return { value: String(mean(training.map(one => Number(one.actual)))), shares: new Map() };
}

function majorityPrediction({ classes, training }: LearningTask): Prediction {
  const shares = classes.map(name => training.filter(one => one.actual === name).length / training.length);
  return {
    value: classes[shares.indexOf(Math.max(...shares))] ?? '',
    shares: new Map(classes.map((name, index) => [name, shares[index] ?? 0])),
  };
}

// The softmax of squared distances is the posterior of unit Gaussians.
function mostLikely(classes: readonly string[], scores: readonly number[]): Prediction {
  const highest = Math.max(...scores);
  const weights = scores.map(score => Math.exp(score - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    value: classes[scores.indexOf(highest)] ?? '',
    shares: new Map(classes.map((name, index) => [name, (weights[index] ?? 0) / total])),
  };
}

function centroidOf(examples: readonly Example[]): number[] {
  return COMPARED_COLUMNS.map(column => mean(examples.map(one => Number(one.cells[column]))));
}

// A missing number is taken to be no distance at all.
function squaredDistance(cells: readonly string[], centroid: readonly number[]): number {
  return COMPARED_COLUMNS.reduce((total, column, index) => {
    const cell = cells[column] ?? '';
    return isNumeric(cell) ? total + (Number(cell) - (centroid[index] ?? 0)) ** 2 : total;
  }, 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
