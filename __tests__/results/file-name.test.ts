// Safe names for files and folders.
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  folderNameForJob,
  resultsFileName,
  safeFileName,
  splitExtension,
  withMark,
} from '../../src/results/file-name.js';

const URL_WITH_NAME = new URL('https://s.example/dir/from%20url.zip?name=x.exe');
/** As Node hands over header bytes: each byte a character. */
const raw = (text: string, encoding: BufferEncoding) => Buffer.from(text, encoding).toString('latin1');

describe('The name of the results', () => {
  test.each([
    { what: 'no header', header: undefined, name: 'from url.zip' },
    { what: 'a plain name', header: 'attachment; filename=results.zip', name: 'results.zip' },
    { what: 'a quoted name', header: 'attachment; filename="my results.zip"', name: 'my results.zip' },
    { what: 'an escaped quote', header: 'attachment; filename="a\\"b.zip"', name: 'a_b.zip' },
    { what: 'inline', header: 'inline; filename="results.csv"', name: 'results.csv' },
    {
      what: 'filename* in UTF-8',
      header: "attachment; filename*=UTF-8''%E7%B5%90%E6%9E%9C.zip",
      name: '結果.zip',
    },
    {
      what: 'filename* in ISO-8859-1',
      header: "attachment; filename*=iso-8859-1''caf%e9.zip",
      name: 'café.zip',
    },
    {
      what: 'both: filename* wins',
      header: 'attachment; filename="x.zip"; filename*=UTF-8\'\'%E7%B5%90.zip',
      name: '結.zip',
    },
    {
      what: 'both, the other way round',
      header: 'attachment; filename*=UTF-8\'\'%E7%B5%90.zip; filename="x.zip"',
      name: '結.zip',
    },
    { what: 'raw bytes in UTF-8', header: raw('attachment; filename="結果.zip"', 'utf8'), name: '結果.zip' },
    {
      what: 'raw bytes in ISO-8859-1',
      header: raw('attachment; filename="café.zip"', 'latin1'),
      name: 'café.zip',
    },
    { what: 'a header without a name', header: 'attachment', name: 'from url.zip' },
    { what: 'an empty name', header: 'attachment; filename=""', name: 'from url.zip' },
    { what: 'a header that is none', header: ';;;=', name: 'from url.zip' },
    { what: 'a path', header: 'attachment; filename="../../etc/passwd"', name: 'passwd' },
    { what: 'a Windows path', header: "attachment; filename*=UTF-8''C%3A%5Cx%5Cy.zip", name: 'y.zip' },
    {
      what: 'a path hidden in filename*',
      header: "attachment; filename*=UTF-8''..%2F..%2Fy.zip",
      name: 'y.zip',
    },
    { what: 'only a path', header: 'attachment; filename="a/b/"', name: 'from url.zip' },
    { what: 'only dots', header: 'attachment; filename=".."', name: 'from url.zip' },
    { what: 'a NUL', header: "attachment; filename*=UTF-8''a%00b.zip", name: 'a_b.zip' },
  ])('$what: $name', ({ header, name }) => {
    expect(resultsFileName(header, URL_WITH_NAME)).toBe(name);
  });

  test.each([
    { url: 'https://s.example/', name: 'results' },
    { url: 'https://s.example/a/', name: 'results' },
    { url: 'https://s.example/%E7%B5%90.zip', name: '結.zip' },
    { url: 'https://s.example/%E3.zip', name: '%E3.zip' },
    { url: 'https://s.example/a%2F..%2F..%2Fb.zip', name: 'b.zip' },
    { url: 'https://s.example/..%5C..%5Cb.zip', name: 'b.zip' },
    { url: 'https://s.example/%2E%2E%2F', name: 'results' },
  ])('of $url without a header is $name', ({ url, name }) => {
    expect(resultsFileName(undefined, new URL(url))).toBe(name);
  });
});

