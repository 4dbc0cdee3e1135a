// Whether the new model is good enough: conditions held against a report; must not know files, inputs or GitHub.
import type Big from 'big.js';
import { type Explanation, explain } from '../errors.js';
import { GATE } from '../messages/gate.js';
import type { Message } from '../messages/message.js';
import type { Condition, Operator, RightSide } from './gate-grammar.js';
import { AT_MOST_ONE } from './metrics-assumptions.js';
import { type Metric, type ModelReport, metricKey } from './model-report.js';

/** Anything but `holds` fails the condition. */
export type Outcome =
  | 'holds'
  | 'does_not_hold'
  | 'no_metrics'
  | 'no_metric'
  | 'no_new_value'
  | 'in_percent'
  | 'no_previous_value';

export interface JudgedCondition {
  readonly condition: Condition;
  readonly outcome: Outcome;
  /** Whether the outcome is `holds`. */
  readonly passed: boolean;
  /** The new model's value. */
  readonly actual?: Big | undefined;
  /** The previous model's value, where it is known, whether the condition asks for it or not. */
  readonly previous?: Big | undefined;
  /** The right side, worked out. */
  readonly threshold?: Big | undefined;
  /** A plain sentence with the values; names in it are the file's own. */
  readonly why: string;
}

export interface GateVerdict {
  /** Whether all conditions passed. */
  readonly passed: boolean;
  /** In the order of the gate. */
  readonly conditions: readonly JudgedCondition[];
  /** What could not be read of the results, as sentences: the likely cause of what is missing. */
  readonly readingProblems: readonly string[];
}

/** The slice of a report that the gate looks at. */
export type GateReport = Pick<ModelReport, 'metrics' | 'problems' | 'files'>;

const MAX_METRICS_NAMED = 20;
const MAX_FILES_NAMED = 10;
const MAX_PROBLEMS_TOLD = 5;
const MAX_NAME_LENGTH = 100;
const MAX_DIGITS_SHOWN = 40;
const DIGITS_KEPT = 15;

/** What to think and to do when the first failed condition ended so. */
const MESSAGES = {
  does_not_hold: GATE.doesNotHold,
  no_metrics: GATE.noMetricsFiles,
  no_metric: GATE.noMetric,
  no_new_value: GATE.noNewValue,
  in_percent: GATE.inPercent,
  no_previous_value: GATE.noPreviousValue,
} as const satisfies Record<Exclude<Outcome, 'holds'>, Message>;

/** Holds every condition against the report, in exact decimals; what is not there fails. */
export function judgeGate(conditions: readonly Condition[], report: GateReport): GateVerdict {
  const metrics = new Map(report.metrics.map(metric => [metricKey(metric.name), metric]));
  const judged = conditions.map(condition =>
    judge(condition, metrics.get(metricKey(condition.metric)), report),
  );
  return {
    passed: judged.every(({ passed }) => passed),
    conditions: judged,
    readingProblems: report.problems.map(({ text }) => text),
  };
}

function judge(condition: Condition, metric: Metric | undefined, report: GateReport): JudgedCondition {
  const { op, right } = condition;
  const name = shortened(condition.metric);
  const { newValue: actual, previousValue: previous } = metric ?? {};
  const failed = (outcome: Outcome, why: string): JudgedCondition => ({
    ...{ condition, outcome, passed: false, actual, previous, why },
  });
  if (report.metrics.length === 0) return failed('no_metrics', noMetrics(report));
  if (metric === undefined) {
    const found = listed(namesOf(report.metrics), MAX_METRICS_NAMED);
    return failed('no_metric', `The results have no metric '${name}'; found: ${found}.`);
  }
  if (actual === undefined) {
    const found = foundWith(report.metrics, 'newValue');
    return failed('no_new_value', `The results have no value of the new model for '${name}'; ${found}.`);
  }
  const threshold = thresholdOf(right, previous);
  if (threshold === undefined) {
    const found = foundWith(report.metrics, 'previousValue');
    const missing = `the results have no value of the previous model to compare with; ${found}`;
    return failed('no_previous_value', `${name} is ${shown(actual)}, but ${missing}.`);
  }
  if (isInPercent({ condition, actual, threshold }))
    return failed('in_percent', `${name} is ${shown(actual)}, which is in percent; ${right.text} is not.`);
  const passed = holds(actual, op, threshold);
  const told = rightSideTold(right, { previous, threshold });
  const why = `${name} is ${shown(actual)}, which is ${passed ? '' : 'not '}${op} ${told}.`;
  const outcome = passed ? 'holds' : 'does_not_hold';
  return { condition, outcome, passed, actual, previous, threshold, why };
}

