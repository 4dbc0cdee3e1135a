// JSON without lost digits.
import { expect, test } from '@jest/globals';
import { parseJson } from '../../src/prediction-one/lossless-json.js';

test.each([
  { text: '9007199254740993', value: '9007199254740993', why: 'beyond 2^53' },
  { text: '-9007199254740993', value: '-9007199254740993', why: 'below -2^53' },
  { text: '123456789012345678901234567890', value: '123456789012345678901234567890', why: 'of any length' },
  { text: '9007199254740991', value: 9007199254740991, why: 'that a number holds exactly' },
  { text: '0', value: 0, why: 'of zero' },
  { text: '0.5', value: 0.5, why: 'with a fraction' },
  { text: '1e3', value: 1000, why: 'with an exponent' },
  { text: '"9007199254740993"', value: '9007199254740993', why: 'that are a text' },
])('keeps digits $why: $text', ({ text, value }) => {
  expect(parseJson(text)).toBe(value);
  expect(parseJson(`{"a":[${text}]}`)).toEqual({ a: [value] });
});

test('a key like __proto__ is a key like any other', () => {
  const parsed = parseJson('{"__proto__":{"status":"job_finished"},"constructor":1}') as Record<
    string,
    unknown
  >;
  expect(parsed.status).toBeUndefined();
  expect(Object.keys(parsed)).toEqual(['__proto__', 'constructor']);
});

test.each(['', '{', '{"a":1}x', 'undefined', "{'a':1}"])('%j is no JSON: SyntaxError', text => {
  expect(() => parseJson(text)).toThrow(SyntaxError);
});
