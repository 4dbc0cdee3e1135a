// The top contributions in the job summary, as a Mermaid chart and as text, pure; must not know how they were found.
import type Big from 'big.js';
import { type Contribution, metricKey, type OfBothModels } from '../results/model-report.js';
import { chartName, row } from './markdown.js';
import { folded, nameCell, numberCell, paragraphs } from './summary-cells.js';

const MAX_BARS = 10;
/** In narrow letters; from this one on they are wide. */
const MAX_NAME_WIDTH = 28;
const WIDE_FROM = '\u2e7f';
const BAR_WIDTH = 16;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
/** Readable on white and on black. */
const BAR_COLOUR = '#4184e4';
/** Outside of these powers of ten the chart's axis would show zeros only. */
const CHART_EXPONENTS = { least: -4, most: 9 };

/** The columns that matter most to the new model: a chart, and the same as text for where Mermaid is not drawn. */
export function contributionsSection({
  newModel,
  previousModel,
}: OfBothModels<readonly Contribution[]>): string {
  const all = newModel ?? [];
  if (all.length === 0) return '';
  const shown = all
    .map(contribution => ({ ...contribution, size: contribution.value.abs() }))
    .sort((a, b) => b.size.cmp(a.size))
    .slice(0, MAX_BARS);
  const rest = all.length - shown.length;
  const title = rest > 0 ? `### Top ${shown.length} of ${all.length} contributions` : '### Contributions';
  return paragraphs(
    title,
    chart(shown),
    folded('The same as a table', table(shown, previousModel).join('\n')),
  );
}

type Sized = Contribution & { readonly size: Big };

/** Mermaid's bars start at the edge, not at zero: they show sizes, and a minus behind the name tells the sign. */
function chart(contributions: readonly Sized[]): string {
  const values = contributions.map(({ size }) => size);
  const isDrawable = ({ e, c }: Big) =>
    c[0] === 0 || (e >= CHART_EXPONENTS.least && e <= CHART_EXPONENTS.most);
  // The values are in order: a first one of zero has only zeros behind it.
  if (values[0] === undefined || values[0].c[0] === 0 || !isDrawable(values[0])) return '';
  const decimals = Math.max(0, 5 - values[0].e);
  const numbers = values.map(value => value.toFixed(decimals));
  return [
    '```mermaid',
    `%%{init: {"xyChart": {"width": 800, "height": ${90 + 34 * values.length}}, "themeVariables": {"xyChart": {"backgroundColor": "transparent", "plotColorPalette": "${BAR_COLOUR}"}}}}%%`,
    'xychart-beta horizontal',
    `    x-axis [${chartNames(contributions).join(', ')}]`,
    `    y-axis 0 --> ${numbers[0]}`,
    `    bar [${numbers.join(', ')}]`,
    '```',
  ].join('\n');
}

/** Quoted and all different: Mermaid draws one bar for two equal names. */
function chartNames(contributions: readonly Contribution[]): string[] {
  const taken = new Set<string>();
  return contributions.map(({ column, value }, index) => {
    let name = `${barName(column)}${value.s < 0 ? ' (−)' : ''}`;
    while (taken.has(name)) name = `${index + 1} ${name}`;
    taken.add(name);
    return `"${name}"`;
  });
}

/** Mermaid leaves all names out where one takes too much of the chart's width; East Asian letters are wide. */
function barName(column: string): string {
  const letters = [...chartName(column)];
  let width = 0;
  const fitting = letters.filter(letter => {
    width += letter > WIDE_FROM ? 2 : 1;
    return width <= MAX_NAME_WIDTH;
  });
  return fitting.length < letters.length ? `${fitting.join('').trim()}…` : fitting.join('');
}

function table(
  contributions: readonly Sized[],
  previousModel: readonly Contribution[] | undefined,
): string[] {
  const previous = new Map(previousModel?.map(({ column, value }) => [metricKey(column), value]));
  const largest = contributions[0]?.size.toNumber() ?? 0;
  const before = (cell: string) => (previousModel === undefined ? [] : [cell]);
  return [
    row('Column', 'New', ...before('Previous'), ' '),
    row(':---', '---:', ...before('---:'), ':---'),
    ...contributions.map(({ column, value, size }) =>
      row(
        nameCell(column),
        numberCell(value),
        ...before(numberCell(previous.get(metricKey(column)))),
        bar(size.toNumber() / largest),
      ),
    ),
  ];
}

/** In eighths of a character. */
function bar(share: number): string {
  if (!Number.isFinite(share)) return ' ';
  const eighths = Math.round(share * BAR_WIDTH * 8);
  return `${'█'.repeat(Math.floor(eighths / 8))}${EIGHTHS[eighths % 8]}` || ' ';
}