describe('A safe file name', () => {
  test.each([
    { given: 'results.zip', safe: 'results.zip' },
    { given: '結果 (1).zip', safe: '結果 (1).zip' },
    { given: 'a<b>c:d"e|f?g*h.zip', safe: 'a_b_c_d_e_f_g_h.zip' },
    { given: 'a\r\n\t\u0000\u007fb', safe: 'a_____b' },
    { given: 'a\u2028b', safe: 'a_b' },
    { given: 'invoice\u202efdp.zip', safe: 'invoice_fdp.zip' },
    { given: 'a\u2066b\u200fc', safe: 'a_b_c' },
    { given: '.bashrc', safe: '_bashrc' },
    { given: '...x', safe: '_x' },
    { given: ' .x', safe: '_x' },
    { given: 'x.', safe: 'x' },
    { given: 'x. . .', safe: 'x' },
    { given: '  x  ', safe: 'x' },
    { given: 'C:x', safe: 'C_x' },
    { given: 'file.zip:stream', safe: 'file.zip_stream' },
    { given: '.', safe: '' },
    { given: '..', safe: '' },
    { given: '', safe: '' },
    { given: '   ', safe: '' },
    { given: '???', safe: '' },
    { given: 'a/../..', safe: '' },
    { given: 'con', safe: '_con' },
    { given: 'CON.zip', safe: '_CON.zip' },
    { given: 'aux.tar.gz', safe: '_aux.tar.gz' },
    { given: 'NUL', safe: '_NUL' },
    { given: 'Com1.csv', safe: '_Com1.csv' },
    { given: 'lpt9', safe: '_lpt9' },
    { given: 'com¹', safe: '_com¹' },
    { given: 'console.zip', safe: 'console.zip' },
    { given: 'com10.zip', safe: 'com10.zip' },
  ])('of $given is "$safe"', ({ given, safe }) => {
    expect(safeFileName(given)).toBe(safe);
  });

  test.each([
    { what: 'ASCII', given: `${'a'.repeat(300)}.zip`, end: '.zip' },
    { what: 'Japanese', given: `${'結'.repeat(300)}.tar.gz`, end: '.tar.gz' },
    { what: 'emoji, none of them cut in half', given: `${'😀'.repeat(300)}.csv`, end: '.csv' },
  ])('of a very long one ($what) is short and keeps its extension', ({ given, end }) => {
    const safe = safeFileName(given);
    expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(150);
    expect(Buffer.byteLength(safe)).toBeGreaterThan(140);
    expect(safe).toMatch(/^(a+|結+|(😀)+)\./u);
    expect(safe.endsWith(end)).toBe(true);
  });

  test('is never a path, hidden, a device or too long, whatever it is made from', () => {
    const nasty = fc.constantFrom(
      '/',
      '\\',
      '..',
      '.',
      ' ',
      ':',
      '\0',
      '\n',
      '\u202e',
      'con',
      'nul',
      '結',
      '😀',
      'a'.repeat(80),
    );
    const name = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(nasty, { maxLength: 8 }).map(parts => parts.join('')),
    );
    fc.assert(
      fc.property(name, given => {
        const safe = safeFileName(given);
        expect(safe).not.toMatch(/[/\\:\p{Cc}\u202e]/u);
        expect(safe).not.toMatch(/^\./);
        expect(safe).not.toMatch(/^(con|nul)(\.|$)/i);
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(150);
      }),
      { seed: 20261005, numRuns: 1_000 },
    );
  });
});

describe('The folder of a job', () => {
  const digest = (id: string) => createHash('sha256').update(id).digest('hex').slice(0, 8);

  test.each(['job-1', 'a1b2c3d4-0000-4000-8000-000000000000', 'Job_1.2', 'ジョブ１', 'a'.repeat(80), '_x'])(
    '%s is its id where that is safe and short',
    id => {
      expect(folderNameForJob(id)).toBe(id);
    },
  );

  test.each([
    ...['a/b', 'a\\b', '../x', 'a:b', 'a b', 'a?b', '.hidden', '-rf', 'x.', '...', 'CON', 'nul', 'COM1'],
    ...['a'.repeat(81), '結'.repeat(27), '😀', 'a\u202eb', "a'b", 'a%2fb', '~'],
  ])('%s ends in 8 hex digits of its SHA-256 where it is not', id => {
    const folder = folderNameForJob(id);
    expect(folder).not.toBe(id);
    expect(folder.endsWith(`-${digest(id)}`)).toBe(true);
    expect(folder).toMatch(/^[\p{L}\p{N}_][\p{L}\p{N}._-]*$/u);
    expect(Buffer.byteLength(folder)).toBeLessThanOrEqual(89);
  });

  test('is another one for every job, even where the safe parts are the same', () => {
    const ids = [
      'a/b',
      'a\\b',
      'a:b',
      'a_b',
      'a b',
      '/a_b',
      `${'x'.repeat(80)}1`,
      `${'x'.repeat(80)}2`,
      '...',
      '..',
      '_',
    ];
    expect(new Set(ids.map(folderNameForJob)).size).toBe(ids.length);
  });

  test('is one segment that does not climb, whatever the id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 256 }), id => {
        const folder = folderNameForJob(id);
        expect(folder).toMatch(/^[\p{L}\p{N}_][\p{L}\p{N}._-]*$/u);
        expect(folder).not.toMatch(/\.$/);
        if (folder !== id) expect(folder.endsWith(`-${digest(id)}`)).toBe(true);
      }),
      { seed: 20261006, numRuns: 1_000 },
    );
  });
});

test.each([
  { name: 'results.zip', stem: 'results', extension: '.zip' },
  { name: 'a.b.CSV', stem: 'a.b', extension: '.CSV' },
  { name: 'a.tar.gz', stem: 'a', extension: '.tar.gz' },
  { name: 'results', stem: 'results', extension: '' },
  { name: '.zip', stem: '.zip', extension: '' },
  { name: 'v1.2 final', stem: 'v1.2 final', extension: '' },
  { name: 'a.verylongextension', stem: 'a.verylongextension', extension: '' },
])('$name is $stem and "$extension"; a mark goes between', ({ name, stem, extension }) => {
  expect(splitExtension(name)).toEqual({ stem, extension });
  expect(withMark(name, '-2')).toBe(`${stem}-2${extension}`);
});
