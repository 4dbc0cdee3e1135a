// Cells as exact decimals: what counts as a number, and that no digit is lost.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readDecimal } from '../../src/results/decimal.js';
import { metricsJson } from '../../src/results/metrics-json.js';

describe('A number', () => {
  test.each([
    ['0.91', '0.91'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['+0.5', '0.5'],
    ['-0.25', '-0.25'],
    ['\u22120.25', '-0.25'],
    ['  0.91 ', '0.91'],
    ['85%', '0.85'],
    ['85 %', '0.85'],
    ['99.95%', '0.9995'],
    ['-0.5%', '-0.005'],
    ['1,234', '1234'],
    ['1,234.5', '1234.5'],
    ['1,234,567.125', '1234567.125'],
    ['1e-05', '0.00001'],
    ['1.5E+3', '1500'],
    ['1e2%', '1'],
    ['0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827'],
    ['０．９１', '0.91'],
    ['８５％', '0.85'],
    ['－１，２３４', '-1234'],
    ['\u30000.91\u3000', '0.91'],
    ['-0', '0'],
    ['007', '7'],
    ['1e400', `1${'0'.repeat(400)}`],
  ])('%j is %s', (cell, value) => {
    expect(readDecimal(cell)?.toFixed()).toBe(value);
  });
});

describe('No number', () => {
  test.each([
    ['empty', ''],
    ['a space', ' '],
    ['a dash', '-'],
    ['a dot', '.'],
    ['not a number', 'NaN'],
    ['infinity', 'Infinity'],
    ['a decimal comma', '0,91'],
    ['a decimal comma that looks like grouping', '0,912'],
    ['wrong grouping', '12,34'],
    ['grouping without an end', '1,234,56'],
    ['grouping with a beginning that is too long', '1234,567'],
    ['grouping in the fraction', '0.123,456'],
    ['two dots', '1.2.3'],
    ['two signs', '--1'],
    ['two percent signs', '85%%'],
    ['a percent sign alone', '%'],
    ['a percent sign in front', '%85'],
    ['an exponent alone', 'e5'],
    ['an exponent with a fraction', '1e1.5'],
    ['hexadecimal', '0x10'],
    ['a unit', '3 ms'],
    ['a spread', '0.91±0.02'],
    ['the mark of a note, which full compatibility folding would make a digit', '0.91²'],
    ['a circled number', '①'],
    ['a number that is none', '九'],
    ['two lines', '1\n2'],
    ['an absurd exponent', '1e999999999'],
    ['an absurd exponent downwards', '1e-401'],
    ['an exponent of absurd length', `1e${'9'.repeat(50)}`],
    ['more digits than anybody measures', '1'.repeat(101)],
    ['an absurd length', `1${' '.repeat(500)}%`],
  ])('is %s', (_, cell) => {
    expect(readDecimal(cell)).toBeUndefined();
  });
});

const digits = (maxLength: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength }).map(list => list.join(''));

describe('Every digit', () => {
  test('comes out as it went in, without rounding', () => {
    fc.assert(
      fc.property(fc.constantFrom('', '-'), digits(30), digits(30), (sign, whole, fraction) => {
        const normal = `${whole.replace(/^0+(?=\d)/, '')}.${fraction}`.replace(/\.?0+$/, '') || '0';
        const expected = normal === '0' ? '0' : `${sign}${normal}`;
        const value = readDecimal(`${sign}${whole}.${fraction}`);
        expect(value?.toFixed()).toBe(expected);
        expect(metricsJson([{ name: 'm', newValue: value, previousValue: undefined }])).toBe(
          `{"m": {"new": ${expected}}}`,
        );
      }),
    );
  });

  test('is the same in percent, grouped and in full-width forms', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), digits(10), (whole, fraction) => {
        const plain = readDecimal(`${whole}.${fraction}`);
        const wide = `${whole}.${fraction}`.replace(/[0-9.]/g, c =>
          String.fromCharCode(c.charCodeAt(0) + 0xfee0),
        );
        expect(readDecimal(`${whole.toLocaleString('en-US')}.${fraction}`)).toEqual(plain);
        expect(readDecimal(wide)).toEqual(plain);
        expect(readDecimal(`${whole}.${fraction}%`)?.times(100)).toEqual(plain);
      }),
    );
  });

  test('any text is read within bounds and without an error', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0123456789.,e+-%') })),
        cell => {
          expect((readDecimal(cell)?.toFixed() ?? '').length).toBeLessThan(600);
        },
      ),
    );
  });
});

describe('The output metrics', () => {
  const value = readDecimal('0.1');

  test.each([
    [
      'both values',
      { name: 'AUC', newValue: value, previousValue: readDecimal('0.89') },
      '{"AUC": {"new": 0.1, "previous": 0.89}}',
    ],
    ['one value', { name: 'AUC', newValue: undefined, previousValue: value }, '{"AUC": {"previous": 0.1}}'],
    [
      'a small number',
      { name: 'p', newValue: readDecimal('1e-12'), previousValue: undefined },
      '{"p": {"new": 0.000000000001}}',
    ],
    [
      'a name with quotes and lines',
      { name: 'a"\\\n', newValue: value, previousValue: undefined },
      '{"a\\"\\\\\\n": {"new": 0.1}}',
    ],
    [
      'a name that objects treat specially',
      { name: '__proto__', newValue: value, previousValue: undefined },
      '{"__proto__": {"new": 0.1}}',
    ],
  ])('holds %s', (_, metric, json) => {
    expect(metricsJson([metric])).toBe(json);
    expect(() => JSON.parse(json)).not.toThrow();
  });

  test('is not there without any value', () => {
    expect(metricsJson([])).toBeUndefined();
    expect(metricsJson([{ name: 'AUC', newValue: undefined, previousValue: undefined }])).toBeUndefined();
  });

  test('leaves out a metric without a value', () => {
    const nothing = { name: 'kind', newValue: undefined, previousValue: undefined };
    expect(metricsJson([nothing, { name: 'AUC', newValue: value, previousValue: undefined }])).toBe(
      '{"AUC": {"new": 0.1}}',
    );
  });
});
