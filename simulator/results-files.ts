// Fills the documented results files from two models judged on the same rows; knows no ZIP, no server and no job.
import { CSV_HEADERS } from './assumptions.js';
import type { Cell, CsvFiles } from './csv-zip.js';
import type { Example, LearningTask } from './learning-task.js';
import type { Model, Prediction } from './model.js';
import { classesOf, confusionMatrix, contributionsOf, type Metric, metricsOf } from './model-metrics.js';

export interface Comparison {
  task: LearningTask;
  newModel: Model;
  previousModel: Model;
}

interface Judged {
  task: LearningTask;
  ours: readonly Prediction[];
  theirs: readonly Prediction[];
}

// Contributions ask both models about each row many times over.
const MOST_CONTRIBUTION_CELLS = 5000;
const FEWEST_CONTRIBUTION_ROWS = 20;
const MOST_CONTRIBUTION_ROWS = 500;

/** The eight documented files, without the confusion matrices for a regression. */
export async function resultsFiles(comparison: Comparison, stop: AbortSignal): Promise<CsvFiles> {
  const { task, newModel, previousModel } = comparison;
  const cells = task.evaluation.map(example => example.cells);
  const judged: Judged = { task, ours: newModel.predict(cells), theirs: previousModel.predict(cells) };
  const metrics = metricsOf(task, { examples: task.evaluation, predictions: judged.ours });
  const previous = metricsOf(task, { examples: task.evaluation, predictions: judged.theirs });
  return new Map([
    ['metrics.csv', metricsRows(metrics)],
    ['metrics_comparison.csv', comparisonRows(metrics, previous)],
    ['analysis_summary.csv', await summaryRows(task, newModel, stop)],
    ['analysis_summary_previous_model.csv', await summaryRows(task, previousModel, stop)],
    ...(task.kind === 'classification' ? matrixFiles(judged) : []),
    ['evaluation_raw_data.csv', rawRows(judged)],
    ['evaluation_results_comparison.csv', differenceRows(judged)],
  ]);
}

function metricsRows(metrics: readonly Metric[]): Cell[][] {
  return [[...CSV_HEADERS.metrics], ...metrics.map(metric => [metric.name, rounded(metric.value)])];
}

function comparisonRows(metrics: readonly Metric[], previous: readonly Metric[]): Cell[][] {
  const rows = metrics.map(({ name, value }) => {
    const theirs = previous.find(metric => metric.name === name);
    return [name, rounded(value), theirs === undefined ? '' : rounded(theirs.value)];
  });
  return [[...CSV_HEADERS.comparison], ...rows];
}

async function summaryRows(task: LearningTask, model: Model, stop: AbortSignal): Promise<Cell[][]> {
  const contributions = await contributionsOf({ task, model, examples: contributionRows(task) }, stop);
  const rows = task.columns.map((name, column) => [name, rounded(contributions[column] ?? 0)]);
  return [[...CSV_HEADERS.summary], ...rows];
}

function contributionRows({ columns, evaluation }: LearningTask): Example[] {
  const affordable = Math.floor(MOST_CONTRIBUTION_CELLS / columns.length);
  const rows = Math.min(MOST_CONTRIBUTION_ROWS, Math.max(FEWEST_CONTRIBUTION_ROWS, affordable));
  const step = Math.ceil(evaluation.length / rows);
  return evaluation.filter((_, index) => index % step === 0);
}

function matrixFiles({ task, ours, theirs }: Judged): [string, Cell[][]][] {
  const classes = classesOf(task, [...ours, ...theirs]);
  const rowsOf = (predictions: readonly Prediction[]) => {
    const matrix = confusionMatrix({ examples: task.evaluation, predictions }, classes);
    const rows = matrix.map((counts, index) => [classes[index] ?? '', ...counts]);
    return [[CSV_HEADERS.confusionCorner, ...classes], ...rows];
  };
  return [
    ['confusion_matrix.csv', rowsOf(ours)],
    ['confusion_matrix_previous_model.csv', rowsOf(theirs)],
  ];
}

function rawRows({ task, ours, theirs }: Judged): Cell[][] {
  const isRegression = task.kind === 'regression';
  const shown = (prediction: Prediction | undefined): Cell[] => {
    if (prediction === undefined) return [];
    if (isRegression) return [rounded(Number(prediction.value))];
    return [prediction.value, rounded(prediction.shares.get(prediction.value) ?? 0)];
  };
  const rows = task.evaluation.map(({ cells, actual }, index) => [
    ...cells,
    actual,
    ...shown(ours[index]),
    ...shown(theirs[index]),
  ]);
  return [[...task.columns, ...(isRegression ? CSV_HEADERS.rawNumbers : CSV_HEADERS.rawData)], ...rows];
}

function differenceRows({ task, ours, theirs }: Judged): Cell[][] {
  const { names, outcomeOf } = task.kind === 'regression' ? NUMBER_OUTCOMES : CLASS_OUTCOMES;
  const counts = new Map<string, number>(names.map(name => [name, 0]));
  for (const [index, { actual }] of task.evaluation.entries()) {
    const outcome = outcomeOf(actual, ours[index]?.value ?? '', theirs[index]?.value ?? '');
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return [[...CSV_HEADERS.differences], ...counts.entries()];
}

interface Outcomes {
  names: readonly string[];
  outcomeOf(actual: string, ours: string, theirs: string): string;
}

const CLASS_OUTCOMES: Outcomes = {
  names: ['both correct', 'only new model correct', 'only previous model correct', 'both wrong'],
  outcomeOf(actual, ours, theirs) {
    if (ours === actual && theirs === actual) return 'both correct';
    if (ours === actual) return 'only new model correct';
    return theirs === actual ? 'only previous model correct' : 'both wrong';
  },
};

const NUMBER_OUTCOMES: Outcomes = {
  names: ['new model closer', 'previous model closer', 'equally close'],
  outcomeOf(actual, ours, theirs) {
    const change = Math.abs(Number(ours) - Number(actual)) - Math.abs(Number(theirs) - Number(actual));
    if (change === 0) return 'equally close';
    return change < 0 ? 'new model closer' : 'previous model closer';
  },
};

function rounded(value: number): number {
  return Number(value.toFixed(6));
}
