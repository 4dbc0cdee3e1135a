// The grammar of the input `gate`, from its text to conditions; must not know results, inputs or GitHub.
import Big from 'big.js';

export type Operator = '>=' | '>' | '<=' | '<' | '==';

/** What the new model's value is compared with; `text` is as written, with even spaces. */
export type RightSide =
  | { readonly kind: 'number'; readonly text: string; readonly value: Big }
  | { readonly kind: 'previous'; readonly text: string }
  | {
      readonly kind: 'from_previous';
      readonly text: string;
      readonly sign: '+' | '-' | '*';
      readonly operand: Big;
    };

export interface Condition {
  /** The line, trimmed and without its comment. */
  readonly text: string;
  /** The metric's name as written. */
  readonly metric: string;
  readonly op: Operator;
  readonly right: RightSide;
}

export interface GateProblem {
  /** Counted from 1. */
  readonly line: number;
  /** The whole line, trimmed. */
  readonly text: string;
  /** Goes on from "Cannot start as 'gate' must be …". */
  readonly must: string;
}

/** Why a line cannot be used; goes on from "must be". */
type Refusal = string;

const MAX_CONDITIONS = 100;
const MAX_LINE_LENGTH = 500;
const OPERATORS: readonly Operator[] = ['>=', '>', '<=', '<', '=='];
/** Anything that looks like an operator; the first in a line ends the metric's name. */
const OPERATOR_LIKE = /!?[<>=≥≤≧≦≠]+/;
const NUMBER = String.raw`(?<digits>-?(?:\d+(?:\.\d*)?|\.\d+))\s*(?<percent>%?)`;
const PLAIN_NUMBER = new RegExp(`^${NUMBER}$`);
const FROM_PREVIOUS = new RegExp(String.raw`^previous\s*(?<sign>[-+*])\s*${NUMBER}$`, 'i');
/** All that any editor or YAML reader takes for the end of a line: nothing may hide behind a comment. */
const LINE_END = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/;
/** What people write for an operator, and the operator. */
const MEANT: Record<string, Operator> = {
  ...{ '=': '==', '===': '==', '=>': '>=', '=<': '<=' },
  ...{ '≥': '>=', '≧': '>=', '≤': '<=', '≦': '<=' },
};

/**
 * The conditions of a gate, one a line, and every line that is none. Blank lines and comments are neither.
 * A gate with problems may not be used: its conditions are those of the other lines.
 */
export function parseGate(text: string): {
  readonly conditions: readonly Condition[];
  readonly problems: readonly GateProblem[];
} {
  const conditions: Condition[] = [];
  const problems: GateProblem[] = [];
  for (const [index, untrimmed] of text.split(LINE_END).entries()) {
    const line = untrimmed.trim();
    if (line === '' || line.startsWith('#')) continue;
    const refuse = (must: string) => problems.push({ line: index + 1, text: line, must });
    if (conditions.length === MAX_CONDITIONS) {
      refuse(`at most ${MAX_CONDITIONS} conditions`);
      break;
    }
    const parsed = parseCondition(line);
    if (typeof parsed === 'string') refuse(`${parsed}${suggestion(line)}`);
    else conditions.push(parsed);
  }
  return { conditions, problems };
}

