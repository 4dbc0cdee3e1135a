// Packs CSV files into a ZIP whose bytes depend on nothing but their rows; knows no meaning of a file.
import { stringify } from 'csv-stringify/sync';
import { ZipFile } from 'yazl';

export type Cell = string | number;

/** Rows of each file, the header first, by the file's path in the ZIP. */
export type CsvFiles = ReadonlyMap<string, readonly (readonly Cell[])[]>;

/** One UTF-8 CSV per file, in the order given. */
export async function csvZip(files: CsvFiles): Promise<Buffer> {
  const archive = new ZipFile();
  // The DOS fields hold local time: only a local date is the same bytes in every time zone.
  const options = { mtime: new Date(2020, 0, 1), mode: 0o100644, forceDosTimestamp: true };
  for (const [name, rows] of files) archive.addBuffer(csv(rows), name, options);
  archive.end();
  const chunks: Buffer[] = [];
  for await (const chunk of archive.outputStream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** UTF-8 without BOM. */
export function csv(rows: readonly (readonly Cell[])[]): Buffer {
  return Buffer.from(stringify(rows.map(row => [...row])));
}
