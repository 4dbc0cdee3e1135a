// What a results file says about the models, as plain data; must not know files, the gate or GitHub.
import type Big from 'big.js';

/** One metric, its name as in the file; a value that is not there, or is no number, is undefined. */
export interface Metric {
  readonly name: string;
  /** Of the retrained model; an exact decimal, `85%` as 0.85. */
  readonly newValue: Big | undefined;
  /** Of the model that was in service before, on the same evaluation data. */
  readonly previousValue: Big | undefined;
}

/** How much one column of the training data matters to a model, as the file says it. */
export interface Contribution {
  readonly column: string;
  readonly value: Big;
}

/** Counts as the file lays them out; which axis is the actual class is not documented, so the corner's text is kept. */
export interface ConfusionMatrix {
  readonly corner: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly name: string; readonly counts: readonly Big[] }[];
}

/** One thing about both models. */
export interface OfBothModels<T> {
  readonly newModel: T | undefined;
  readonly previousModel: T | undefined;
}

/** A file that could not be understood, or that contradicts another. */
export interface ReadingProblem {
  /** Its path within the ZIP. */
  readonly file: string;
  /** A whole sentence that names the file. */
  readonly text: string;
}

/** All that was understood, and what was not. */
export interface ModelReport {
  /** In the order of the files; no two names are the same without regard to case, width and surrounding space. */
  readonly metrics: readonly Metric[];
  readonly contributions: OfBothModels<readonly Contribution[]>;
  readonly confusion: OfBothModels<ConfusionMatrix>;
  readonly problems: readonly ReadingProblem[];
  /** Paths of all files in the ZIP, at most a few hundred; for the message that no metrics were found. */
  readonly files: readonly string[];
}

/** By which metric names are compared: case, width, surrounding space and how much space is within do not count. */
export function metricKey(name: string): string {
  return name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase();
}
