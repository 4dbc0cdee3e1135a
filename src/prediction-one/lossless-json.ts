// Reads JSON without losing digits; must not know what the numbers mean.

/**
 * Like `JSON.parse`, but a whole number beyond 2^53 stays the text of its digits instead of being rounded.
 * @throws SyntaxError for what is no JSON, RangeError for nesting too deep to walk.
 */
export function parseJson(text: string): unknown {
  return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown);
}

/** Node 24 hands the reviver the number's source text (https://tc39.es/proposal-json-parse-with-source/). */
function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) ? source : value;
}
