// How much each column matters to a model, from one table; must not know files or models.
import { isOverfull, type Reading, type Table } from './csv-table.js';
import { readDecimal } from './decimal.js';
import { meaningOf } from './header-words.js';
import { CONTRIBUTION_WORDS } from './metrics-assumptions.js';
import { isTextColumn, withoutRowNumbers } from './metrics-layout.js';
import type { Contribution } from './model-report.js';

/** The contributions in the order of the file; rows without a number are skipped. */
export function readContributions(table: Table): Reading<readonly Contribution[]> {
  if (isOverfull(table)) return { why: 'a row has more cells than the first one' };
  const rows = withoutRowNumbers(table);
  const [first = []] = rows;
  const header = first.some(cell => readDecimal(cell) !== undefined) ? [] : first;
  const body = header.length === 0 ? rows : rows.slice(1);
  const columns = first.map((_, column) => column);
  const isNumeric = (column: number) => body.some(row => readDecimal(row[column] ?? '') !== undefined);
  const headed = (words: RegExp) =>
    columns.filter(column => words.test((header[column] ?? '').normalize('NFKC').toLowerCase()));
  const names = headed(CONTRIBUTION_WORDS.column);
  const values = headed(CONTRIBUTION_WORDS.value).filter(isNumeric);
  const isOwn = (column: number) => meaningOf(header[column] ?? '').model !== 'other';
  const [value, ...moreValues] = values.length > 0 ? values : columns.filter(isNumeric).filter(isOwn);
  const texts = columns.filter(column => isTextColumn(body, column));
  const [name, ...moreNames] = names.length > 0 ? names : texts.slice(0, 1);
  if (value === undefined || name === undefined || name === value)
    return { why: 'expected a column of names and one of contributions' };
  if (moreValues.length > 0 || moreNames.length > 0)
    return { why: 'it does not say which one column holds the names and which one the contributions' };
  const contributions = body.flatMap(row => {
    const [column = '', number] = [row[name], readDecimal(row[value] ?? '')];
    return column === '' || number === undefined ? [] : [{ column, value: number }];
  });
  return contributions.length === 0
    ? { why: 'it has no row of a name and a number' }
    : { value: contributions };
}
