// Reads the bytes of one CSV or TSV file into a table of text; knows no ZIP and no meaning of a column.
import { parse } from 'csv-parse/sync';
import { TRAINING_LIMITS } from './assumptions.js';
import { TrainingRefusal } from './training-refusal.js';

/** Every row is as long as the header: short ones are filled up with empty cells. */
export interface Table {
  header: readonly string[];
  rows: readonly (readonly string[])[];
}

/** The first rows of the file, up to the limit. Throws a `TrainingRefusal` when it is no such file. */
export function readTable(bytes: Buffer, fileName: string): Table {
  const text = decoded(bytes);
  if (text.trim() === '') throw new TrainingRefusal('empty');
  if (text.includes('\0')) throw new TrainingRefusal('unreadable');
  const [header = [], ...rows] = records(text, delimiterOf(text, fileName));
  return {
    header: header.map(cell => cell.trim()),
    rows: rows.map(row => header.map((_, column) => row[column]?.trim() ?? '')),
  };
}

// Shift_JIS text is almost never valid UTF-8, so that the first that fits is the right one.
function decoded(bytes: Buffer): string {
  for (const encoding of ['utf-8', 'shift_jis']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {}
  }
  throw new TrainingRefusal('unreadable');
}

function delimiterOf(text: string, fileName: string): string {
  const firstLine = text.slice(0, text.search(/[\r\n]|$/));
  const isTsv = /\.tsv$/i.test(fileName) || (firstLine.includes('\t') && !firstLine.includes(','));
  return isTsv ? '\t' : ',';
}

function records(text: string, delimiter: string): string[][] {
  try {
    return parse(text, {
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      to: TRAINING_LIMITS.mostRows + 1,
      // What is no table is one endless record, which would hold up every other answer while it is read.
      max_record_size: TRAINING_LIMITS.largestRecordBytes,
    });
  } catch (error) {
    throw new TrainingRefusal('unreadable', { cause: error });
  }
}
