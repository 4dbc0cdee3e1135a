// Puts untrusted text into Markdown so that it shows as text and nothing else, as pure functions.
import { printable } from './printable.js';

const SHOWN_LENGTH = 2_000;
/** Letters, digits and signs that mean nothing in a code span or a table cell. */
const HARMLESS = /^[\p{L}\p{N} _.,:;/+=@-]+$/u;

/**
 * `text` for any place within a line of GitHub-flavoured Markdown, table cells included: signs that could start
 * markup become character references, which Markdown never takes for structure (CommonMark, 2.5), and a word
 * joiner keeps addresses and mentions from becoming links.
 */
export function plain(text: string): string {
  return shortened(text)
    .replace(/[&<>"`*~[\]|\\#$^{}]/g, reference)
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, reference)
    .replace(/(:\/\/|www\.|@)/gi, '$1\u2060');
}

/** The same in a fixed-width face. */
export function code(text: string): string {
  const shown = shortened(text).trim();
  return HARMLESS.test(shown) ? `\`${shown}\`` : `<code>${plain(shown)}</code>`;
}

/** A table row of cells that are Markdown already. */
export function row(...cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** A name in a Mermaid chart: letters, digits and a few harmless signs, short. */
export function chartName(text: string): string {
  const name = text.replace(/[^\p{L}\p{N} _.-]/gu, '_').trim();
  return name.length > 40 ? `${name.slice(0, 40)}…` : name || 'unnamed';
}

function shortened(text: string): string {
  const line = printable(text);
  return line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH)}…` : line;
}

function reference(sign: string): string {
  return `&#${sign.codePointAt(0)};`;
}
