// Reads single inputs and gathers everything that is wrong with them; must not know which inputs there are.
import * as core from '@actions/core';

/** Registers the secrets among the inputs with the runner, before anything else is printed, and returns them. */
export function maskSecrets(names: readonly string[]): string[] {
  const secrets = names.map(name => core.getInput(name)).filter(secret => secret !== '');
  for (const secret of secrets) core.setSecret(secret);
  return secrets;
}

export interface NumberRule {
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
  /** Whether `min` itself is refused. */
  readonly aboveMin?: boolean;
  readonly whole?: boolean;
}

const TRUE = ['true', 'True', 'TRUE'];
const FALSE = ['false', 'False', 'FALSE'];
const PLAIN_DECIMAL = /^-?(\d+(\.\d*)?|\.\d+)$/;
const SHOWN_LENGTH = 100;

/** Each reader returns a usable value; {@link problems} tells whether it may be used. */
export class InputReader {
  /** One sentence an input that cannot be used: "Cannot X as 'y' must be …: current value is 'z'." */
  readonly problems: string[] = [];

  /** The input, trimmed; empty when it was not given. */
  text(name: string): string {
    return core.getInput(name);
  }

  /** The input as it was given, for line numbers that count from its first line. */
  untrimmed(name: string): string {
    return core.getInput(name, { trimWhitespace: false });
  }

  /** A YAML 1.2 core boolean (https://yaml.org/spec/1.2.2/#10212-boolean). */
  boolean(name: string, fallback: boolean): boolean {
    const text = this.text(name);
    if (text === '' || TRUE.includes(text)) return text === '' ? fallback : true;
    if (!FALSE.includes(text)) this.refuse(name, "'true' or 'false'", text);
    return false;
  }

  /** A plain decimal number within the rule's bounds. */
  number(name: string, rule: NumberRule): number {
    const text = this.text(name);
    if (text === '') return rule.fallback;
    const value = Number(text);
    const isNumber = PLAIN_DECIMAL.test(text) && (!rule.whole || /^-?\d+$/.test(text));
    const isWithin = value <= rule.max && (rule.aboveMin ? value > rule.min : value >= rule.min);
    if (isNumber && isWithin) return value;
    const kind = rule.whole ? 'a whole number' : 'a number';
    const bounds = rule.aboveMin
      ? `above ${rule.min} and at most ${rule.max}`
      : `from ${rule.min} to ${rule.max}`;
    this.refuse(name, `${kind} ${bounds}`, text);
    return rule.fallback;
  }

  choice<T extends string>(name: string, choices: readonly [T, ...T[]]): T {
    const text = this.text(name);
    if (text === '') return choices[0];
    const chosen = choices.find(choice => choice === text);
    if (chosen === undefined) this.refuse(name, choices.map(choice => `'${choice}'`).join(' or '), text);
    return chosen ?? choices[0];
  }

  /** A list separated by commas or line breaks. */
  list(name: string): string[] {
    return this.text(name)
      .split(/[,\r\n]/)
      .map(item => item.trim())
      .filter(Boolean);
  }

  refuse(name: string, must: string, current: string): void {
    const shown = current.length > SHOWN_LENGTH ? `${current.slice(0, SHOWN_LENGTH)}…` : current;
    this.problems.push(`Cannot start as '${name}' must be ${must}: current value is '${shown}'.`);
  }

  /** For secrets: what is wrong is said without the value. */
  refuseSecret(name: string, must: string): void {
    this.problems.push(`Cannot start as '${name}' must be ${must}: current value is not shown.`);
  }
}
