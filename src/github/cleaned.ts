// Applies one rule to every text inside a plain value, before anything of it is shown; must not know the rule.
import { ExplainedError } from '../errors.js';

/** A copy of `value` with `clean` applied to every text in its arrays, plain objects and explained errors. */
export function cleaned<T>(value: T, clean: (text: string) => string): T {
  if (typeof value === 'string') return clean(value) as T;
  if (Array.isArray(value)) return value.map(item => cleaned(item, clean)) as T;
  if (value instanceof ExplainedError) return cleanedError(value, clean) as T;
  if (typeof value !== 'object' || value === null) return value;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, cleaned(item, clean)])) as T;
}

function cleanedError(error: ExplainedError, clean: (text: string) => string): ExplainedError {
  const { id, japaneseHint, ...words } = error.explanation;
  const explanation = { id, japaneseHint, ...cleaned(words, clean) };
  const apiCode = error.apiCode && clean(error.apiCode);
  return new ExplainedError(error.code, explanation, { cause: error, apiCode });
}
