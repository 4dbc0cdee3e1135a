// Where the names of metrics stand in a table, by rules on headers and labels; must not know files or merge tables.
import { isOverfull, type Reading, type Table } from './csv-table.js';
import { readDecimal } from './decimal.js';
import { isKnownMetric, type LabelMeaning, meaningOf } from './header-words.js';
import { NO_VALUE, ROW_NUMBER_HEADER } from './metrics-assumptions.js';
import { metricKey } from './model-report.js';
import { quoted } from './quoted.js';

/** One metric a row, however the file lays them out. */
export interface MetricRows {
  readonly header: readonly string[] | undefined;
  readonly rows: Table;
  readonly nameColumn: number;
}

/** The table with one metric a row: as it is, turned, or gathered from one row a metric and model. */
export function metricRows(table: Table): Reading<MetricRows> {
  if (isOverfull(table)) return { why: 'a row has more cells than the first one' };
  const rows = withoutRowNumbers(table);
  if (!hasHeader(rows)) return gathered({ header: undefined, rows, nameColumn: 0 });
  if (rows.length === 1) return { why: 'it has a header and no values' };
  const found = orientation(rows);
  if ('why' in found) return found;
  const { kind, nameColumn } = found.value;
  if (kind === 'by column') return { value: turned(rows, { hasLabels: nameColumn === 0 }) };
  return gathered({ header: rows[0] ?? [], rows: rows.slice(1), nameColumn });
}

/** Whether a column holds words: some, and not one number. */
export function isTextColumn(rows: Table, column: number): boolean {
  const cells = cellsOf(rows, column);
  return cells.some(cell => !isNoValue(cell)) && cells.every(cell => readDecimal(cell) === undefined);
}

/** A mark that stands where there is no value, or nothing. */
export function isNoValue(cell: string): boolean {
  return NO_VALUE.test(cell.normalize('NFKC').toLowerCase());
}

/** The table without a first column that does nothing but count its rows. */
export function withoutRowNumbers(table: Table): Table {
  const [first = '', ...cells] = cellsOf(table, 0);
  const from = cells[0] === '1' ? 1 : 0;
  const counts = cells.length > 0 && cells.every((cell, index) => cell === String(index + from));
  const isNumbering = counts && ROW_NUMBER_HEADER.test(first.normalize('NFKC').toLowerCase());
  return isNumbering ? table.map(row => row.slice(1)) : table;
}

function hasHeader(rows: Table): boolean {
  const [first = '', ...others] = rows[0] ?? [];
  const { isName, isModelName } = meaningOf(first);
  if (first === '' || isName || isModelName) return true;
  return [first, ...others].every(cell => readDecimal(cell) === undefined);
}

/** `nameColumn` is where names stand by row, or 0 where labels of models do; -1 where values have no labels. */
interface Orientation {
  readonly kind: 'by row' | 'by column';
  readonly nameColumn: number;
}

function orientation(table: Table): Reading<Orientation> {
  const [header = [], ...rows] = table;
  const meanings = header.map(meaningOf);
  const names = header.flatMap((_, column) =>
    meanings[column]?.isName && isTextColumn(rows, column) ? [column] : [],
  );
  if (names.length > 1) return { why: 'two columns claim to hold the names of the metrics' };
  const [named] = names;
  const labels = cellsOf(rows, 0).filter(Boolean);
  const labelsAreModels = areModels(labels.map(meaningOf));
  const headerHasModels = meanings.some(isModel);
  if (labelsAreModels && headerHasModels)
    return { why: 'both its rows and its columns are named after models' };
  if (named !== undefined && named > 0) return { value: { kind: 'by row', nameColumn: named } };
  if (labelsAreModels) return { value: { kind: 'by column', nameColumn: 0 } };
  if (headerHasModels) return { value: { kind: 'by row', nameColumn: 0 } };
  if (labels.every(label => isNoValue(label) || readDecimal(label) !== undefined)) {
    if (meanings[0]?.isModelName && rows.length > 1)
      return { why: `its column ${quoted(header[0])} does not say which model is new` };
    return { value: { kind: 'by column', nameColumn: -1 } };
  }
  const byColumn =
    header.slice(1).some(isKnownMetric) &&
    !labels.some(isKnownMetric) &&
    meanings.every(({ model }) => model !== 'new' && model !== 'previous');
  return { value: { kind: byColumn ? 'by column' : 'by row', nameColumn: 0 } };
}

function isModel({ isWhole, model }: LabelMeaning): boolean {
  return isWhole && (model === 'new' || model === 'previous');
}

/** Labels of rows that name the models, those of differences aside. */
function areModels(labels: readonly LabelMeaning[]): boolean {
  return labels.some(isModel) && labels.every(label => isModel(label) || label.model === 'other');
}

function turned(rows: Table, { hasLabels }: { hasLabels: boolean }): MetricRows {
  const width = rows[0]?.length ?? 0;
  const columns = Array.from({ length: width }, (_, column) => cellsOf(rows, column));
  const [labels, ...metrics] = columns;
  return hasLabels
    ? { header: labels ?? [], rows: metrics, nameColumn: 0 }
    : { header: undefined, rows: columns, nameColumn: 0 };
}

/** One row a metric from one row a metric and model; other tables stay as they are. */
function gathered(found: MetricRows): Reading<MetricRows> {
  const { rows, nameColumn } = found;
  const header = found.header ?? [];
  const width = Math.max(header.length, rows[0]?.length ?? 0);
  const others = Array.from({ length: width }, (_, column) => column).filter(column => column !== nameColumn);
  const texts = others.filter(column => isTextColumn(rows, column));
  const isNamedAfterModels = (column: number) =>
    areModels(cellsOf(rows, column).filter(Boolean).map(meaningOf));
  const [models, ...more] = texts.filter(isNamedAfterModels);
  if (models === undefined) {
    const unknown = texts.find(column => meaningOf(header[column] ?? '').isModelName);
    const several = unknown !== undefined && new Set(cellsOf(rows, unknown)).size > 1;
    return several
      ? { why: `its column ${quoted(header[unknown])} does not say which model is new` }
      : { value: found };
  }
  const values = others.filter(
    column => !texts.includes(column) && meaningOf(header[column] ?? '').model !== 'other',
  );
  const [value] = values.filter(column => cellsOf(rows, column).some(Boolean));
  if (more.length > 0 || values.length !== 1 || value === undefined)
    return { why: 'it names the models by row and does not say which one column holds the values' };
  return { value: { ...gather(rows, { name: nameColumn, models, value }), nameColumn: 0 } };
}

function gather(
  rows: Table,
  columns: { name: number; models: number; value: number },
): { header: string[]; rows: string[][] } {
  const metrics = new Map<string, [name: string, newCell: string, previousCell: string]>();
  const repeated: string[][] = [];
  for (const row of rows) {
    const name = row[columns.name] ?? '';
    const { model } = meaningOf(row[columns.models] ?? '');
    if (model !== 'new' && model !== 'previous') continue;
    const place = model === 'new' ? 1 : 2;
    const cell = row[columns.value] ?? '';
    const metric = metrics.get(metricKey(name)) ?? [name, '', ''];
    metrics.set(metricKey(name), metric);
    if (metric[place] === '') metric[place] = cell;
    else if (metric[place] !== cell) repeated.push(place === 1 ? [name, cell, ''] : [name, '', cell]);
  }
  return { header: ['name', 'new', 'previous'], rows: [...metrics.values(), ...repeated] };
}

function cellsOf(rows: Table, column: number): string[] {
  return rows.map(row => row[column] ?? '');
}
