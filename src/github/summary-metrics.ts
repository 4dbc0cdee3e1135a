// The metrics of both models in the job summary, as pure functions to Markdown; must not judge whether they suffice.
import type Big from 'big.js';
import { metricDirection } from '../results/metric-direction.js';
import type { Metric } from '../results/model-report.js';
import { row } from './markdown.js';
import { isOrdinary, isRounded, signed } from './readable-number.js';
import { moreNote, NOTHING, nameCell, numberCell, paragraphs, unbroken } from './summary-cells.js';

const MAX_METRICS = 50;
const ROUNDED_NOTE = '<sub>Rounded for reading; the output <code>metrics</code> has the exact values.</sub>';

/** The table of metrics, with the change where there is a previous model; empty when there are no metrics. */
export function metricsSection(metrics: readonly Metric[]): string {
  if (metrics.length === 0) return '';
  const shown = metrics.slice(0, MAX_METRICS);
  const hasPrevious = shown.some(({ previousValue }) => previousValue !== undefined);
  const isCut = shown.some(({ newValue, previousValue }) =>
    [newValue, previousValue].some(value => value !== undefined && isRounded(value)),
  );
  return paragraphs(
    '### Metrics',
    (hasPrevious ? comparison(shown) : newOnly(shown)).join('\n'),
    moreNote(metrics.length - shown.length, 'metrics'),
    isCut ? ROUNDED_NOTE : '',
  );
}

function comparison(metrics: readonly Metric[]): string[] {
  return [
    row('Metric', 'New', 'Previous', 'Change'),
    row(':---', '---:', '---:', ':---'),
    ...metrics.map(metric =>
      row(
        nameCell(metric.name),
        `**${numberCell(metric.newValue)}**`,
        numberCell(metric.previousValue),
        changeCell(metric),
      ),
    ),
  ];
}

function newOnly(metrics: readonly Metric[]): string[] {
  return [
    row('Metric', 'New'),
    row(':---', '---:'),
    ...metrics.map(({ name, newValue }) => row(nameCell(name), `**${numberCell(newValue)}**`)),
  ];
}

/** Arrow and word besides the sign, so that no colour is needed: `▲ +0.02 better`. */
function changeCell({ name, newValue, previousValue }: Metric): string {
  const change = changeOf(newValue, previousValue);
  if (change === undefined) return NOTHING;
  if (change.c[0] === 0) return unbroken('= no change');
  const rises = change.s > 0;
  const moved = `${rises ? '▲' : '▼'} ${signed(change)}`;
  const direction = metricDirection(name);
  if (direction === 'unknown') return unbroken(moved);
  const isBetter = rises === (direction === 'higher');
  return unbroken(`${moved} ${isBetter ? 'better' : '**worse**'}`);
}

function changeOf(newValue: Big | undefined, previousValue: Big | undefined): Big | undefined {
  if (newValue === undefined || previousValue === undefined) return undefined;
  return isOrdinary(newValue) && isOrdinary(previousValue) ? newValue.minus(previousValue) : undefined;
}
