// The metrics of one table: which column is whose, and what it says; must not know files or other tables.
import type Big from 'big.js';
import type { Reading, Table } from './csv-table.js';
import { readDecimal } from './decimal.js';
import { type ModelMeaning, meaningOf } from './header-words.js';
import {
  EITHER_MODEL_HEADER,
  MAX_METRICS,
  MAX_METRICS_CELLS,
  PERCENT_HEADER,
} from './metrics-assumptions.js';
import { isNoValue, isTextColumn, type MetricRows, metricRows } from './metrics-layout.js';
import { metricKey } from './model-report.js';
import { quoted } from './quoted.js';

/** What one cell says: nothing, or something that may be a number. */
export interface Said {
  readonly text: string;
  readonly value: Big | undefined;
}

export interface SaidMetric {
  readonly name: string;
  readonly newModel: Said;
  readonly previousModel: Said;
}

export interface MetricsOfTable {
  readonly metrics: readonly SaidMetric[];
  /** Names that the table gives two different values: none of them counts. */
  readonly contradictory: readonly string[];
  /** Cells that look like a number and are none, as "'name' is 'cell'". */
  readonly unreadable: readonly string[];
  /** The headers that were taken for the new and the previous model's by their order alone. */
  readonly byOrder: readonly [string, string] | undefined;
}

export type MetricsFile = 'metrics' | 'comparison';

const NOTHING: Said = { text: '', value: undefined };

/** The metrics of the table; a table that leaves any doubt about which value is whose is not understood. */
export function readMetrics(table: Table, file: MetricsFile): Reading<MetricsOfTable> {
  const cells = table.reduce((sum, row) => sum + row.length, 0);
  if (cells > MAX_METRICS_CELLS) return { why: `it has ${cells} cells, more than any list of metrics` };
  const layout = metricRows(table);
  if ('why' in layout) return layout;
  const columns = valueColumns(layout.value, file);
  if ('why' in columns) return columns;
  const metrics = metricsIn(layout.value, columns.value);
  const why = doubtAbout(metrics);
  if (why !== undefined) return { why };
  return { value: { ...withoutContradictions(metrics), byOrder: columns.value.byOrder } };
}

interface ValueColumns {
  readonly newModel: number | undefined;
  readonly previousModel: number | undefined;
  readonly byOrder?: readonly [string, string] | undefined;
}

interface Column {
  readonly index: number;
  readonly header: string;
  readonly model: ModelMeaning;
  readonly isValue: boolean;
  /** It holds words, and its header does not say what for: it may be a model's column without one number. */
  readonly isText: boolean;
}

/** Header words decide which column is which, else the order new, previous (contract, "Gate grammar"). */
function valueColumns(layout: MetricRows, file: MetricsFile): Reading<ValueColumns> {
  const columns = columnsOf(layout);
  const of = (model: ModelMeaning) => columns.filter(column => column.model === model);
  const unnamed = of(undefined).filter(({ isText }) => !isText);
  const texts = of(undefined).filter(({ isText }) => isText);
  const [fresh, secondNew] = of('new');
  const [previous, secondPrevious] = of('previous');
  const head = layout.header === undefined ? '' : meaningOf(layout.header[layout.nameColumn] ?? '').model;
  if (secondNew !== undefined) return twice(fresh, secondNew, 'new');
  if (secondPrevious !== undefined) return twice(previous, secondPrevious, 'previous');
  if (head === 'new' || head === 'previous') return { why: 'it has no column of metric names' };
  if (fresh !== undefined && previous !== undefined) return chosen(fresh, previous);
  if (of('both').length > 0) return { why: `the header ${quoted(of('both')[0]?.header)} names both models` };
  if (fresh === undefined && previous === undefined)
    return file === 'metrics' ? onlyValue(unnamed) : inOrder([...texts, ...unnamed]);
  // The file is documented to be about the new model: a number beside it need not be the previous model's.
  if (file === 'metrics' && fresh !== undefined) return chosen(fresh, undefined);
  const others = file === 'metrics' ? unnamed : [...texts, ...unnamed];
  if (others.length > 1) return { why: `beside ${quoted((fresh ?? previous)?.header)} ${unclear(others)}` };
  return fresh === undefined ? chosen(unnamed[0], previous) : chosen(fresh, unnamed[0]);
}

/** All columns but those of names, empty ones, and texts that have another header word or name models. */
function columnsOf({ header, rows, nameColumn }: MetricRows): Column[] {
  const width = rows.reduce((widest, row) => Math.max(widest, row.length), header?.length ?? 0);
  return Array.from({ length: width }, (_, index) => index).flatMap(index => {
    const text = header?.[index] ?? '';
    const { model, isValue, isModelName } = meaningOf(text);
    const isEmpty = text === '' && rows.every(row => (row[index] ?? '') === '');
    const isText = model === undefined && isTextColumn(rows, index);
    if (index === nameColumn || isEmpty || (isText && isModelName)) return [];
    return [{ index, header: text, model, isValue, isText }];
  });
}

