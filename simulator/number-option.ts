// Reads a number that a person gave as text; knows no option by its name.

/** A week. */
export const MOST_JOB_SECONDS = 604_800;

export interface NumberRule {
  name: string;
  text: string;
  highest: number;
  whole: boolean;
}

/** Reads a plain decimal. Throws an error whose message names the option, what it must be and its value. */
export function readNumber({ name, text, highest, whole }: NumberRule): number {
  const value = Number(text);
  const isPlain = whole ? /^\d+$/.test(text) : /^\d+(\.\d+)?$/.test(text);
  if (isPlain && value <= highest) return value;
  const kind = whole ? 'a whole number' : 'a number';
  throw new Error(`'${name}' must be ${kind} from 0 to ${highest}: current value is '${text}'`);
}
