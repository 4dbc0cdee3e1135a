// The metrics of predicted numbers; knows no model and no file format.

/** RMSE, errors and coefficient of determination; those that divide by nothing are left out. */
export function numberMetrics(
  pairs: readonly { actual: number; predicted: number }[],
): { name: string; value: number }[] {
  const errors = pairs.map(({ actual, predicted }) => Math.abs(predicted - actual));
  const squares = mean(errors.map(error => error ** 2));
  const centre = mean(pairs.map(pair => pair.actual));
  const variance = mean(pairs.map(pair => (pair.actual - centre) ** 2));
  const ratios = errors.flatMap((error, index) => {
    const actual = Math.abs(pairs[index]?.actual ?? 0);
    return actual === 0 ? [] : [error / actual];
  });
  const metrics = [
    { name: 'RMSE', value: Math.sqrt(squares) },
    { name: 'Mean absolute error', value: mean(errors) },
    { name: 'Median absolute error', value: median(errors) },
    { name: 'Median error ratio', value: median(ratios) },
    { name: 'Coefficient of determination', value: variance === 0 ? undefined : 1 - squares / variance },
  ];
  return metrics.flatMap(({ name, value }) => (value === undefined ? [] : [{ name, value }]));
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2;
}
