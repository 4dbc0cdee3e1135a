// Fits a random forest to a learning task, tree by tree, the same at every run; knows no file and no metric.
import { setImmediate as otherWork } from 'node:timers/promises';
import { RandomForestClassifier, RandomForestRegression } from 'ml-random-forest';
import { type Example, isNumeric, type LearningTask } from './learning-task.js';
import type { Model, Prediction } from './model.js';

const TREES = 25;
const SEED = 42;
const DEEPEST = 8;
const COLUMNS_SHARE = 0.75;
// The library tries every split of every column on all rows: time grows with the square of the rows.
const MOST_ROWS_A_TREE = 500;
const MOST_COLUMNS_A_TREE = 10;

type Encoder = (cell: string) => number;
type Tree = Pick<RandomForestClassifier, 'train' | 'predict'>;

/** Fits the model; lets other work of the process through between trees. Throws when `stop` fires. */
export async function fitForest(task: LearningTask, stop: AbortSignal): Promise<Model> {
  const encoders = task.columns.map((_, column) =>
    encoderOf(task.training.map(one => one.cells[column] ?? '')),
  );
  const encode = (cells: readonly string[]) =>
    encoders.map((encoder, column) => encoder(cells[column] ?? ''));
  const target = targetOf(task);
  const trees: Tree[] = [];
  for (let number = 0; number < TREES; number++) {
    await otherWork(undefined, { signal: stop });
    const rows = rowsOfTree(task.training, number);
    const tree = newTree(task, number);
    tree.train(
      rows.map(row => encode(row.cells)),
      rows.map(row => target.encode(row.actual)),
    );
    trees.push(tree);
  }
  return {
    predict(rows) {
      if (rows.length === 0) return [];
      const encoded = rows.map(encode);
      const answers = trees.map(tree => tree.predict(encoded));
      return rows.map((_, row) => target.decode(answers.map(answer => answer[row] ?? 0)));
    },
  };
}

function newTree(task: LearningTask, number: number): Tree {
  const options = {
    nEstimators: 1,
    seed: SEED + number,
    maxFeatures: Math.min(Math.ceil(task.columns.length * COLUMNS_SHARE), MOST_COLUMNS_A_TREE),
    replacement: false,
    noOOB: true,
    useSampleBagging: true,
    treeOptions: { maxDepth: DEEPEST },
  };
  return task.kind === 'regression'
    ? new RandomForestRegression(options)
    : new RandomForestClassifier(options);
}

// Each tree begins at another row, so that together they see many more than one of them can take.
function rowsOfTree(rows: readonly Example[], number: number): Example[] {
  const step = Math.ceil(rows.length / MOST_ROWS_A_TREE);
  return rows.filter((_, index) => index % step === number % step);
}

interface Target {
  encode(actual: string): number;
  decode(answers: readonly number[]): Prediction;
}

function targetOf(task: LearningTask): Target {
  return task.kind === 'regression' ? numberTarget(task.training) : classTarget(task.classes);
}

function classTarget(classes: readonly string[]): Target {
  return {
    encode: actual => classes.indexOf(actual),
    decode(answers) {
      const votes = classes.map((_, index) => answers.filter(answer => answer === index).length);
      const value = classes[votes.indexOf(Math.max(...votes))] ?? '';
      const shares = classes.map((name, index) => [name, (votes[index] ?? 0) / answers.length] as const);
      return { value, shares: new Map(shares) };
    },
  };
}

// The library stops splitting at a fixed error, which would be nothing or all of it without a common scale.
function numberTarget(training: readonly Example[]): Target {
  const numbers = training.map(one => Number(one.actual));
  const centre = mean(numbers);
  const spread = Math.sqrt(mean(numbers.map(number => (number - centre) ** 2))) || 1;
  return {
    encode: actual => (Number(actual) - centre) / spread,
    decode: answers => ({ value: String(centre + spread * mean(answers)), shares: new Map() }),
  };
}

/** Numbers are themselves, missing ones the mean; texts are numbered, missing ones being a text like any other. */
function encoderOf(cells: readonly string[]): Encoder {
  const given = cells.filter(cell => cell !== '');
  if (given.every(isNumeric)) {
    const substitute = mean(given.map(Number));
    return cell => (isNumeric(cell) ? Number(cell) : substitute);
  }
  const numbers = new Map([...new Set(cells)].sort().map((cell, index) => [cell, index]));
  return cell => numbers.get(cell) ?? -1;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((total, value) => total + value, 0) / values.length;
}
