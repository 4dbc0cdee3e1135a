// The gate's verdict in the job summary, as a pure function to Markdown; must not decide anything.
import type Big from 'big.js';
import { row } from './markdown.js';
import { isRounded } from './readable-number.js';
import { codeCell, moreNote, nameCell, numberCell, paragraphs, unbroken } from './summary-cells.js';

const MAX_CONDITIONS = 50;
const CONDITION_LENGTH = 120;
const WHY_LENGTH = 300;
/** More than elsewhere: a value that just misses its limit must not look like it. */
const DIGITS = 10;

/** What people are told about the gate. */
export interface GateVerdictShown {
  readonly passed: boolean;
  /** In the order of the input. */
  readonly conditions: readonly {
    /** As the workflow has it. */
    readonly condition: string;
    readonly passed: boolean;
    readonly actual?: Big | undefined;
    readonly previous?: Big | undefined;
    /** One sentence. */
    readonly why: string;
  }[];
}

/** The verdict in one sentence, without a full stop: `The gate passed: all 3 conditions hold`. */
export function gateVerdict({ passed, conditions }: GateVerdictShown): string {
  const failed = conditions.filter(condition => !condition.passed).length;
  const all = conditions.length;
  if (!passed) return `The gate stopped the new model: ${failedOf(failed, all)}`;
  if (all === 0) return 'The gate passed: it has no conditions';
  if (all === 1) return 'The gate passed: its condition holds';
  return `The gate passed: ${all === 2 ? 'both' : `all ${all}`} conditions hold`;
}

function failedOf(failed: number, all: number): string {
  if (failed === 0) return 'its conditions could not be checked';
  if (all === 1) return 'its condition does not hold';
  if (failed === all) return all === 2 ? 'neither condition holds' : `none of the ${all} conditions holds`;
  return `${failed} of ${all} conditions ${failed === 1 ? 'does' : 'do'} not hold`;
}

/** The verdict and a row for each condition, in the order of the input `gate`. */
export function gateSection(gate: GateVerdictShown): string {
  const { passed, conditions } = gate;
  const shown = conditions.slice(0, MAX_CONDITIONS);
  const table = [
    row(' ', 'Condition', 'Actual', 'Previous'),
    row(':---:', ':---', '---:', '---:'),
    ...shown.map(condition =>
      row(
        condition.passed ? '✅' : '❌',
        `${codeCell(condition.condition, CONDITION_LENGTH)}<br>${nameCell(condition.why, WHY_LENGTH)}`,
        exactCell(condition.actual),
        exactCell(condition.previous),
      ),
    ),
  ];
  return paragraphs(
    `### ${passed ? '✅' : '❌'} ${gateVerdict(gate)}`,
    shown.length > 0 ? table.join('\n') : '',
    moreNote(conditions.length - shown.length, 'conditions'),
  );
}

function exactCell(value: Big | undefined): string {
  const cell = numberCell(value, DIGITS);
  return value !== undefined && isRounded(value, DIGITS) ? unbroken(`≈ ${cell}`) : cell;
}
