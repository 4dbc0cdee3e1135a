// Where the entries of an archive go, by the rules of each system's disks: always below their folder, under a usable name.
import { posix, win32 } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planEntry } from '../../src/results/archive-entry.js';

const entry = (name: string) => ({
  fileNameRaw: Buffer.from(name),
  extraFields: [],
  externalFileAttributes: 0,
  versionMadeBy: 0,
  generalPurposeBitFlag: 0x800,
});

describe('A path', () => {
  test.each([
    { name: 'out/metrics.csv', other: 'out/metrics.csv', windows: 'out\\metrics.csv' },
    { name: './out//metrics.csv', other: 'out/metrics.csv', windows: 'out\\metrics.csv' },
    { name: 'out/評価:1.csv', other: 'out/評価:1.csv', windows: 'out\\評価_1.csv' },
    { name: 'a/C:/x.csv', other: 'a/C:/x.csv', windows: 'a\\C_\\x.csv' },
    { name: 'metrics.csv:hidden', other: 'metrics.csv:hidden', windows: 'metrics.csv_hidden' },
    { name: 'a<b>"c|d?e*.csv', other: 'a<b>"c|d?e*.csv', windows: 'a_b__c_d_e_.csv' },
    { name: 'end. ./x', other: 'end. ./x', windows: 'end___\\x' },
    { name: '... /x', other: '... /x', windows: '____\\x' },
    { name: '.. /x', other: '.. /x', windows: '___\\x' },
    { name: 'aux/con.csv', other: 'aux/con.csv', windows: '_aux\\_con.csv' },
    { name: 'COM1 .txt', other: 'COM1 .txt', windows: '_COM1 .txt' },
    { name: 'CONIN$', other: 'CONIN$', windows: '_CONIN$' },
    { name: 'console.csv', other: 'console.csv', windows: 'console.csv' },
  ])('$name is $windows on Windows and $other elsewhere', ({ name, other, windows }) => {
    expect(planEntry(entry(name), 'other')).toEqual({ kind: 'file', path: other });
    expect(planEntry(entry(name), 'windows')).toEqual({ kind: 'file', path: windows });
  });

  test.each(['/x', 'C:/x', 'c:x', 'a/../x', '..', '\\\\server\\share\\x', '..\\x'])(
    '%s is refused on every system',
    name => {
      expect(planEntry(entry(name), 'windows').kind).toBe('refused');
      expect(planEntry(entry(name), 'other').kind).toBe('refused');
    },
  );

  const piece = fc.constantFrom(
    '..',
    '.',
    '/',
    '\\',
    ':',
    'C',
    'con',
    'nul.csv',
    ' ',
    '. ',
    '?',
    '結果',
    'a',
    '~1',
  );
  test('of any pieces stays below its folder, and Windows reads it as it is written', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        const windows = planEntry(entry(pieces.join('')), 'windows');
        const other = planEntry(entry(pieces.join('')), 'other');
        expect(windows.kind).toBe(other.kind);
        if (windows.kind === 'refused' || other.kind === 'refused') return;
        expect(posix.resolve('/files', other.path)).toBe(`/files/${other.path}`);
        expect(win32.resolve('C:\\files', windows.path)).toBe(`C:\\files\\${windows.path}`);
        for (const part of windows.path.split('\\')) {
          expect(part).not.toMatch(/[<>:"/|?*]|[. ]$|^(con|nul) *(\.|$)/i);
          expect(part).not.toBe('');
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
