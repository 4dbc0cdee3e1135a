// A confusion matrix from one table; must not know files or models, nor which axis is the actual class.
import { isOverfull, type Reading, type Table } from './csv-table.js';
import { readDecimal } from './decimal.js';
import type { ConfusionMatrix } from './model-report.js';

const EXPECTED = 'expected as many rows as columns, each with a label and a count in every cell';

/** A larger one costs hundreds of megabytes as exact numbers, and nobody could look at it. */
const MAX_CLASSES = 300;

/** The matrix below a line of labels, with or without a corner; every count must be a number. */
export function readConfusionMatrix(table: Table): Reading<ConfusionMatrix> {
  const [first = [], ...rows] = table;
  const hasCorner = !rows.every(row => row.length === first.length + 1);
  const [corner = '', ...columns] = hasCorner ? first : ['', ...first];
  if (columns.length === 0 || columns.length !== rows.length) return { why: EXPECTED };
  if (columns.length > MAX_CLASSES) return { why: `it has more than ${MAX_CLASSES} classes` };
  if (isOverfull([[corner, ...columns], ...rows])) return { why: 'a row has more cells than the first one' };
  if (readDecimal(corner) !== undefined) return { why: 'it has no line of labels' };
  const matrix = rows.map(([name = '', ...cells]) => ({
    name,
    counts: columns.flatMap((_, column) => readDecimal(cells[column] ?? '') ?? []),
  }));
  const isWhole = matrix.every(({ counts }) => counts.length === columns.length);
  return isWhole ? { value: { corner, columns, rows: matrix } } : { why: EXPECTED };
}