/** 75 is no accuracy above 0.85: where the scales differ, such a condition would let every model pass. */
function isInPercent(of: { condition: Condition; actual: Big; threshold: Big }): boolean {
  const { op, right, metric } = of.condition;
  const isFloor = right.kind === 'number' && (op === '>=' || op === '>');
  const isShare = of.threshold.gt(0) && of.threshold.lt(1);
  return isFloor && isShare && of.actual.gt(1) && AT_MOST_ONE.test(metricKey(metric));
}

function holds(actual: Big, op: Operator, threshold: Big): boolean {
  const order = actual.cmp(threshold);
  switch (op) {
    case '>=':
      return order >= 0;
    case '>':
      return order > 0;
    case '<=':
      return order <= 0;
    case '<':
      return order < 0;
    case '==':
      return order === 0;
  }
}

/** Sums and products of decimals are exact; nothing is divided. */
function thresholdOf(right: RightSide, previous: Big | undefined): Big | undefined {
  if (right.kind === 'number') return right.value;
  if (right.kind === 'previous' || previous === undefined) return previous;
  switch (right.sign) {
    case '+':
      return previous.plus(right.operand);
    case '-':
      return previous.minus(right.operand);
    case '*':
      return previous.times(right.operand);
  }
}

function rightSideTold(
  right: RightSide,
  { previous, threshold }: { previous: Big | undefined; threshold: Big },
): string {
  if (right.kind === 'number') {
    return right.text.endsWith('%') ? `${right.text} (${shown(threshold)})` : shown(threshold);
  }
  if (right.kind === 'previous' || previous === undefined) return `previous (${shown(threshold)})`;
  const sum = `${shown(previous)} ${right.sign} ${shown(right.operand)}`;
  return `${right.text} (${sum} = ${shown(threshold)})`;
}

function noMetrics({ files, problems }: GateReport): string {
  const held =
    files.length === 0
      ? 'no file of theirs could be read'
      : `the ZIP holds ${listed(files, MAX_FILES_NAMED)}`;
  return [`The results have no metrics; ${held}.`, ...told(problems.map(({ text }) => text))].join(' ');
}

/**
 * Why the gate failed, by its first failed condition.
 * @throws TypeError when it did not fail
 */
export function gateFailedExplanation(verdict: GateVerdict): Explanation {
  const failed = verdict.conditions.filter(({ passed }) => !passed);
  const [first] = failed;
  if (first === undefined || first.outcome === 'holds') {
    throw new TypeError('A gate that passed has no failure to explain.');
  }
  const total = verdict.conditions.length;
  const count = total > 1 ? ` (${failed.length} of ${total} conditions failed)` : '';
  const problems = told(verdict.readingProblems).join(' ');
  const why = first.why.replace(/^The (?=results )/, 'the ');
  if (first.outcome === 'no_metrics' && problems !== '') {
    // They are the cause here, and told once.
    const found = why.endsWith(problems) ? why.slice(0, -problems.length).trimEnd() : why;
    return explain(GATE.metricsNotUsed, { count, why: found, problems });
  }
  return explain(MESSAGES[first.outcome], { count, why, problems: problems && ` ${problems}` });
}

/** The output `gate_report`: a JSON array; numbers with all their digits, `null` where one is not known. */
export function gateReportJson(verdict: GateVerdict): string {
  const literal = (value: Big | undefined) => value?.toFixed() ?? 'null';
  const objects = verdict.conditions.map(
    ({ condition, passed, actual, previous }) =>
      `{"condition":${JSON.stringify(condition.text)},"passed":${passed},"actual":${literal(actual)},"previous":${literal(previous)}}`,
  );
  return `[${objects.join(',')}]`;
}

function namesOf(metrics: readonly Metric[]): string[] {
  return metrics.map(({ name }) => name);
}

function foundWith(metrics: readonly Metric[], value: 'newValue' | 'previousValue'): string {
  const names = namesOf(metrics.filter(metric => metric[value] !== undefined));
  return names.length === 0 ? 'no metric has one' : `found for: ${listed(names, MAX_METRICS_NAMED)}`;
}

function told(problems: readonly string[]): string[] {
  const rest = problems.length - MAX_PROBLEMS_TOLD;
  return [...problems.slice(0, MAX_PROBLEMS_TOLD), ...(rest > 0 ? [`(And ${rest} more.)`] : [])];
}

function listed(names: readonly string[], atMost: number): string {
  const rest = names.length - atMost;
  return `${names.slice(0, atMost).map(shortened).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** A name on one line and no longer than a reader bears. */
function shortened(name: string): string {
  const characters = [...name.replace(/[\s\p{Cc}]+/gu, ' ')];
  return characters.length > MAX_NAME_LENGTH
    ? `${characters.slice(0, MAX_NAME_LENGTH).join('')}…`
    : characters.join('');
}

/** All digits, unless they are so many that nobody reads them. */
function shown(value: Big): string {
  const digits = value.toFixed();
  return digits.length > MAX_DIGITS_SHOWN ? `about ${value.toPrecision(DIGITS_KEPT)}` : digits;
}
