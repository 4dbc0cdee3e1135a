// The data files that the inputs name, open and usable, or the inputs' error; must not read their content.
import { resolve } from 'node:path';
import { InputReader } from '../../github/input-reader.js';
import { DataFile } from '../../training-data/data-file.js';
import { refusalOf } from '../api-inputs.js';
import type { Inputs } from './inputs.js';

export interface DataFiles {
  readonly training: DataFile;
  readonly evaluation: DataFile | undefined;
}

/** Paths are relative to the workspace. @throws InvalidInputError that names every file that cannot be used */
export async function openData(
  { trainingData, evaluationData }: Inputs,
  env: NodeJS.ProcessEnv,
): Promise<DataFiles> {
  const reader = new InputReader();
  const open = async (input: string, path: string): Promise<DataFile | undefined> => {
    if (path === '') return undefined;
    const opened = await DataFile.open(resolve(env.GITHUB_WORKSPACE || process.cwd(), path));
    if (opened instanceof DataFile) return opened;
    reader.refuse(input, opened.must, path);
    return undefined;
  };
  const training = await open('training_data', trainingData);
  const evaluation = await open('evaluation_data', evaluationData);
  if (training !== undefined && reader.problems.length === 0) return { training, evaluation };
  await training?.close();
  await evaluation?.close();
  throw refusalOf(reader);
}

/** Lets go of the files; whoever opened them calls it on every way out. */
export async function closeAll({ training, evaluation }: DataFiles): Promise<void> {
  await training.close();
  await evaluation?.close();
}
