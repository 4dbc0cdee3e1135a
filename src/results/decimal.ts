// Cell text to an exact decimal, as a pure rule; must not know what the number means.
import Big from 'big.js';

const NUMBER = /^([+-]?)(\d*|[1-9]\d{0,2}(?:,\d{3})+)(?:\.(\d*))?(?:e([+-]?\d{1,9}))?\s*(%?)$/i;

/** Beyond these a number is no measurement, and its digits written out would be huge. */
const MAX_DIGITS = 100;
const MAX_EXPONENT = 400;
const MAX_LENGTH = 200;

/**
 * The number in a cell, never rounded: full-width forms, `85%` and `85 %` as 0.85, `1,234.5` with right grouping, a
 * sign (U+2212 too), an exponent. Everything else is undefined: `0,91`, NaN, empty, over 100 digits or 10^±400.
 */
export function readDecimal(cell: string): Big | undefined {
  if (cell.length > MAX_LENGTH) return undefined;
  const match = NUMBER.exec(foldWidth(cell).trim().replace('\u2212', '-'));
  if (match === null) return undefined;
  const [, sign = '', grouped = '', fraction = '', exponent = '0', percent = ''] = match;
  const whole = grouped.replaceAll(',', '');
  const digits = whole.length + fraction.length;
  const power = Number(exponent);
  if (digits === 0 || digits > MAX_DIGITS || Math.abs(power) > MAX_EXPONENT) return undefined;
  const value = new Big(
    `${sign === '-' ? sign : ''}${whole || '0'}.${fraction || '0'}e${power - (percent === '' ? 0 : 2)}`,
  );
  return value.eq(0) ? new Big(0) : value;
}

/** Full-width forms only: the whole of NFKC would read the note in `0.91²` as one more digit. */
function foldWidth(text: string): string {
  return text
    .replace(/[\uFF01-\uFF5E]/g, character => String.fromCharCode(character.charCodeAt(0) - 0xfee0))
    .replaceAll('\u3000', ' ');
}
