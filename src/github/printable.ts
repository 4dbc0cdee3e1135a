// Makes untrusted text safe for one line of a runner's log, as a pure rule; must not know what the text says.

const TERMINAL_CODES = new RegExp(
  [
    '\\u001b\\[[0-?]*[ -/]*[@-~]',
    '\\u009b[0-?]*[ -/]*[@-~]',
    '\\u001b\\][^\\u0007\\u001b]*(?:\\u0007|\\u001b\\\\)?',
    '\\u001b.?',
  ].join('|'),
  'gs',
);
const LINE_BREAKS = /[\r\n\v\f\u0085\u2028\u2029]+/g;
const INVISIBLE = /[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;
const MAX_LENGTH = 4_000;

/**
 * `text` as one line that no terminal and no runner takes for a command: line breaks become spaces, terminal
 * codes, control and direction characters go, and both forms of workflow commands (`::name::`, anywhere in a
 * line `##[name]`; GitHub docs, "Workflow commands") are pulled apart.
 */
export function printable(text: string): string {
  const line = text
    .replace(TERMINAL_CODES, '')
    .replace(LINE_BREAKS, ' ')
    .replace(INVISIBLE, '')
    .replace(/::(?=\s*[a-z])/gi, ': :')
    .replace(/^(\s*):(?=:)/, '$1: ')
    .replace(/##(?=\[)/g, '# #');
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line;
}