function onlyValue(unnamed: readonly Column[]): Reading<ValueColumns> {
  const values =
    unnamed.length > 1 ? unnamed.filter(({ isValue, header }) => isValue || header === '') : unnamed;
  if (values.length === 1) return chosen(values[0], undefined);
  return { why: unnamed.length === 0 ? 'it has no column of values' : unclear(unnamed) };
}

function inOrder(unnamed: readonly Column[]): Reading<ValueColumns> {
  const [fresh, previous] = unnamed;
  if (unnamed.length !== 2 || unnamed.some(({ isText }) => isText)) return { why: unclear(unnamed) };
  if (unnamed.some(({ header }) => saysNotWhich(header)))
    return {
      why: `the headers ${quoted(fresh?.header)} and ${quoted(previous?.header)} do not say which model is new`,
    };
  const found = chosen(fresh, previous);
  if ('why' in found || !fresh?.header || !previous?.header) return found;
  return { value: { ...found.value, byOrder: [fresh.header, previous.header] } };
}

/** A date, a number or a version: the newer model's may be the greater one, whatever the order. */
function saysNotWhich(header: string): boolean {
  const text = header.normalize('NFKC').toLowerCase();
  return readDecimal(text) !== undefined || /^\d{4}\D/.test(text) || EITHER_MODEL_HEADER.test(text);
}

function chosen(fresh: Column | undefined, previous: Column | undefined): Reading<ValueColumns> {
  const inPercent = [fresh, previous].find(column =>
    PERCENT_HEADER.test((column?.header ?? '').normalize('NFKC').toLowerCase()),
  );
  if (inPercent !== undefined)
    return {
      why: `the header ${quoted(inPercent.header)} speaks of percent, where each value must do so itself`,
    };
  return { value: { newModel: fresh?.index, previousModel: previous?.index } };
}

function unclear(columns: readonly Column[]): string {
  const headers = columns.map(({ header }) => (header === '' ? 'one without a header' : quoted(header)));
  const found = headers.length === 0 ? 'no column' : headers.slice(0, 5).join(', ');
  return `it must be clear which columns are the new and the previous model's; found: ${found}`;
}

function twice(one: Column | undefined, other: Column, model: string): Reading<ValueColumns> {
  return {
    why: `two columns claim to be the ${model} model's: ${quoted(one?.header)} and ${quoted(other.header)}`,
  };
}

function metricsIn({ rows, nameColumn }: MetricRows, columns: ValueColumns): SaidMetric[] {
  return rows.flatMap(row => {
    const said = (column: number | undefined): Said => {
      const text = column === undefined ? '' : (row[column] ?? '');
      return text === '' ? NOTHING : { text, value: readDecimal(text) };
    };
    const name = (row[nameColumn] ?? '').replace(/\s+/g, ' ').trim();
    if (name === '') return [];
    return [{ name, newModel: said(columns.newModel), previousModel: said(columns.previousModel) }];
  });
}

function doubtAbout(metrics: readonly SaidMetric[]): string | undefined {
  if (metrics.length > MAX_METRICS) return `it has over ${MAX_METRICS} metrics`;
  if (!metrics.some(({ newModel, previousModel }) => newModel.value ?? previousModel.value))
    return 'it has no row of a metric name and a number';
  const wrong = metrics.find(({ name }) => {
    const { model, isWhole } = meaningOf(name);
    return readDecimal(name) !== undefined || (isWhole && (model === 'new' || model === 'previous'));
  });
  if (wrong !== undefined) return `${quoted(wrong.name)} stands where a metric's name should`;
  const second = metrics.flatMap(({ newModel, previousModel }) => [newModel, previousModel]).find(isHeader);
  return second && `${quoted(second.text)} stands where a value should, as in a second header`;
}

/** Columns may have changed places below it. */
function isHeader({ text, value }: Said): boolean {
  if (text === '' || value !== undefined) return false;
  const { model, isWhole } = meaningOf(text);
  return isWhole && (model === 'new' || model === 'previous');
}

function withoutContradictions(all: readonly SaidMetric[]): Omit<MetricsOfTable, 'byOrder'> {
  const metrics = new Map<string, SaidMetric>();
  const contradictory = new Map<string, string>();
  for (const metric of all) {
    const key = metricKey(metric.name);
    const known = metrics.get(key);
    if (known === undefined) metrics.set(key, metric);
    else if (!isSame(known.newModel, metric.newModel) || !isSame(known.previousModel, metric.previousModel))
      contradictory.set(key, known.name);
  }
  for (const key of contradictory.keys()) metrics.delete(key);
  const unreadable = all.flatMap(({ name, newModel, previousModel }) =>
    [newModel, previousModel].filter(isUnreadable).map(({ text }) => `${quoted(name)} is ${quoted(text)}`),
  );
  return { metrics: [...metrics.values()], contradictory: [...contradictory.values()], unreadable };
}

/** The same number, or no number either way. */
export function isSame({ value: one }: Said, { value: other }: Said): boolean {
  return one === undefined || other === undefined ? one === other : one.eq(other);
}

function isUnreadable({ text, value }: Said): boolean {
  return value === undefined && /\p{Nd}/u.test(text) && !isNoValue(text);
}
