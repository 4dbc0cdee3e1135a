// Writes what is made of data: the tables in each README of its action.yml, the page of all errors of their catalogue.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { CATALOGUE } from '../src/messages/catalogue.js';
import { PROJECT } from './build.js';
import { troubleshootingPage } from './troubleshooting.js';

/** The folders of the actions: each has an action.yml and a README.md. */
export const ACTION_FOLDERS = ['.', 'upload', 'switch', 'simulator'] as const;

interface Manifest {
  readonly inputs: Record<string, { description: string; required?: boolean; default?: string }>;
  readonly outputs: Record<string, { description: string }>;
}

/** The page of all errors. */
export const TROUBLESHOOTING = join(PROJECT, 'docs/troubleshooting.md');

export function troubleshooting(): string {
  return troubleshootingPage(CATALOGUE);
}

export function readmeOf(folder: string): string {
  return join(PROJECT, folder, 'README.md');
}

/** The README of the action in `folder` with the text between each pair of `<!-- inputs -->` and `<!-- outputs -->` marks made anew. */
export function documented(folder: string): string {
  const readme = readFileSync(readmeOf(folder), 'utf8');
  const { inputs, outputs } = parse(readFileSync(join(PROJECT, folder, 'action.yml'), 'utf8')) as Manifest;
  const inputRows = Object.entries(inputs).map(([name, input]) => {
    const fallback = input.required ? '**required**' : input.default ? `\`${input.default}\`` : '';
    return `| \`${name}\` | ${fallback} | ${cell(input.description)} |`;
  });
  const outputRows = Object.entries(outputs).map(
    ([name, { description }]) => `| \`${name}\` | ${cell(description)} |`,
  );
  const inputTable = ['| Input | Default | Meaning |', '| --- | --- | --- |', ...inputRows].join('\n');
  const outputTable = ['| Output | Meaning |', '| --- | --- |', ...outputRows].join('\n');
  return between(between(readme, 'inputs', inputTable), 'outputs', outputTable);
}

function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/</g, '&lt;').replace(/\|/g, '\\|').trim();
}

function between(text: string, mark: string, content: string): string {
  const marks = new RegExp(`(<!-- ${mark} -->\\n)[\\s\\S]*?(<!-- /${mark} -->)`);
  if (!marks.test(text)) throw new Error(`A README.md has no <!-- ${mark} --> … <!-- /${mark} -->.`);
  return text.replace(marks, (_whole, start: string, end: string) => `${start}${content}\n${end}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const folder of ACTION_FOLDERS) writeFileSync(readmeOf(folder), documented(folder));
  writeFileSync(TROUBLESHOOTING, troubleshooting());
}
