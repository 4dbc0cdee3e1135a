// What the tables of the job summary share: short safe names and notes of what is left out; must not know the tables.
import type Big from 'big.js';
import { code, plain } from './markdown.js';
import { printable } from './printable.js';
import { readable } from './readable-number.js';

const NAME_LENGTH = 60;

/** What stands where no value is known. */
export const NOTHING = '–';

/** An untrusted name, short enough for a table cell. */
export function nameCell(text: string, maxLength = NAME_LENGTH): string {
  return plain(clipped(text, maxLength)) || 'unnamed';
}

/** The same in a fixed-width face. */
export function codeCell(text: string, maxLength = NAME_LENGTH): string {
  return code(clipped(text, maxLength) || 'unnamed');
}

/** A number as people read it, with at most `digits` significant digits; a dash where there is none. */
export function numberCell(value: Big | undefined, digits?: number): string {
  return value === undefined ? NOTHING : readable(value, digits);
}

/** `text` on one line and at most `maxLength` characters long, the last one whole. */
export function clipped(text: string, maxLength: number): string {
  const line = printable(text).trim();
  if (line.length <= maxLength) return line;
  return `${line.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Under a table that is cut: `12 more metrics.`; empty when nothing is left out. */
export function moreNote(left: number, things: string): string {
  return left > 0 ? `<sub>${left} more ${things}.</sub>` : '';
}

/** With spaces that break no line: a narrow table scrolls rather than tear numbers apart. */
export function unbroken(cell: string): string {
  return cell.replaceAll(' ', '\u00a0');
}

/** Folded away until the reader opens it. `summary` and `content` are Markdown that is safe already. */
export function folded(summary: string, content: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

/** Parts with a blank line between, without the empty ones. */
export function paragraphs(...parts: string[]): string {
  return parts.filter(Boolean).join('\n\n');
}
