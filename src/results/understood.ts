// The model report from the bytes of the wanted files, as pure rules; must not know where the bytes come from.
import { readConfusionMatrix } from './confusion-matrix.js';
import { readContributions } from './contributions.js';
import { type Reading, readTable, type Table } from './csv-table.js';
import { isSame, type MetricsOfTable, readMetrics, type Said, type SaidMetric } from './metrics-table.js';
import { type Metric, type ModelReport, metricKey, type ReadingProblem } from './model-report.js';
import { listed, quoted } from './quoted.js';
import type { Role } from './wanted-files.js';

/** A wanted file, whole. */
export interface WantedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

interface MetricsFound {
  readonly path: string;
  readonly found: MetricsOfTable;
}

/** What the files say; one that is not understood becomes a problem and says nothing. */
export function understood(files: ReadonlyMap<Role, WantedFile>): Omit<ModelReport, 'files'> {
  const problems: ReadingProblem[] = [];
  const read = <T>(role: Role, reader: (table: Table) => Reading<T>): T | undefined => {
    const file = files.get(role);
    if (file === undefined) return undefined;
    const table = readTable(file.bytes);
    const reading = 'why' in table ? table : reader(table.value);
    if ('value' in reading) return reading.value;
    problems.push(problem(file.path, `could not be understood: ${reading.why}.`));
    return undefined;
  };
  const metricsOf = (role: 'metrics' | 'comparison'): MetricsFound | undefined => {
    const found = read(role, table => readMetrics(table, role));
    return found && { path: files.get(role)?.path ?? '', found };
  };
  const comparison = metricsOf('comparison');
  const metrics = metricsOf('metrics');
  for (const file of [comparison, metrics]) if (file !== undefined) problems.push(...doubts(file));
  return {
    metrics: merged(comparison, metrics, problems),
    contributions: {
      newModel: read('contributions', readContributions),
      previousModel: read('contributions of the previous model', readContributions),
    },
    confusion: {
      newModel: read('confusion', readConfusionMatrix),
      previousModel: read('confusion of the previous model', readConfusionMatrix),
    },
    problems,
  };
}

/** A problem whose sentence starts with the file's name; `predicate` ends in a full stop. */
export function problem(path: string, predicate: string): ReadingProblem {
  return { file: path, text: `${quoted(path)} ${predicate}` };
}

function doubts({ path, found }: MetricsFound): ReadingProblem[] {
  const twice = found.contradictory.map(name => quoted(name));
  const [first, second] = found.byOrder?.map(header => quoted(header)) ?? [];
  return [
    ...(first === undefined
      ? []
      : [
          problem(
            path,
            `does not say which model is new: by their order, ${first} is, and ${second} is not.`,
          ),
        ]),
    ...(twice.length === 0
      ? []
      : [problem(path, `gives different values to one name, which are not used: ${listed(twice)}.`)]),
    ...(found.unreadable.length === 0
      ? []
      : [problem(path, `has values that are no numbers: ${listed(found.unreadable)}.`)]),
  ];
}

/**
 * The comparison's metrics, then those that only the other file has. Where both speak of a value the comparison
 * counts: it has both models on the same data. A name that the comparison contradicts itself on is not used at all.
 */
function merged(
  comparison: MetricsFound | undefined,
  single: MetricsFound | undefined,
  problems: ReadingProblem[],
): Metric[] {
  const dropped = new Set(comparison?.found.contradictory.map(metricKey));
  const others = new Map(single?.found.metrics.map(metric => [metricKey(metric.name), metric]));
  const differing: string[] = [];
  const metrics = (comparison?.found.metrics ?? []).map(metric => {
    const other = others.get(metricKey(metric.name));
    others.delete(metricKey(metric.name));
    return other === undefined ? metric : together(metric, other, differing);
  });
  if (comparison !== undefined && single !== undefined && differing.length > 0) {
    const text = `says otherwise than ${quoted(comparison.path)}, which counts: ${listed(differing)}.`;
    problems.push(problem(single.path, text));
  }
  const rest = [...others].filter(([key]) => !dropped.has(key)).map(([, metric]) => metric);
  return [...metrics, ...rest].map(({ name, newModel, previousModel }) => ({
    name,
    newValue: newModel.value,
    previousValue: previousModel.value,
  }));
}

function together(compared: SaidMetric, other: SaidMetric, differing: string[]): SaidMetric {
  const pick = (one: Said, two: Said, model: string): Said => {
    if (one.text === '' || two.text === '' || isSame(one, two)) return one.text === '' ? two : one;
    const name = quoted(compared.name);
    differing.push(`${name} of the ${model} model is ${quoted(two.text)} and not ${quoted(one.text)}`);
    return one;
  };
  return {
    name: compared.name,
    newModel: pick(compared.newModel, other.newModel, 'new'),
    previousModel: pick(compared.previousModel, other.previousModel, 'previous'),
  };
}
