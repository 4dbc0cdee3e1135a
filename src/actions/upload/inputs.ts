// The only reader of the inputs of `upload/`: one typed, validated object; must not touch the files that they name.
import { InputReader } from '../../github/input-reader.js';
import { nameOfUpload } from '../../training-data/data-name.js';
import type { ReadInputs } from '../action.js';
import { type ApiInputs, readAll, readApiInputs } from '../api-inputs.js';

export interface Inputs extends ApiInputs {
  /** As given: relative to the workspace. */
  readonly trainingData: string;
  /** Empty where there is none. */
  readonly evaluationData: string;
  /** What the data is announced as. */
  readonly fileName: string;
}

/**
 * Reads and validates every input, the files themselves left aside; what is wrong is gathered, so that one run names
 * all mistakes.
 */
export function readInputs(): ReadInputs<Inputs> {
  const reader = new InputReader();
  const trainingData = reader.text('training_data');
  const evaluationData = reader.text('evaluation_data');
  if (trainingData === '')
    reader.refuse('training_data', 'the path of the data file, relative to the workspace', trainingData);
  const inputs: Inputs = {
    trainingData,
    evaluationData,
    fileName: trainingData === '' ? '' : readFileName(reader, { trainingData, evaluationData }),
    ...readApiInputs(reader),
  };
  return readAll(reader, inputs, undefined);
}

function readFileName(reader: InputReader, data: { trainingData: string; evaluationData: string }): string {
  const named = nameOfUpload({ ...data, fileName: reader.text('file_name') });
  if ('name' in named) return named.name;
  reader.refuse(named.input, named.must, named.value);
  return '';
}
