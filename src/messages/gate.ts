// How a gate stops a model, as data; must not know how it judges.
import type { Message } from './message.js';

const FAILED = 'The gate failed{count?}: {why}';
const UNCHANGED = 'The live model is unchanged.';
const AGAIN = 're-run with the same retrain_job_id (training is not repeated)';
const BY_HAND = `${UNCHANGED} Look into the results file; if it shows metrics that the action did not understand, report its header lines, and decide about this model by hand.`;

export const GATE = {
  doesNotHold: {
    id: 'gate-does-not-hold',
    results: ['gate_failed'],
    title: 'The new model does not keep a condition',
    what: FAILED,
    likelyCause:
      'The new model is not as good as the gate asks, or the gate looks the wrong way (scores such as AUC should rise, errors such as RMSE should fall).',
    nextStep: `${UNCHANGED} Look at the metrics in the summary; then train again with better data, or, if the new model is good enough, change the gate and ${AGAIN}.`,
  },
  noMetricsFiles: {
    id: 'gate-no-metrics',
    results: ['gate_failed'],
    title: 'The results have no metrics',
    what: FAILED,
    likelyCause: 'The results came without metrics.csv and metrics_comparison.csv.',
    nextStep: BY_HAND,
  },
  metricsNotUsed: {
    id: 'gate-metrics-not-used',
    results: ['gate_failed'],
    title: 'The results have no metrics that could be used',
    what: FAILED,
    likelyCause: 'No usable metrics came with the results. What was wrong with their files: {problems}',
    nextStep: BY_HAND,
  },
  noMetric: {
    id: 'gate-no-metric',
    results: ['gate_failed'],
    title: 'The results do not have the metric of a condition',
    what: FAILED,
    likelyCause:
      "The results spell the metric's name in another way, or its file could not be read.{problems?}",
    nextStep: `${UNCHANGED} Write the name in the gate as the output metrics spells it, then ${AGAIN}.`,
  },
  noNewValue: {
    id: 'gate-no-new-value',
    results: ['gate_failed'],
    title: 'The results have no value of the new model',
    what: FAILED,
    likelyCause: 'The results have no number in this place, or it could not be read.{problems?}',
    nextStep: `${UNCHANGED} Look into the results file and at the output metrics; then ask for another metric and ${AGAIN}.`,
  },
  inPercent: {
    id: 'gate-in-percent',
    results: ['gate_failed'],
    title: 'The results are in percent, the gate is not',
    what: FAILED,
    likelyCause:
      'The results give this metric in percent without a % sign, and the gate gives a share of 1.{problems?}',
    nextStep: `${UNCHANGED} Look into the results file; if its values are in percent, write the gate's number so too, such as 85 in place of 0.85 or 85%, and ${AGAIN}.`,
  },
  noPreviousValue: {
    id: 'gate-no-previous-value',
    results: ['gate_failed'],
    title: 'The results have no value of the previous model',
    what: FAILED,
    likelyCause:
      'The results came without metrics_comparison.csv (no evaluation data was uploaded, or there is no previous model), or it could not be read.{problems?}',
    nextStep: `${UNCHANGED} Upload evaluation data with the training data, or compare with a number in place of 'previous' and ${AGAIN}.`,
  },
} as const satisfies Record<string, Message>;
