// Exact decimals in the few digits that people read, as pure functions; must not know what they measure.
import type Big from 'big.js';

const DIGITS = 6;
const MINUS = '−';
/** Beyond this many digits before or after the point nobody reads on, and sums would need memory for them all. */
const MAX_EXPONENT = 300;
const MAX_COEFFICIENT = 2_000;

/** `value` with at most `digits` significant digits, whole numbers up to 15 digits in full: `0.96`, `−12`, `4.2e−9`. */
export function readable(value: Big, digits = DIGITS): string {
  if (value.c[0] === 0) return '0';
  const isPlain = value.e >= -7 && value.e < 15;
  const text = isPlain ? plainDigits(value, digits) : shortExponential(value, digits);
  return text.replaceAll('-', MINUS);
}

/** The same with a sign before positive numbers too. */
export function signed(value: Big, digits = DIGITS): string {
  return value.s > 0 && value.c[0] !== 0 ? `+${readable(value, digits)}` : readable(value, digits);
}

/** Whether `readable` leaves digits out. */
export function isRounded(value: Big, digits = DIGITS): boolean {
  const isPlain = value.e >= -7 && value.e < 15;
  return value.c.length > (isPlain ? Math.max(digits, value.e + 1) : digits);
}

/** Whether one may add to it: a file may hold `1e999999999`, which takes a gigabyte to write out. */
export function isOrdinary(value: Big): boolean {
  return Math.abs(value.e) <= MAX_EXPONENT && value.c.length <= MAX_COEFFICIENT;
}

function plainDigits(value: Big, digits: number): string {
  const decimals = Math.max(0, digits - 1 - value.e);
  const text = value.toFixed(decimals);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function shortExponential(value: Big, digits: number): string {
  return value
    .toExponential(digits - 1)
    .replace(/\.?0*e/, 'e')
    .replace('e+', 'e');
}
