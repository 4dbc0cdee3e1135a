// STUB
import type { Metric } from './model-report.js';
export function metricsJson(_metrics: readonly Metric[]): string | undefined {
  return undefined;
}
