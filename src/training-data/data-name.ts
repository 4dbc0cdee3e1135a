// Under which names data is sent, as pure rules; must not touch the disk.
import { basename, extname } from 'node:path';

/** What the vendor takes: one CSV or TSV, or a ZIP of two (Retrain Data Upload API). */
const EXTENSIONS = ['.csv', '.tsv', '.zip'];
const ZIP = '.zip';
/** The longest name of most file systems. */
const MAX_NAME_BYTES = 255;

export interface NamedData {
  readonly trainingData: string;
  /** Empty without. */
  readonly evaluationData: string;
  /** Empty for the default. */
  readonly fileName: string;
}

/** What is wrong with one input: what it must be, and its value. */
export interface NameProblem {
  readonly input: 'training_data' | 'evaluation_data' | 'file_name';
  readonly must: string;
  readonly value: string;
}

/** The `filename` to announce, or what is wrong. */
export function nameOfUpload(data: NamedData): { name: string } | NameProblem {
  const { trainingData, evaluationData, fileName } = data;
  const problem = evaluationData === '' ? undefined : pairProblem(data);
  if (problem) return problem;
  const own = basename(trainingData);
  const isZip = evaluationData !== '' || extensionOf(own) === ZIP;
  const name =
    fileName || (evaluationData === '' ? own : `${own.slice(0, -extname(own).length || undefined)}${ZIP}`);
  const isOther = !isZip && extensionOf(name) === ZIP && ['.csv', '.tsv'].includes(extensionOf(own));
  const allowed = isZip ? [ZIP] : EXTENSIONS;
  if (isPlainName(name) && allowed.includes(extensionOf(name)) && !isOther) return { name };
  const ending = isZip ? `'.zip'` : isOther ? `'.csv' or '.tsv'` : `'.csv', '.tsv' or '.zip'`;
  const given = fileName === '' ? ", or given when the data file's own name is none" : '';
  const must = `a plain name that ends in ${ending}, without path or control characters${given}`;
  return { input: 'file_name', must, value: name };
}

/** Both files get their own names inside the ZIP. */
function pairProblem({ trainingData, evaluationData }: NamedData): NameProblem | undefined {
  for (const [input, path] of [
    ['training_data', trainingData],
    ['evaluation_data', evaluationData],
  ] as const) {
    if (path === '') continue;
    if (extensionOf(path) === ZIP) {
      const must = "a CSV or TSV file when 'evaluation_data' is given: the action makes the ZIP of the two";
      return { input, must, value: path };
    }
    if (!isPlainName(basename(path))) {
      const must =
        'a file whose name has no backslash or control characters, since it is its name in the ZIP';
      return { input, must, value: path };
    }
  }
  return undefined;
}

function extensionOf(name: string): string {
  return extname(name).toLowerCase();
}

function isPlainName(name: string): boolean {
  const isShort = Buffer.byteLength(name) <= MAX_NAME_BYTES;
  return isShort && name.isWellFormed() && !/[/\\\p{Cc}]/u.test(name) && !['', '.', '..'].includes(name);
}
