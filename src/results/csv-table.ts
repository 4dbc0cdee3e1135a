// Bytes of a delimited text file to rows of cells, as pure rules; must not know what the cells mean.
import { CsvError, parse } from 'csv-parse/sync';

/** Rows of trimmed cells; no row is blank. Rows may differ in length. */
export type Table = readonly (readonly string[])[];

/** What was read, or why not: `why` goes on from "'x' could not be understood: ". */
export type Reading<T> = { readonly value: T } | { readonly why: string };

/** Rows times columns; beyond it, a few long rows among many short ones would fill the memory. */
const MAX_CELLS = 2_000_000;
const MAX_ROWS = 50_000;
/** Where semicolons separate, commas mostly are decimal ones: this may be a bit over 1, or a thousand times that. */
const ONE_OR_A_THOUSAND = /^[-+]?\d{1,3}(,\d{3})+(\s*%)?$/;

/**
 * The table in a file of UTF-8, UTF-16 with a byte order mark, or else Shift_JIS; separated by commas, or by tabs or
 * semicolons where the first line has these and no comma.
 */
export function readTable(bytes: Uint8Array): Reading<Table> {
  const text = decode(bytes);
  if (text === undefined) return { why: 'its text is neither UTF-8 nor Shift_JIS' };
  if (/[\0-\x08\x0e-\x1f]/.test(text)) return { why: 'it holds bytes that no text file has' };
  const delimiter = delimiterOf(text);
  const rows = records(text, delimiter);
  if ('why' in rows) return rows;
  const table = rows.value.map(row => row.map(cell => cell.trim())).filter(row => row.some(Boolean));
  if (rows.value.length > MAX_ROWS) return { why: `it has over ${MAX_ROWS} rows` };
  const width = table.reduce((widest, row) => Math.max(widest, row.length), 0);
  if (table.length === 0) return { why: 'it is empty' };
  if (table.length * width > MAX_CELLS) return { why: `it has over ${MAX_CELLS} cells` };
  const unclear = delimiter === ';' ? table.flat().find(cell => ONE_OR_A_THOUSAND.test(cell)) : undefined;
  if (unclear !== undefined)
    return { why: `the comma in '${unclear}' may be a decimal or a thousands separator` };
  return { value: table };
}

/** True where a row has more cells than the first one: a comma that should have been quoted would move its values. */
export function isOverfull(table: Table): boolean {
  const width = table[0]?.length ?? 0;
  return table.some(row => row.slice(width).some(Boolean));
}

function decode(bytes: Uint8Array): string | undefined {
  for (const encoding of encodings(bytes)) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // Not this encoding: a fatal decoder is how the next one gets its turn.
    }
  }
  return undefined;
}

function encodings(bytes: Uint8Array): string[] {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return ['utf-16le'];
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return ['utf-16be'];
  return ['utf-8', 'shift_jis'];
}

function records(text: string, delimiter: string): Reading<string[][]> {
  try {
    const rows: string[][] = parse(text, {
      delimiter,
      // Named, as otherwise the first line's end decides, and others become part of a cell.
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      to: MAX_ROWS + 1,
    });
    return { value: rows };
  } catch (error) {
    if (error instanceof CsvError) return { why: `it is not a well-formed CSV file (${error.code})` };
    throw error;
  }
}

function delimiterOf(text: string): string {
  const firstLine =
    text
      .trimStart()
      .replace(/"[^"]*"/g, '')
      .split(/[\r\n]/, 1)[0] ?? '';
  if (firstLine.includes(',')) return ',';
  return ['\t', ';'].find(delimiter => firstLine.includes(delimiter)) ?? ',';
}
