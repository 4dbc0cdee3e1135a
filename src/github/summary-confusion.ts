// The confusion matrices in the job summary, as pure functions to Markdown; must not know which axis is the truth.
import type Big from 'big.js';
import { type ConfusionMatrix, metricKey, type OfBothModels } from '../results/model-report.js';
import { row } from './markdown.js';
import { folded, moreNote, NOTHING, nameCell, numberCell, paragraphs, unbroken } from './summary-cells.js';

const MAX_CLASSES = 15;
const CLASS_LENGTH = 30;
const UNBROKEN_LENGTH = 10;
const BETWEEN_WIDE = /([\u2e80-\ud7ff\uf900-\uffef])(?=[\u2e80-\ud7ff\uf900-\uffef])/g;
/** Up to so many classes there is room for shades of more than one square. */
const MAX_WIDE = 8;
const SQUARES = 5;
/** Blue and orange are told apart by colour-blind people too. */
const HIT = '🟦';
const MISS = '🟧';
const UNKNOWN = '🟪';

type CellKind = typeof HIT | typeof MISS | typeof UNKNOWN;
type CellRule = (rowIndex: number, columnIndex: number) => CellKind;

/** The new model's matrix, and the previous model's folded away; empty when there is neither. */
export function confusionSection({ newModel, previousModel }: OfBothModels<ConfusionMatrix>): string {
  const isShown = (matrix: ConfusionMatrix | undefined) => matrix !== undefined && matrix.rows.length > 0;
  if (!isShown(newModel) && !isShown(previousModel)) return '';
  return paragraphs(
    '### Confusion matrix',
    newModel && isShown(newModel) ? matrixTable(newModel) : 'There is none of the new model.',
    legend([newModel, previousModel].some(matrix => matrix && kindRule(matrix)(0, 0) === UNKNOWN)),
    previousModel && isShown(previousModel)
      ? folded('The previous model’s confusion matrix', matrixTable(previousModel))
      : '',
  );
}

function legend(isUnclear: boolean): string {
  const kinds = isUnclear ? '' : `${HIT} the same class in row and column, ${MISS} another one. `;
  return `<sub>${kinds}Percent and squares: share of the row.</sub>`;
}

function matrixTable(matrix: ConfusionMatrix): string {
  const columns = matrix.columns.slice(0, MAX_CLASSES);
  const rows = matrix.rows.slice(0, MAX_CLASSES);
  const kindOf = kindRule(matrix);
  const squares = columns.length > MAX_WIDE ? 1 : SQUARES;
  const table = [
    row(matrix.corner.trim() ? classCell(matrix.corner) : ' ', ...columns.map(classCell)),
    row(':---', ...columns.map(() => ':---:')),
    ...rows.map(({ name, counts }, rowIndex) =>
      row(
        `**${classCell(name)}**`,
        ...columns.map((_column, columnIndex) =>
          countCell(counts[columnIndex], shareOf(counts, columnIndex), {
            kind: kindOf(rowIndex, columnIndex),
            squares,
          }),
        ),
      ),
    ),
  ];
  const left = Math.max(matrix.columns.length - columns.length, matrix.rows.length - rows.length);
  return paragraphs(
    table.join('\n'),
    moreNote(left, left === 1 ? 'class is left out' : 'classes are left out'),
  );
}

/** Short names stay on one line: browsers break between any two East Asian letters, a word joiner keeps them. */
function classCell(name: string): string {
  const cell = nameCell(name, CLASS_LENGTH);
  return cell.length > UNBROKEN_LENGTH ? cell : unbroken(cell).replace(BETWEEN_WIDE, '$1\u2060');
}

/**
 * Rows and columns of one name are hits. Headers may also say `actual A` and `predicted A`: where no name is on both
 * sides of a square matrix, its diagonal counts.
 */
function kindRule({ columns, rows }: ConfusionMatrix): CellRule {
  const columnKeys = columns.map(metricKey);
  const rowKeys = rows.map(({ name }) => metricKey(name));
  const known = new Set(columnKeys);
  if (rowKeys.some(key => known.has(key)))
    return (rowIndex, columnIndex) => (rowKeys[rowIndex] === columnKeys[columnIndex] ? HIT : MISS);
  if (rows.length !== columns.length) return () => UNKNOWN;
  return (rowIndex, columnIndex) => (rowIndex === columnIndex ? HIT : MISS);
}

interface CellLook {
  readonly kind: CellKind;
  /** How many stand for the whole row. */
  readonly squares: number;
}

function countCell(count: Big | undefined, share: number | undefined, { kind, squares }: CellLook): string {
  if (count === undefined) return NOTHING;
  const shown = kind === HIT ? `**${numberCell(count)}**` : numberCell(count);
  if (share === undefined || share === 0) return shown;
  if (squares === 1) return unbroken(`${kind} ${shown}<br>${percent(share)}`);
  return unbroken(`${kind.repeat(Math.max(1, Math.round(share * squares)))}<br>${shown} · ${percent(share)}`);
}

/** Of the whole row, the columns that are not shown included; undefined where numbers are no counts. */
function shareOf(counts: readonly Big[], index: number): number | undefined {
  const numbers = counts.map(count => count.toNumber());
  const sum = numbers.reduce((total, number) => total + number, 0);
  const number = numbers[index];
  const isCount = numbers.every(value => value >= 0) && sum > 0 && Number.isFinite(sum);
  return isCount && number !== undefined ? number / sum : undefined;
}

function percent(share: number): string {
  if (share < 0.01) return '&lt;1 %';
  // A class with one miss in a thousand is not all right.
  return `${share < 1 ? Math.min(99, Math.round(share * 100)) : 100} %`;
}
