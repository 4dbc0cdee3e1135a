// The parts that every action's job summary has, as pure functions to Markdown; must not know which action it is.
import type { ExplainedError, FailureCode, Result } from '../errors.js';
import { TITLES } from '../messages/titles.js';
import { code, plain, row } from './markdown.js';
import { clipped } from './summary-cells.js';

const MAX_NOTES = 20;
const NOTE_LENGTH = 1_000;

/** A name and a value that is Markdown already; undefined or empty leaves the row out. */
export type Fact = readonly [name: string, value: string | undefined];

/** The verdict first; `good` names the good ends, failures have one name for all actions. */
export function heading(result: Result | undefined, good: Partial<Record<Result, string>>): string {
  const known = result === undefined ? undefined : good[result];
  if (known !== undefined) return `## ${known}`;
  const title = TITLES[(result ?? 'internal_error') as FailureCode];
  return `## ${result === 'cancelled' ? '⏹️' : '❌'} ${title}`;
}

export function failureSection(error: ExplainedError | undefined): string {
  if (error === undefined) return '';
  const { what, likelyCause, nextStep, japaneseHint } = error.explanation;
  const lines = [
    `**What happened:** ${plain(what)}`,
    likelyCause ? `**Likely cause:** ${plain(likelyCause)}` : '',
    `**What to do:** ${plain(nextStep)}`,
    japaneseHint ? `**日本語:** ${plain(japaneseHint)}` : '',
  ];
  return `> [!${error.code === 'cancelled' ? 'WARNING' : 'CAUTION'}]\n> ${lines.filter(Boolean).join('\n>\n> ')}`;
}

export function factsTable(result: Result | undefined, facts: readonly Fact[]): string {
  const rows = facts.flatMap(([name, value]) => (value ? [row(`**${name}**`, value)] : []));
  return [row('Result', code(result ?? 'internal_error')), row('---', '---'), ...rows].join('\n');
}

/** Notes under a title of Markdown; nothing where there are none. */
export function notesSection(title: string, notes: readonly string[]): string {
  const lines = notes.slice(0, MAX_NOTES).map(text => `- ⚠️ ${plain(clipped(text, NOTE_LENGTH))}`);
  if (notes.length > lines.length) lines.push(`- ${notes.length - lines.length} more.`);
  return lines.length > 0 ? `${title}\n\n${lines.join('\n')}` : '';
}
