// Writes the README's tables of inputs and outputs from action.yml; must not write any other word of it.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { PROJECT } from './build.js';

export const README = join(PROJECT, 'README.md');

interface Manifest {
  readonly inputs: Record<string, { description: string; required?: boolean; default?: string }>;
  readonly outputs: Record<string, { description: string }>;
}

/** `readme` with the text between each pair of `<!-- inputs -->` and `<!-- outputs -->` marks made anew. */
export function documented(readme: string): string {
  const { inputs, outputs } = parse(readFileSync(join(PROJECT, 'action.yml'), 'utf8')) as Manifest;
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
  if (!marks.test(text)) throw new Error(`README.md has no <!-- ${mark} --> … <!-- /${mark} -->.`);
  return text.replace(marks, (_whole, start: string, end: string) => `${start}${content}\n${end}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(README, documented(readFileSync(README, 'utf8')));
}
