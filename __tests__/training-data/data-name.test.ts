// Under which name data is sent: the default, what may be given, and what each mistake is told as.
import { describe, expect, test } from '@jest/globals';
import { nameOfUpload } from '../../src/training-data/data-name.js';

describe('A name', () => {
  test.each<[what: string, data: [training: string, evaluation: string, fileName: string], name: string]>([
    ['is the file’s own', ['data/train.csv', '', ''], 'train.csv'],
    ['may be in any script', ['データ/学習 1.tsv', '', ''], '学習 1.tsv'],
    ['ends in any letter case', ['A.CSV', '', ''], 'A.CSV'],
    ['of a ZIP is the ZIP’s own', ['both.zip', '', ''], 'both.zip'],
    ['of two files is the training file’s, with .zip', ['data/train.csv', 'eval.csv', ''], 'train.zip'],
    ['of two files without extensions gets one all the same', ['train', 'eval', ''], 'train.zip'],
    ['of two files keeps the dots within', ['train.2026.csv', 'eval.csv', ''], 'train.2026.zip'],
    ['may be given', ['export.dat', '', 'week 1.csv'], 'week 1.csv'],
    ['may be given for two files', ['a.csv', 'b.csv', 'week.zip'], 'week.zip'],
    ['of a CSV may say TSV', ['a.csv', '', 'a.tsv'], 'a.tsv'],
    ['of an unknown kind may say ZIP', ['a.bin', '', 'a.zip'], 'a.zip'],
  ])('%s', (_what, [trainingData, evaluationData, fileName], name) => {
    expect(nameOfUpload({ trainingData, evaluationData, fileName })).toEqual({ name });
  });

  test.each<[what: string, data: [training: string, evaluation: string, fileName: string], input: string]>([
    ['with a path', ['a.csv', '', 'x/a.csv'], 'file_name'],
    ['with a backslash', ['a.csv', '', 'x\\a.csv'], 'file_name'],
    ['with a control character', ['a.csv', '', 'a\u0007.csv'], 'file_name'],
    ['that is only an extension', ['a.csv', '', '.csv'], 'file_name'],
    ['without an extension', ['a.csv', '', 'a'], 'file_name'],
    ['with another extension', ['a.parquet', '', ''], 'file_name'],
    ['of 256 bytes', ['a.csv', '', `${'a'.repeat(252)}.csv`], 'file_name'],
    ['that calls a ZIP a CSV', ['a.zip', '', 'a.csv'], 'file_name'],
    ['that calls a CSV a ZIP', ['a.csv', '', 'a.zip'], 'file_name'],
    ['that calls two files a CSV', ['a.csv', 'b.csv', 'a.csv'], 'file_name'],
    ['of a ZIP in a ZIP', ['a.zip', 'b.csv', ''], 'training_data'],
    ['of a ZIP as evaluation data', ['a.csv', 'b.ZIP', ''], 'evaluation_data'],
    ['in the ZIP that would be a path', ['a.csv', 'b/..\\c.csv', ''], 'evaluation_data'],
  ])('%s is refused', (_what, [trainingData, evaluationData, fileName], input) => {
    expect(nameOfUpload({ trainingData, evaluationData, fileName })).toMatchObject({ input });
  });
});
