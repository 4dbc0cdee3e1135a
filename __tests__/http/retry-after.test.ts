// What the Retry-After header asks for.
import { expect, test } from '@jest/globals';
import { retryAfterMs } from '../../src/http/retry-after.js';

const NOW = Date.UTC(2026, 9, 1, 12, 0, 0);
const at = (ms: number) => new Date(NOW + ms).toUTCString();

test.each([
  { what: 'nothing', headers: {}, ms: undefined },
  { what: 'an empty value', headers: { 'retry-after': ' ' }, ms: undefined },
  { what: 'seconds', headers: { 'retry-after': '120' }, ms: 120_000 },
  { what: 'seconds with blanks', headers: { 'retry-after': ' 120 ' }, ms: 120_000 },
  { what: 'zero', headers: { 'retry-after': '0' }, ms: 0 },
  { what: 'part of a second, which some servers send', headers: { 'retry-after': '1.5' }, ms: 1_500 },
  { what: 'an HTTP date', headers: { 'retry-after': at(90_000) }, ms: 90_000 },
  { what: 'a date that has passed', headers: { 'retry-after': at(-90_000) }, ms: 0 },
  {
    what: 'a date on a server whose clock is a day ahead',
    headers: { 'retry-after': at(86_460_000), date: at(86_400_000) },
    ms: 60_000,
  },
  {
    what: 'a date beside a Date that cannot be read',
    headers: { 'retry-after': at(5_000), date: 'now' },
    ms: 5_000,
  },
  { what: 'a negative number', headers: { 'retry-after': '-5' }, ms: undefined },
  { what: 'a number with a sign', headers: { 'retry-after': '+5' }, ms: undefined },
  { what: 'a number with an exponent', headers: { 'retry-after': '1e3' }, ms: undefined },
  { what: 'a number with a unit', headers: { 'retry-after': '120s' }, ms: undefined },
  { what: 'words', headers: { 'retry-after': 'later' }, ms: undefined },
])('$what: $ms ms', ({ headers, ms }) => {
  expect(retryAfterMs(headers, NOW)).toBe(ms);
});

test('a number beyond all bounds stays one that any deadline is reached by', () => {
  expect(retryAfterMs({ 'retry-after': '9'.repeat(400) }, NOW)).toBeGreaterThan(3.1e10);
});
