// What the API says can issue no command, break no log, inject no markup and show no credential.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLog } from '../../src/github/log.js';
import { chartName, code, plain, row } from '../../src/github/markdown.js';
import { printable } from '../../src/github/printable.js';
import { Redactor } from '../../src/github/redact.js';
import { printedBy } from '../support/inputs.js';

const ESC = '\u001b';
/** Pieces from which attacks on a log or on Markdown are made, in any order. */
const piece = fc.constantFrom(
  ...[
    '::',
    ':',
    '##',
    '#',
    '[',
    ']',
    '##[',
    '::error::',
    '::set-output name=x::',
    '::add-mask::',
    '::stop-commands::',
  ],
  ...[
    '\n',
    '\r',
    '\u2028',
    '\u0085',
    '\u000b',
    '\t',
    ' ',
    ESC,
    `${ESC}[31m`,
    `${ESC}]8;;`,
    '\u009b',
    '\u0007',
    '\0',
  ],
  ...[
    '\u200b',
    '\u202e',
    '\ufeff',
    '\u2066',
    '<',
    '>',
    '<script>',
    '&',
    '&lt;',
    '|',
    '\\',
    '`',
    '```',
    '~~~',
  ],
  ...[
    '*',
    '_',
    '**',
    '![',
    '](',
    'http://',
    'www.',
    '@',
    'octocat',
    '$',
    '$$',
    '^',
    '{',
    '}',
    'a',
    '1',
    '結',
    '\ud800',
  ],
);
const hostile = fc.oneof(
  fc.array(piece, { maxLength: 14 }).map(pieces => pieces.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

describe('A printable text', () => {
  test.each([
    { given: 'Still training', shown: 'Still training' },
    { given: '学習中 50% [1/2] #3 a:b', shown: '学習中 50% [1/2] #3 a:b' },
    { given: '::error::x', shown: ': :error: :x' },
    { given: '  ::error::x', shown: '  : :error: :x' },
    { given: 'a\n::error::x', shown: 'a : :error: :x' },
    { given: 'a\r\n\r\nb\u2028c\u0085d', shown: 'a b c d' },
    { given: '##[error]x', shown: '# #[error]x' },
    { given: 'x ##[group]', shown: 'x # #[group]' },
    { given: '#\u200b#[error]', shown: '# #[error]' },
    { given: ':\u200b:error::', shown: ': :error::' },
    { given: `:${ESC}[0m:error::`, shown: ': :error::' },
    { given: `${ESC}[31mred${ESC}[0m`, shown: 'red' },
    { given: `${ESC}]8;;http://x\u0007link${ESC}]8;;\u0007`, shown: 'link' },
    { given: '\u009b31mred', shown: 'red' },
    { given: 'a\u0000\u0007\u0008b', shown: 'ab' },
    { given: 'abc\u202efed', shown: 'abcfed' },
    { given: ':::', shown: ': ::' },
  ])('$given → $shown', ({ given, shown }) => {
    expect(printable(given)).toBe(shown);
  });

  test('of any length is short', () => {
    expect(printable('x'.repeat(1_000_000)).length).toBeLessThanOrEqual(4_001);
  });

  test('is one line that starts no command and moves no cursor, whatever it is made from', () => {
    fc.assert(
      fc.property(hostile, given => {
        const shown = printable(given);
        expect(shown).not.toMatch(/[\r\n\v\f\u0085\u2028\u2029]/);
        expect(shown).not.toContain('##[');
        expect(shown.trimStart()).not.toMatch(/^::/);
        expect(shown).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200b]/u);
        expect(shown).not.toMatch(/::\s*[a-z]/i);
      }),
      { seed: 20261007, numRuns: 2_000 },
    );
  });
});

describe('The log', () => {
  test('prints one line for one text, redacted, and only the commands it means to', () => {
    const log = createLog(text => text.replaceAll('the-key', '***'));
    const text = 'a\n::error::the-key\r##[error]x';
    const title = 't\n::stop-commands::x,line=1::the-key';
    expect(printedBy(() => log.info(text))).toBe('a : :error::*** # #[error]x\n');
    const warned = printedBy(() => log.warning(title, text)).trimEnd();
    expect(warned.split('\n')).toHaveLength(1);
    expect(warned).toMatch(
      /^::warning title=t %3A %3Astop-commands%3A %3Ax%2Cline=1%3A%3A\*\*\*::a : :error::\*\*\* # #\[error\]x$/,
    );
  });
});

