// Takes the tables out of an uploaded file, plain or in a ZIP; knows no job and no meaning of a column.
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl';
import { readTable, type Table } from './table.js';
import { TrainingRefusal } from './training-refusal.js';

const LARGEST_ENTRY_BYTES = 64 * 1024 ** 2;
// The first four bytes of any ZIP with a file in it.
const ZIP_START = Buffer.from('PK\x03\x04');

export interface UploadedTables {
  training: Table;
  /** Only from a ZIP with `eval_src/<file>`. */
  evaluation?: Table;
}

/** Reads one CSV or TSV, or a ZIP with `train_src/<file>` and `eval_src/<file>`. Throws a `TrainingRefusal`. */
export async function readUpload(bytes: Buffer, fileName: string): Promise<UploadedTables> {
  const isZip = bytes.subarray(0, ZIP_START.length).equals(ZIP_START) || /\.zip$/i.test(fileName);
  if (!isZip) return { training: readTable(bytes, fileName) };
  const { training, evaluation } = await zippedFiles(bytes);
  return {
    training: readTable(training.bytes, training.name),
    evaluation: evaluation && readTable(evaluation.bytes, evaluation.name),
  };
}

interface ZippedFile {
  name: string;
  bytes: Buffer;
}

async function zippedFiles(bytes: Buffer): Promise<{ training: ZippedFile; evaluation?: ZippedFile }> {
  const files: ZippedFile[] = [];
  try {
    const archive = await fromBufferPromise(bytes, { lazyEntries: true });
    for await (const entry of archive.eachEntry()) {
      if (!entry.fileName.endsWith('/')) files.push(await unzipped(archive, entry));
    }
  } catch (error) {
    throw error instanceof TrainingRefusal ? error : new TrainingRefusal('unreadable', { cause: error });
  }
  const [training, ...moreTraining] = filesOf(files, 'train_src/');
  const [evaluation, ...moreEvaluation] = filesOf(files, 'eval_src/');
  if (training === undefined || moreTraining.length + moreEvaluation.length > 0) {
    throw new TrainingRefusal('wrongZip');
  }
  return { training, evaluation };
}

function filesOf(files: readonly ZippedFile[], folder: string): ZippedFile[] {
  return files.filter(({ name }) => name.startsWith(folder) && !name.slice(folder.length).includes('/'));
}

async function unzipped(archive: ZipFile, entry: Entry): Promise<ZippedFile> {
  if (entry.uncompressedSize > LARGEST_ENTRY_BYTES) throw new TrainingRefusal('unreadable');
  const chunks: Buffer[] = [];
  for await (const chunk of await archive.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  return { name: entry.fileName, bytes: Buffer.concat(chunks) };
}
