// Bytes as tables: encodings, separators, quotes and line ends; what is no text file.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readTable } from '../../src/results/csv-table.js';
import { shiftJis } from '../support/shift-jis.js';

const JAPANESE = '評価指標,今回,前回\n正解率,0.91,0.89\n';
const ROWS = [
  ['評価指標', '今回', '前回'],
  ['正解率', '0.91', '0.89'],
];
const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le');

describe('The encoding', () => {
  test.each([
    ['UTF-8', Buffer.from(JAPANESE)],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${JAPANESE}`)],
    ['Shift_JIS', shiftJis(JAPANESE)],
    ['UTF-16, little end first', utf16(JAPANESE)],
    ['UTF-16, big end first', utf16(JAPANESE).swap16()],
  ])('may be %s', (_, bytes) => {
    expect(readTable(bytes)).toEqual({ value: ROWS });
  });

  test('of ソ and 表, whose second byte in Shift_JIS is a backslash, does no harm', () => {
    expect(readTable(shiftJis('表,"ソ"\nソ,1\n'))).toEqual({
      value: [
        ['表', 'ソ'],
        ['ソ', '1'],
      ],
    });
  });
});

describe('The layout', () => {
  const rows = [
    ['metric', 'value'],
    ['AUC', '0.91'],
  ];
  test.each([
    ['commas', 'metric,value\nAUC,0.91', rows],
    ['tabs', 'metric\tvalue\nAUC\t0.91', rows],
    ['semicolons', 'metric;value\nAUC;0.91', rows],
    [
      'a semicolon beside a comma, which wins',
      'metric,a;b\nAUC,1',
      [
        ['metric', 'a;b'],
        ['AUC', '1'],
      ],
    ],
    [
      'a quoted comma in a header of tabs',
      '"a,b"\tvalue\nAUC\t1',
      [
        ['a,b', 'value'],
        ['AUC', '1'],
      ],
    ],
    ['CRLF', 'metric,value\r\nAUC,0.91\r\n', rows],
    ['CR alone', 'metric,value\rAUC,0.91\r', rows],
    ['mixed line ends', 'metric,value\r\nAUC,0.91\nF1,0.8\r', [...rows, ['F1', '0.8']]],
    ['quotes around all', '"metric","value"\n"AUC","0.91"', rows],
    ['spaces around cells and quotes', ' metric , "value"\n AUC,0.91 ', rows],
    [
      'a quoted comma, quote and newline',
      'metric,value\n"a, ""b""\nc","1,234.5"',
      [rows[0], ['a, "b"\nc', '1,234.5']],
    ],
    ['empty lines and lines of commas', '\n\nmetric,value\n\n,,\nAUC,0.91\n\n', rows],
    ['rows of different lengths', 'a,b,c\nd\ne,f', [['a', 'b', 'c'], ['d'], ['e', 'f']]],
  ])('may have %s', (_, text, expected) => {
    expect(readTable(Buffer.from(text))).toEqual({ value: expected });
  });
});

describe('Not understood', () => {
  test.each([
    ['an empty file', Buffer.from(''), 'it is empty'],
    ['blank lines', Buffer.from(' \n,,\n'), 'it is empty'],
    ['an open quote', Buffer.from('metric,value\n"AUC,0.91\n'), /not a well-formed CSV file/],
    ['text after a quote', Buffer.from('metric,value\n"AUC"x,0.91\n'), /not a well-formed CSV file/],
    ['bytes of no encoding', Buffer.from([0x61, 0xff, 0xff, 0x2c]), /neither UTF-8 nor Shift_JIS/],
    ['binary data', Buffer.from('metric,val\0ue\n'), /bytes that no text file has/],
    ['ISO-2022-JP', Buffer.from('\x1b$B;XI8\x1b(B,1\n', 'latin1'), /bytes that no text file has/],
    [
      'a comma among semicolons that may mean either',
      Buffer.from('metric;value\nRMSE;1,250\n'),
      /'1,250' may be/,
    ],
    ['a file of data', Buffer.from('a\n'.repeat(50_001)), /over 50000 rows/],
    [
      'few long rows among many short ones',
      Buffer.from(`${','.repeat(1e5)}a\n${'a\n'.repeat(4e4)}`),
      /cells/,
    ],
  ])('is %s', (_, bytes, why) => {
    expect(readTable(bytes)).toEqual({ why: typeof why === 'string' ? why : expect.stringMatching(why) });
  });

  test('whatever the bytes are, there is no error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
        expect(Object.keys(readTable(bytes))).toHaveLength(1);
      }),
    );
  });
});
