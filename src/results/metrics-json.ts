// The output `metrics` as JSON text with exact numbers; must not know where the metrics come from.
import type Big from 'big.js';
import type { Metric } from './model-report.js';

/**
 * `{"AUC": {"new": 0.91, "previous": 0.89}, …}`: every digit as in the file, no exponent, values that are not there
 * left out; undefined where no metric has any.
 */
export function metricsJson(metrics: readonly Metric[]): string | undefined {
  const members = metrics.flatMap(({ name, newValue, previousValue }) => {
    const values = [...member('new', newValue), ...member('previous', previousValue)];
    return values.length === 0 ? [] : [`${JSON.stringify(name)}: {${values.join(', ')}}`];
  });
  return members.length === 0 ? undefined : `{${members.join(', ')}}`;
}

/** Written by hand: a JSON writer would make a double of the number, and an object would lose `__proto__`. */
function member(key: string, value: Big | undefined): string[] {
  return value === undefined ? [] : [`"${key}": ${value.toFixed()}`];
}
