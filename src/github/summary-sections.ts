// The parts that every action's job summary has, as pure functions to Markdown; must not know which action it is.
import type { ExplainedError, FailureCode, Result } from '../errors.js';
import { code, plain, row } from './markdown.js';
import { TITLES } from './titles.js';

const MAX_WARNINGS = 20;

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
  const { what, likelyCause, nextStep } = error.explanation;
  const lines = [
    `**What happened:** ${plain(what)}`,
    likelyCause ? `**Likely cause:** ${plain(likelyCause)}` : '',
    `**What to do:** ${plain(nextStep)}`,
  ];
  return `> [!${error.code === 'cancelled' ? 'WARNING' : 'CAUTION'}]\n> ${lines.filter(Boolean).join('\n>\n> ')}`;
}

export function factsTable(result: Result | undefined, facts: readonly Fact[]): string {
  const rows = facts.flatMap(([name, value]) => (value ? [row(`**${name}**`, value)] : []));
  return [row('Result', code(result ?? 'internal_error')), row('---', '---'), ...rows].join('\n');
}

export function warningsSection(warnings: readonly string[]): string {
  const lines = warnings.slice(0, MAX_WARNINGS).map(text => `- ⚠️ ${plain(text)}`);
  return lines.length > 0 ? `**Warnings**\n\n${lines.join('\n')}` : '';
}
