// Writes the results ZIP from two evaluated models; knows no server and no scenario.
import { stringify } from 'csv-stringify/sync';
import { ZipFile } from 'yazl';
import { CSV_HEADERS } from './assumptions.js';
import {
  CLASSES,
  COLUMNS,
  type Flower,
  type Model,
  splitFlowers,
  trainNewModel,
  trainPreviousModel,
} from './baseline-models.js';
import { confusionMatrix, contributionOf, metricsOf } from './model-metrics.js';

type Cell = string | number;

interface Evaluation {
  newModel: Model;
  previousModel: Model;
  flowers: readonly Flower[];
}

let built: Promise<Buffer> | undefined;

/** The results ZIP: both models are trained and evaluated now; the bytes are the same at every run. */
export function resultsZip(): Promise<Buffer> {
  built ??= zip(resultsFiles());
  return built;
}

function resultsFiles(): Map<string, Cell[][]> {
  const { training, evaluation } = splitFlowers();
  const models = { newModel: trainNewModel(training), previousModel: trainPreviousModel(training) };
  const run: Evaluation = { ...models, flowers: evaluation };
  const newMatrix = confusionMatrix(run.newModel, evaluation, CLASSES);
  const previousMatrix = confusionMatrix(run.previousModel, evaluation, CLASSES);
  return new Map([
    ['metrics.csv', metricsRows(newMatrix)],
    ['metrics_comparison.csv', comparisonRows(newMatrix, previousMatrix)],
    ['analysis_summary.csv', summaryRows(run.newModel, evaluation)],
    ['analysis_summary_previous_model.csv', summaryRows(run.previousModel, evaluation)],
    ['confusion_matrix.csv', matrixRows(newMatrix)],
    ['confusion_matrix_previous_model.csv', matrixRows(previousMatrix)],
    ['evaluation_raw_data.csv', rawRows(run)],
    ['evaluation_results_comparison.csv', differenceRows(run)],
  ]);
}

function metricsRows(matrix: readonly number[][]): Cell[][] {
  return [[...CSV_HEADERS.metrics], ...metricsOf(matrix).map(metric => [metric.name, rounded(metric.value)])];
}

function comparisonRows(newMatrix: readonly number[][], previousMatrix: readonly number[][]): Cell[][] {
  const previous = metricsOf(previousMatrix);
  const rows = metricsOf(newMatrix).map((metric, index) => [
    metric.name,
    rounded(metric.value),
    rounded(previous[index]?.value ?? 0),
  ]);
  return [[...CSV_HEADERS.comparison], ...rows];
}

function summaryRows(model: Model, flowers: readonly Flower[]): Cell[][] {
  const rows = COLUMNS.map((name, column) => [name, rounded(contributionOf(model, flowers, column))]);
  return [[...CSV_HEADERS.summary], ...rows];
}

function matrixRows(matrix: readonly number[][]): Cell[][] {
  const rows = matrix.map((counts, index) => [CLASSES[index] ?? '', ...counts]);
  return [[CSV_HEADERS.confusionCorner, ...CLASSES], ...rows];
}

function rawRows(run: Evaluation): Cell[][] {
  const rows = run.flowers.map(flower => {
    const ours = run.newModel(flower);
    const theirs = run.previousModel(flower);
    const predictions = [
      ours.species,
      rounded(ours.probability),
      theirs.species,
      rounded(theirs.probability),
    ];
    return [...flower.values, flower.species, ...predictions];
  });
  return [[...COLUMNS, ...CSV_HEADERS.rawData], ...rows];
}

function differenceRows(run: Evaluation): Cell[][] {
  const outcomes = new Map<string, number>(
    ['both correct', 'only new model correct', 'only previous model correct', 'both wrong'].map(name => [
      name,
      0,
    ]),
  );
  for (const flower of run.flowers) {
    const outcome = outcomeOf(
      run.newModel(flower).species === flower.species,
      run.previousModel(flower).species === flower.species,
    );
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  return [[...CSV_HEADERS.differences], ...outcomes.entries()];
}

function outcomeOf(newCorrect: boolean, previousCorrect: boolean): string {
  if (newCorrect && previousCorrect) return 'both correct';
  if (newCorrect) return 'only new model correct';
  return previousCorrect ? 'only previous model correct' : 'both wrong';
}

function rounded(value: number): number {
  return Number(value.toFixed(6));
}

async function zip(files: ReadonlyMap<string, Cell[][]>): Promise<Buffer> {
  const archive = new ZipFile();
  // The DOS fields hold local time: only a local date is the same bytes in every time zone.
  const options = { mtime: new Date(2020, 0, 1), mode: 0o100644, forceDosTimestamp: true };
  for (const [name, rows] of files) archive.addBuffer(Buffer.from(stringify(rows)), name, options);
  archive.end();
  const chunks: Buffer[] = [];
  for await (const chunk of archive.outputStream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