describe('Plain Markdown', () => {
  test.each([
    { given: 'Accuracy 0.91 (new), model_id 7', shown: 'Accuracy 0.91 (new), model_id 7' },
    { given: '<b>&</b>', shown: '&#60;b&#62;&#38;&#60;/b&#62;' },
    { given: 'a|b', shown: 'a&#124;b' },
    { given: 'a\\|b', shown: 'a&#92;&#124;b' },
    { given: '`x`', shown: '&#96;x&#96;' },
    { given: '[x](y)', shown: '&#91;x&#93;(y)' },
    { given: '**x** _y_ ~z~', shown: '&#42;&#42;x&#42;&#42; &#95;y&#95; &#126;z&#126;' },
    { given: '$x$', shown: '&#36;x&#36;' },
    { given: '@octocat #1', shown: '@\u2060octocat &#35;1' },
    { given: 'https://x.example www.x.example', shown: 'https://\u2060x.example www.\u2060x.example' },
    { given: 'a\nb', shown: 'a b' },
  ])('$given → $shown', ({ given, shown }) => {
    expect(plain(given)).toBe(shown);
  });

  test('holds no markup, no cell end, no address and no line break, whatever it is made from', () => {
    fc.assert(
      fc.property(hostile, given => {
        for (const shown of [plain(given), code(given).replace(/^<code>(.*)<\/code>$|^`(.*)`$/s, '$1$2')]) {
          const rest = shown.replace(/&#\d+;/g, '');
          expect(rest).not.toMatch(/[<>|`*~[\]\\#$&\r\n]/);
        }
        expect(plain(given)).not.toMatch(/:\/\/(?!\u2060)|www\.(?!\u2060)|@(?!\u2060)/i);
      }),
      { seed: 20261008, numRuns: 2_000 },
    );
  });

  test('of any length is short', () => {
    expect(plain('<'.repeat(100_000)).length).toBeLessThan(11_000);
    expect(code('<'.repeat(100_000)).length).toBeLessThan(11_000);
  });
});

test.each([
  { given: 'job_finished', shown: '`job_finished`' },
  { given: ' /tmp/r 1.zip ', shown: '`/tmp/r 1.zip`' },
  { given: '結果', shown: '`結果`' },
  { given: 'a`b', shown: '<code>a&#96;b</code>' },
  { given: 'a|b', shown: '<code>a&#124;b</code>' },
  { given: '</code><img>', shown: '<code>&#60;/code&#62;&#60;img&#62;</code>' },
])('code: $given → $shown', ({ given, shown }) => {
  expect(code(given)).toBe(shown);
});

test('a row is a row', () => {
  expect(row('a', 'b')).toBe('| a | b |');
});

test('a name in a chart ends no name, no line and no chart, whatever it is made from', () => {
  expect(chartName('job_running')).toBe('job_running');
  expect(chartName('')).toBe('unnamed');
  fc.assert(
    fc.property(hostile, given => {
      const name = chartName(given);
      expect(name).toMatch(/^[\p{L}\p{N} _.…-]+$/u);
      expect(name.length).toBeLessThanOrEqual(41);
    }),
    { seed: 20261009, numRuns: 1_000 },
  );
});

describe('Redaction', () => {
  const SIGNED =
    'https://s3.example/b/r.zip?X-Amz-Credential=AKIA%2F1&X-Amz-Signature=f00dfeedf00dfeed&X-Amz-Security-Token=abcdef';

  test.each([
    { what: 'the key', text: 'key k+/="<&>x was refused', clean: 'key *** was refused' },
    { what: 'the key twice', text: 'k+/="<&>xk+/="<&>x', clean: '******' },
    { what: 'the key in a URL', text: `?k=${encodeURIComponent('k+/="<&>x')}`, clean: '?k=***' },
    { what: 'the key in JSON', text: '{"key":"k+/=\\"<&>x"}', clean: '{"key":"***"}' },
    { what: 'the key in HTML', text: '<p>k+/=&quot;&lt;&amp;&gt;x</p>', clean: '<p>***</p>' },
    {
      what: 'the query of any URL',
      text: `see ${SIGNED} now`,
      clean: 'see https://s3.example/b/r.zip?[redacted] now',
    },
    { what: 'it in quotes', text: `"${SIGNED}"`, clean: '"https://s3.example/b/r.zip?[redacted]"' },
    {
      what: 'a signature without its URL',
      text: 'X-Amz-Signature=f00dfeed&x=1',
      clean: 'X-Amz-Signature=[redacted]&x=1',
    },
    {
      what: 'an encoded signature',
      text: 'x-amz-signature%3Df00dfeed',
      clean: 'x-amz-signature%3D[redacted]',
    },
    {
      what: 'other clouds',
      text: 'sig=abc&x-goog-signature=def',
      clean: 'sig=[redacted]&x-goog-signature=[redacted]',
    },
    {
      what: 'nothing else',
      text: 'AUC = 0.91, https://x.example/a?',
      clean: 'AUC = 0.91, https://x.example/a?',
    },
  ])('$what', ({ text, clean }) => {
    const redactor = new Redactor();
    redactor.add('k+/="<&>x');
    expect(redactor.redact(text)).toBe(clean);
  });

  test('takes the longer of two secrets first, so that none is left in part', () => {
    const redactor = new Redactor();
    redactor.add('abcd');
    redactor.add('abcdefgh');
    redactor.add('defghijk');
    expect(redactor.redact('1 abcdefgh 2 abcd')).toBe('1 *** 2 ***');
  });

  test('finds one of any length', () => {
    const redactor = new Redactor();
    redactor.add('$&x'.repeat(50_000));
    expect(redactor.redact(`1 ${'$&x'.repeat(50_000)} 2`)).toBe('1 *** 2');
  });

  test('does not take apart every text for a secret of a letter or two', () => {
    const redactor = new Redactor();
    redactor.add('a');
    redactor.add('');
    expect(redactor.redact('a banana')).toBe('a banana');
  });

  test('of a secret leaves it nowhere, whatever it is and whatever is around it', () => {
    const secret = fc.string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 20 });
    fc.assert(
      fc.property(secret, hostile, hostile, (key, before, after) => {
        fc.pre(!'***'.includes(key) && !'[redacted]'.includes(key));
        const redactor = new Redactor();
        redactor.add(key);
        expect(redactor.redact(`${before}${key}${after}`)).not.toContain(key);
      }),
      { seed: 20261010, numRuns: 1_000 },
    );
  });
});
