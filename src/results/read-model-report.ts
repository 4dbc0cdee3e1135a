// STUB
import type { ModelReport } from './model-report.js';
export async function readModelReport(_file: object, _signal: AbortSignal): Promise<ModelReport> {
  return {
    metrics: [],
    contributions: { newModel: undefined, previousModel: undefined },
    confusion: { newModel: undefined, previousModel: undefined },
    problems: [],
    files: [],
  };
}
