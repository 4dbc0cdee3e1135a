// What an action is made of, for the one function that runs them all; must not hold any logic.
import type { InvalidInputError } from '../errors.js';
import type { BaseRecord, Telling } from '../github/report.js';
import type { CANCELLED } from '../messages/waiting.js';
import type { Parts } from './parts.js';

export interface BaseInputs {
  readonly jobSummary: boolean;
}

/** What could be read: all, or the error with the little that is usable all the same. */
export type ReadInputs<I> =
  | { readonly inputs: I; readonly error?: undefined }
  | {
      readonly error: InvalidInputError;
      readonly retrainJobId: string | undefined;
      readonly jobSummary: boolean;
    };

export type AfterCancel = (typeof CANCELLED)[keyof typeof CANCELLED];

export interface Action<I extends BaseInputs, R extends BaseRecord> extends Telling<R> {
  /** Reads and validates every input; what is wrong is gathered, so that one run names all mistakes. */
  readonly readInputs: () => ReadInputs<I>;
  readonly emptyRecord: () => R;
  /** The story: fills the record as it goes, throws what ends it badly. */
  readonly play: (inputs: I, parts: Parts<R>) => Promise<void>;
  /** What a cancel leaves behind and what to do about it. */
  readonly afterCancel: (record: R) => AfterCancel;
}
