// The page docs/troubleshooting.md as a pure function of the catalogue of errors; must not add anything to what an entry says.
import type { FailureCode } from '../src/errors.js';
import type { Message } from '../src/messages/message.js';
import { TITLES } from '../src/messages/titles.js';

const INTRO = `# Troubleshooting

<!-- Made by \`npm run docs\` from src/messages/: edit there. -->

A step that failed says in its annotation, in its job summary and in the output \`error_message\` what happened, the likely
cause and what to do. This page has every error there is, by the value of the output \`result\`. The good ends,
\`succeeded\` and \`pending\`, are not here. What is in *italics* differs from run to run.

日本語: APIの応答に関するエラーには、日本語の説明を添えています（ジョブサマリーにも表示されます）。
`;

/** The whole page; an entry stands under the first of its results and is linked under the others. */
export function troubleshootingPage(catalogue: readonly Message[]): string {
  const codes = Object.keys(TITLES) as FailureCode[];
  const contents = codes.map(code => `- [\`${code}\`](#${code}): ${TITLES[code]}`).join('\n');
  return `${[INTRO.trimEnd(), contents, ...codes.map(code => sectionOf(code, catalogue))].join('\n\n')}\n`;
}

function sectionOf(code: FailureCode, catalogue: readonly Message[]): string {
  const own = catalogue.filter(({ results }) => results[0] === code);
  const others = catalogue.filter(({ results }) => results.slice(1).includes(code));
  const links = others.map(({ id, title }) => `[${title}](#${id})`).join(', ');
  return [
    anchored(code, `## \`${code}\`: ${TITLES[code]}`),
    ...own.map(entryOf),
    ...(links === '' ? [] : [`Also with this result: ${links}.`]),
  ].join('\n\n');
}

function entryOf({ id, title, what, likelyCause, nextStep, vendorSays, japaneseHint }: Message): string {
  const lines = [
    `- **You see:** ${readable(what)}`,
    ...(vendorSays ? [`- **The vendor says:** ${vendorSays.map(said => `\`${said}\``).join(', ')}`] : []),
    `- **Likely cause:** ${readable(likelyCause)}`,
    `- **What to do:** ${readable(nextStep)}`,
    ...(japaneseHint ? [`- **日本語:** ${japaneseHint}`] : []),
  ];
  return `${anchored(id, `### ${title}`)}\n\n${lines.join('\n')}`;
}

/** An anchor of its own, so that better words in a heading break no link. */
function anchored(id: string, heading: string): string {
  return `<a id="${id}"></a>\n\n${heading}`;
}

/** Holes as words in italics; those that may stay empty are left out. Whole sentences: a hole before a hole is one. */
function readable(text: string): string {
  const words = (name: string) => name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`);
  const filled = text
    .replace(/[<*]/g, sign => `\\${sign}`)
    .replace(/\{\w+\?\}/g, '')
    .replace(/\} \{/g, '}. {')
    .replace(/(^|\. )\{(\w)/g, (_start, before: string, first: string) => `${before}{=${first}`)
    .replace(/\{(=?)(\w+)\}/g, (_hole, isStart: string, name: string) => {
      const [first = '', ...rest] = words(name);
      return `*${isStart ? first.toUpperCase() : first}${rest.join('')}*`;
    });
  return filled.endsWith('.') ? filled : `${filled}.`;
}
