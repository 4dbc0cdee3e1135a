// The Japanese README says what the English one says: piece for piece, with the same code, links, names and numbers.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { marked, type Token, type Tokens } from 'marked';
import { parse } from 'yaml';
import { headingAnchors } from './anchors.js';
import { PROJECT } from './workflow.js';

/** A heading, paragraph, list item, table row, block of code or of HTML: what is compared with its translation. */
interface Piece {
  readonly kind: string;
  /** As it stands in the file. */
  readonly raw: string;
  /** What a reader reads of it, without code. */
  readonly prose: string;
  /** Inline code, sorted: Japanese puts words in another order. */
  readonly code: readonly string[];
  readonly links: readonly string[];
  /** Numbers, and names such as `model_id` outside of code: they are the same in each language. */
  readonly facts: readonly string[];
}

const read = (name: string) => readFileSync(join(PROJECT, name), 'utf8');
const JAPANESE = /[\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Han}]/u;

/** The blocks of a page, without blank lines: first the title, then the line that switches the language. */
function blocksOf(name: string): Token[] {
  return marked.lexer(read(name)).filter(({ type }) => type !== 'space');
}

const SWITCH_AT = 1;

function piecesOf(name: string): Piece[] {
  return blocksOf(name).flatMap((token, index): Piece[] => {
    if (index === SWITCH_AT) return [];
    if (token.type === 'table') return rowsOf(token as Tokens.Table).map(cells => piece('row', cells));
    if (token.type === 'list')
      return (token as Tokens.List).items.map(item => piece('item', item.tokens, item.raw));
    const kind = token.type === 'heading' ? `h${(token as Tokens.Heading).depth}` : token.type;
    return [piece(kind, 'tokens' in token ? (token.tokens ?? []) : [], token.raw)];
  });
}

const rowsOf = ({ header, rows }: Tokens.Table) => [header, ...rows].map(cells => cells.map(asToken));

/** A cell as a token, so that its bounds are not lost in the row. */
function asToken({ text, tokens }: Tokens.TableCell): Token {
  return { type: 'cell', raw: text, tokens };
}

function piece(
  kind: string,
  tokens: readonly Token[],
  raw = tokens.map(token => token.raw).join('|'),
): Piece {
  const code: string[] = [];
  const links: string[] = kind === 'html' ? [...raw.matchAll(/(?:src|href)="([^"]*)"/g)].map(target) : [];
  let prose = '';
  marked.walkTokens([...tokens], token => {
    if (token.type === 'codespan') code.push(token.raw);
    if (token.type === 'link' || token.type === 'image') links.push(token.href);
    if (token.type === 'text' && !('tokens' in token && token.tokens)) prose += `${token.raw} `;
  });
  const facts = prose.match(/\d+(?:[.,]\d+)*|[a-z]+(?:_[a-z]+)+/g) ?? [];
  return { kind, raw, prose, code: code.sort(), links, facts };
}

const target = ([, name = '']: RegExpMatchArray): string => name;

/** A link within the page as the place of its heading: its name is another one in each language. */
function comparable(link: string, anchors: readonly string[]): string {
  return link.startsWith('#') ? `heading ${anchors.indexOf(decodeURIComponent(link.slice(1)))}` : link;
}

/** Names and defaults of the table between two marks; the Japanese word for "required" as the English one. */
function namesIn(name: string, mark: 'inputs' | 'outputs'): string[][] {
  const [, table = ''] =
    new RegExp(`<!-- ${mark} -->\\n([\\s\\S]*?)<!-- /${mark} -->`).exec(read(name)) ?? [];
  return [...table.matchAll(/^\| `(\w+)` \| (?:(`[^`]*`|\*\*\S+\*\*|) \| )?/gm)].map(
    ([, input = '', fallback = '']) => [input, fallback.replace('**必須**', '**required**')],
  );
}

let english: Piece[];
let japanese: Piece[];
beforeAll(() => {
  english = piecesOf('README.md');
  japanese = piecesOf('README.ja.md');
});

/** Each English piece beside the Japanese one at its place. */
const pairs = () => english.map((piece, index) => ({ piece, translated: japanese[index] }));

describe('README.ja.md', () => {
  test('and README.md link to each other in the line below the title', () => {
    const lineOf = (name: string) => blocksOf(name)[SWITCH_AT]?.raw.trim();
    expect([lineOf('README.md'), lineOf('README.ja.md')]).toEqual([
      'English | [日本語](README.ja.md)',
      '[English](README.md) | 日本語',
    ]);
  });

  test('has as many headings as README.md, of the same levels in the same order', () => {
    const levels = (pieces: Piece[]) => pieces.map(({ kind }) => kind).filter(kind => /^h\d$/.test(kind));
    expect(levels(english).length).toBeGreaterThan(10);
    expect(levels(japanese)).toEqual(levels(english));
  });

  test('has the same paragraphs, list items, table rows and blocks in the same order', () => {
    expect(japanese.map(({ kind }) => kind)).toEqual(english.map(({ kind }) => kind));
  });

  test('has the code blocks of README.md byte for byte', () => {
    const blocks = (pieces: Piece[]) => pieces.filter(({ kind }) => kind === 'code').map(({ raw }) => raw);
    expect(blocks(english).length).toBeGreaterThan(4);
    expect(blocks(japanese)).toEqual(blocks(english));
  });

  test('links to the same places in the same order', () => {
    const linksOf = (pieces: Piece[], name: string) => {
      const anchors = headingAnchors(read(name));
      return pieces.flatMap(({ links }) => links).map(link => comparable(link, anchors));
    };
    expect(linksOf(english, 'README.md').length).toBeGreaterThan(30);
    expect(linksOf(japanese, 'README.ja.md')).toEqual(linksOf(english, 'README.md'));
  });

  test.each(['inputs', 'outputs'] as const)('has the same %s with the same defaults as action.yml', mark => {
    const names = namesIn('README.ja.md', mark);
    expect(names.map(([name]) => name)).toEqual(Object.keys(parse(read('action.yml'))[mark]));
    expect(names).toEqual(namesIn('README.md', mark));
  });

  test('has the same inline code in each piece', () => {
    const different = pairs().filter(
      ({ piece, translated }) => piece.code.join() !== translated?.code.join(),
    );
    expect(
      different.map(({ piece, translated }) => ({ english: piece.code, japanese: translated?.code })),
    ).toEqual([]);
  });

  test('has every number and every name of README.md in the same piece', () => {
    const lost = pairs().filter(({ piece, translated }) =>
      piece.facts.some(fact => !translated?.facts.includes(fact)),
    );
    expect(lost.map(({ piece, translated }) => [piece.raw, translated?.raw])).toEqual([]);
  });

  test('is in Japanese: every heading, paragraph, list item, row and picture', () => {
    const left = japanese.filter(
      ({ kind, raw, prose }) =>
        kind !== 'code' && !raw.startsWith('<!--') && !JAPANESE.test(kind === 'html' ? raw : prose),
    );
    expect(left.map(({ raw }) => raw)).toEqual([]);
  });

  test.each(['README.md', 'README.ja.md'])('%s links only to files and headings that are there', name => {
    const links = blocksOf(name).flatMap(token => piece('any', [token], token.raw).links);
    const missing = links
      .filter(link => !/^https?:/.test(link))
      .filter(link => {
        const [path = '', anchor] = link.split('#');
        const file = path === '' ? name : join(dirname(name), path);
        if (!existsSync(join(PROJECT, file))) return true;
        return anchor !== undefined && !headingAnchors(read(file)).includes(decodeURIComponent(anchor));
      });
    expect(missing).toEqual([]);
  });
});
