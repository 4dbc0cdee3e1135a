// The end of a log file as text; knows no writer of it and prints nothing.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const MOST_BYTES = 128 * 1024;

/** The last whole lines, at most 128 KiB of them, with a word about those before; empty when there is no such file. */
export function logTail(path: string): string {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    // No log is nothing to show.
    return '';
  }
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, MOST_BYTES));
    readSync(file, bytes, { position: size - bytes.length });
    const text = bytes.toString().trimEnd();
    if (size <= MOST_BYTES) return text;
    return `(The first ${size - bytes.length} bytes are left out.)\n${text.slice(text.indexOf('\n') + 1)}`;
  } finally {
    closeSync(file);
  }
}
