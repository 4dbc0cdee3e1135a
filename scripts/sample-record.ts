// A run as the preview of the job summary shows it: a model of irises that got better; must not know how it is shown.
import Big from 'big.js';
import { emptyRecord, type RunRecord } from '../src/actions/retrain-status-check/run-record.js';
import { judgeGate } from '../src/results/gate.js';
import { parseGate } from '../src/results/gate-grammar.js';
import type { ConfusionMatrix, Contribution, Metric, ModelReport } from '../src/results/model-report.js';

const START_MS = Date.UTC(2026, 9, 1, 9, 30);
const MINUTE_MS = 60_000;
/** When the preview's run ends. */
export const SAMPLE_END_MS = START_MS + 14.3 * MINUTE_MS;
const JOB = 'b7d1f0a2-3c4e-4f5a-9b6c-7d8e9f0a1b2c';

const GATE = 'Accuracy >= 95%\nF-score > previous + 0.01';
const SPECIES = ['setosa', 'versicolor', 'virginica'];

function metric(name: string, newValue: string, previousValue: string): Metric {
  return { name, newValue: new Big(newValue), previousValue: new Big(previousValue) };
}

function contributions(values: Readonly<Record<string, string>>): Contribution[] {
  return Object.entries(values).map(([column, value]) => ({ column, value: new Big(value) }));
}

function confusion(counts: readonly (readonly number[])[]): ConfusionMatrix {
  const rows = SPECIES.map((name, index) => ({
    name,
    counts: (counts[index] ?? []).map(count => new Big(count)),
  }));
  return { corner: 'actual / predicted', columns: SPECIES, rows };
}

const MODEL_REPORT: ModelReport = {
  metrics: [
    metric('Accuracy', '0.96', '0.8533'),
    metric('Precision', '0.9608', '0.8571'),
    metric('Recall', '0.96', '0.8533'),
    metric('F-score', '0.9598', '0.8539'),
    metric('AUC', '0.9912', '0.9947'),
    metric('Log loss', '0.1184', '0.3920'),
  ],
  confusion: {
    newModel: confusion([
      [25, 0, 0],
      [0, 23, 2],
      [0, 1, 24],
    ]),
    previousModel: confusion([
      [25, 0, 0],
      [0, 20, 5],
      [0, 6, 19],
    ]),
  },
  contributions: {
    newModel: contributions({
      'petal length': '0.4417',
      'petal width': '0.4203',
      'sepal length': '0.1091',
      'sepal width': '0.0289',
    }),
    previousModel: contributions({
      'petal length': '0.3862',
      'petal width': '0.3540',
      'sepal length': '0.1827',
      'sepal width': '0.0771',
    }),
  },
  problems: [],
  files: [],
};

/** A run that ended well: the new model passed the gate. */
export function sampleRecord(): RunRecord {
  return {
    ...emptyRecord(),
    result: 'succeeded',
    retrainJobId: JOB,
    status: 'job_finished',
    modelId: '48213',
    results: {
      file: `/home/runner/work/_temp/retrain-results/${JOB}/results.zip`,
      sizeBytes: 148_213,
      sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      fromCache: false,
    },
    artifact: {
      id: '4211',
      name: `retrain-results-${JOB}.zip`,
      url: 'https://github.com/octo-org/irises/actions/runs/18211/artifacts/4211',
      digest: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    },
    modelReport: MODEL_REPORT,
    gate: judgeGate(parseGate(GATE).conditions, MODEL_REPORT),
    elapsedMs: 14.2 * MINUTE_MS,
    statusChecks: 31,
    timeline: [
      { status: 'job_waiting', atWallMs: START_MS, waitedMs: 0 },
      { status: 'job_training', atWallMs: START_MS + 1.5 * MINUTE_MS, waitedMs: 1.5 * MINUTE_MS },
      { status: 'job_evaluating', atWallMs: START_MS + 11 * MINUTE_MS, waitedMs: 11 * MINUTE_MS },
      { status: 'job_finished', atWallMs: START_MS + 14.2 * MINUTE_MS, waitedMs: 14.2 * MINUTE_MS },
    ],
  };
}