function parseCondition(line: string): Condition | Refusal {
  if (line.length > MAX_LINE_LENGTH) {
    return `conditions of at most ${MAX_LINE_LENGTH} characters a line`;
  }
  const found = OPERATOR_LIKE.exec(line);
  if (found === null) {
    return "one condition a line, '<metric> <operator> <number or previous>', with an operator of >= > <= < ==";
  }
  const metric = line.slice(0, found.index).trim();
  const op = OPERATORS.find(operator => operator === found[0]);
  const rest = line.slice(found.index + found[0].length).replace(/(^|\s)#.*$/s, '');
  if (op === undefined) return wrongOperator(found[0]);
  if (metric === '') return "a condition that begins with a metric's name, such as 'AUC >= 0.85'";
  if (OPERATOR_LIKE.test(rest) || OPERATOR_LIKE.test(metric.normalize('NFKC'))) {
    return "one condition a line, with one operator, and a metric's name without < > = or !=";
  }
  const text = line.slice(0, found.index + found[0].length + rest.length).trimEnd();
  const right = parseRight(rest.trim(), { metric, op });
  return typeof right === 'string' ? right : { text, metric, op, right };
}

function parseRight(text: string, left: { metric: string; op: Operator }): RightSide | Refusal {
  if (text.toLowerCase() === 'previous') return { kind: 'previous', text: 'previous' };
  const number = PLAIN_NUMBER.exec(text)?.groups;
  if (number !== undefined) {
    const { digits = '', percent = '' } = number;
    return { kind: 'number', text: `${digits}${percent}`, value: exactValue(digits, percent) };
  }
  const { sign, digits = '', percent = '' } = FROM_PREVIOUS.exec(text)?.groups ?? {};
  if (sign !== '+' && sign !== '-' && sign !== '*') {
    return `a condition with a plain decimal number such as 0.85 or 85%, 'previous', or 'previous' and one of + - * with a number such as 'previous - 0.02', after '${left.op}'`;
  }
  const operand = exactValue(digits, percent);
  if (percent !== '') return ambiguousPercent({ sign, operand }, left);
  if (sign === '*' && operand.lt(0)) {
    return "a condition without a factor below 0 after 'previous *'";
  }
  return { kind: 'from_previous', text: `previous ${sign} ${digits}`, sign, operand };
}

/** Exact: `85%` is 0.85. */
function exactValue(digits: string, percent: string): Big {
  const value = new Big(digits);
  return percent === '' ? value : value.times('0.01');
}

/** `previous - 2%` may mean 2 points less or 98% of it: both are shown with the numbers worked out. */
function ambiguousPercent(
  { sign, operand }: { sign: '+' | '-' | '*'; operand: Big },
  { metric, op }: { metric: string; op: Operator },
): string {
  const change = sign === '*' ? operand.minus(1) : sign === '-' ? operand.times(-1) : operand;
  const factor = change.plus(1);
  const points = `previous ${change.lt(0) ? '-' : '+'} ${change.abs().toFixed()}`;
  const ways = [`'${metric} ${op} ${points}' (points)`];
  if (!factor.lt(0)) ways.push(`'${metric} ${op} previous * ${factor.toFixed()}' (relative)`);
  return `a condition without % after 'previous', which could mean points or a part of the value: write ${ways.join(' or ')}`;
}

function wrongOperator(operator: string): string {
  const known = 'a condition with one of the operators >= > <= < ==';
  const meant = MEANT[operator];
  if (meant !== undefined) return `${known}: write '${meant}' in place of '${operator}'`;
  const isUnequal = ['!=', '!==', '≠', '<>'].includes(operator);
  return `${known}, not '${operator}'${isUnequal ? " (there is no 'not equal')" : ''}`;
}

/** The condition that was likely meant, where only the way of writing it is wrong. */
function suggestion(line: string): string {
  const parsed = RESPELLINGS.map(respell => respell(line))
    .filter(likely => likely !== line)
    .map(parseCondition)
    .find(condition => typeof condition !== 'string');
  return parsed === undefined || typeof parsed === 'string' ? '' : ` (did you mean '${parsed.text}'?)`;
}

const RESPELLINGS: readonly ((line: string) => string)[] = [
  // Wide characters and look-alikes.
  line =>
    line
      .normalize('NFKC')
      .replace(/[−–—]/g, '-')
      .replace(/[×✕]/g, '*')
      .replace(OPERATOR_LIKE, operator => MEANT[operator] ?? operator),
  // A decimal comma; before three digits it may as well separate thousands.
  line => line.replace(/(\d),(?!\d{3}\s*%?$)(\d+\s*%?)$/, '$1.$2'),
  // A plus sign before a number.
  line => line.replace(/([<>=*]\s*)\+\s*(?=[\d.])/, '$1'),
  // An exponent.
  line => line.replace(/-?\d+(\.\d+)?e[+-]?\d{1,2}$/i, number => new Big(number).toFixed()),
  // A comment without white space before it.
  line => line.replace(/([\d%])#/, '$1 #'),
];
