// The only reader of the inputs of `switch/`: one typed, validated object; must not use any of them.
import { InputReader } from '../../github/input-reader.js';
import type { ReadInputs } from '../action.js';
import { type ApiInputs, readAll, readApiInputs, readJobId } from '../api-inputs.js';

export interface Inputs extends ApiInputs {
  readonly retrainJobId: string;
}

/** Reads and validates every input; what is wrong is gathered, so that one run names all mistakes. */
export function readInputs(): ReadInputs<Inputs> {
  const reader = new InputReader();
  const job = readJobId(reader);
  return readAll(reader, { retrainJobId: job.id, ...readApiInputs(reader) }, job.usable);
}
