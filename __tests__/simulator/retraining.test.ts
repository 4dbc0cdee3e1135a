// Uploads that are really trained on: what the results of such a job say; knows nothing of how a model learns.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { TRAINING_FAILURES, TRAINING_LIMITS } from '../../simulator/assumptions.js';
import { csvZip } from '../../simulator/csv-zip.js';
import type { Scenario, Simulator } from '../../simulator/index.js';
import {
  csvOf,
  damagedIrisTraining,
  irisEvaluation,
  irisTable,
  irisTraining,
  irisZip,
  writeIrisSamples,
} from '../../simulator/sample-data.js';
import type { Table } from '../../simulator/table.js';
import { bytesOf, endOfJob, statusBody, switchModel, unzip, upload, withSimulator } from './client.js';

const QUICK = { jobSeconds: 0 };

/** The results files of a finished job, as rows of cells. */
async function resultsOf(simulator: Simulator, jobId: string): Promise<Record<string, string[][]>> {
  const { download_url: url, message } = await endOfJob(simulator, jobId);
  if (url === undefined) throw new Error(`The job has no results: ${message}`);
  const texts = await unzip(await bytesOf(await fetch(url)));
  return Object.fromEntries([...texts].map(([name, text]) => [name, parse(text)]));
}

type Metrics = Record<string, { fresh: number; previous: number }>;

function metricsOf(files: Record<string, string[][]>): Metrics {
  const [, ...rows] = files['metrics_comparison.csv'] ?? [];
  return Object.fromEntries(
    rows.map(([name, fresh, previous]) => [name, { fresh: Number(fresh), previous: Number(previous) }]),
  );
}

async function retrained(simulator: Simulator, fileName: string, bytes: Buffer): Promise<Metrics> {
  return metricsOf(await resultsOf(simulator, await upload(simulator, fileName, bytes)));
}

/** Rows by a rule, the same at every run. */
function table(header: string[], count: number, row: (index: number) => (string | number)[]): Table {
  return { header, rows: Array.from({ length: count }, (_, index) => row(index).map(String)) };
}

/** Looks random, is not: from 0 up to 1. */
function noise(index: number): number {
  return Math.abs(Math.sin(index * 127.1 + 1) * 43758.5453) % 1;
}

/** Node only decodes Shift_JIS: the way back is looked up. */
function shiftJis(text: string): Buffer {
  const decoder = new TextDecoder('shift_jis');
  const codes = new Map<string, Buffer>();
  for (let code = 0; code < 0x10000; code++) {
    const bytes = code < 0x80 ? Buffer.from([code]) : Buffer.from([code >> 8, code & 0xff]);
    const [character, ...more] = decoder.decode(bytes);
    if (character !== undefined && more.length === 0 && !codes.has(character)) codes.set(character, bytes);
  }
  return Buffer.concat([...text].map(character => codes.get(character) ?? Buffer.from('?')));
}

const PURCHASES = table(['年齢', '性別', '会員ランク', '購入'], 80, index => {
  const age = 20 + Math.floor(noise(index) * 40);
  const isBuyer = age > 40 !== noise(index + 500) > 0.9;
  return [age, index % 3 === 0 ? '男性' : '女性', `ランク${index % 4}`, isBuyer ? 'はい' : 'いいえ'];
});

const RENTS = table(['area', 'station', 'age', 'rent'], 120, index => {
  const area = 20 + noise(index) * 60;
  const isCentral = noise(index + 300) > 0.5;
  const years = Math.floor(noise(index + 900) * 30);
  const rent = 30 + area * 1.4 + (isCentral ? 40 : 0) - years + noise(index + 7) * 4;
  return [area.toFixed(1), isCentral ? 'central' : 'suburb', years, rent.toFixed(2)];
});

describe('a classification of several classes', () => {
  test('one CSV: the new model beats the one in service, on rows kept from training', async () => {
    await withSimulator(QUICK, async simulator => {
      const files = await resultsOf(simulator, await upload(simulator, 'iris.csv', csvOf(irisTable())));
      const metrics = metricsOf(files);
      expect(Object.keys(metrics)).toEqual(['Accuracy', 'Precision', 'Recall', 'F-score']);
      expect(metrics.Accuracy).toEqual({ fresh: 0.96, previous: 0.853333 });
      expect(files['evaluation_raw_data.csv']?.length).toBe(1 + 75);
      expect(files['confusion_matrix.csv']?.[0]?.slice(1)).toEqual(['setosa', 'versicolor', 'virginica']);
      expect(Object.keys(files)).toHaveLength(8);
    });
  });

  test('a ZIP: trained on train_src, evaluated on eval_src', async () => {
    await withSimulator(QUICK, async simulator => {
      const files = await resultsOf(
        simulator,
        await upload(simulator, 'iris.zip', await irisZip(irisTraining())),
      );
      const evaluated = files['evaluation_raw_data.csv']?.slice(1).map(row => row.slice(0, 5));
      expect(evaluated).toEqual(irisEvaluation().rows);
      expect(metricsOf(files).Accuracy?.fresh).toBeGreaterThan(0.9);
    });
  });

  test('damaged labels in the training data make a clearly worse model', async () => {
    await withSimulator(QUICK, async simulator => {
      const damaged = await retrained(simulator, 'iris.zip', await irisZip(damagedIrisTraining()));
      expect(damaged.Accuracy?.fresh).toBeLessThan(0.6);
      expect(damaged.Accuracy?.previous).toBe(0.853333);
      expect(damaged['F-score']?.fresh).toBeLessThan((damaged['F-score']?.previous ?? 0) - 0.2);
    });
  });

  test('the same data give the same bytes', async () => {
    const bytes: Buffer[] = [];
    for (let run = 0; run < 2; run++) {
      await withSimulator(QUICK, async simulator => {
        const body = await endOfJob(simulator, await upload(simulator, 'p.csv', csvOf(PURCHASES)));
        bytes.push(await bytesOf(await fetch(String(body.download_url))));
      });
    }
    expect(bytes[0]?.equals(bytes[1] ?? Buffer.alloc(0))).toBe(true);
  });

  test('rows that alternate between the classes leave none out of training', async () => {
    const alternating = table(['x', 'side'], 40, index => [
      index % 2 === 0 ? index : 100 + index,
      index % 2 === 0 ? 'left' : 'right',
    ]);
    await withSimulator(QUICK, async simulator => {
      const metrics = await retrained(simulator, 'sides.csv', csvOf(alternating));
      expect(metrics.Accuracy).toEqual({ fresh: 1, previous: 0.5 });
    });
  });

  test('numbers of few values are classes', async () => {
    const grades = table(['points', 'grade'], 60, index => [index, 1 + Math.floor(index / 12)]);
    await withSimulator(QUICK, async simulator => {
      const files = await resultsOf(simulator, await upload(simulator, 'grades.csv', csvOf(grades)));
      expect(files['confusion_matrix.csv']?.[0]?.slice(1)).toEqual(['1', '2', '3', '4', '5']);
    });
  });
});

describe('a classification of two classes', () => {
  const BOM = Buffer.from('\ufeff');
  const text = csvOf(PURCHASES).toString();

  test.each([
    ['UTF-8', 'kounyu.csv', Buffer.from(text)],
    ['UTF-8 with BOM', 'kounyu.csv', Buffer.concat([BOM, Buffer.from(text)])],
    ['Shift_JIS', '購入.csv', shiftJis(text)],
    ['tabs', 'kounyu.tsv', Buffer.from(text.replaceAll(',', '\t'))],
    ['tabs under another name', 'kounyu.txt', Buffer.from(text.replaceAll(',', '\t'))],
  ])('%s: Japanese columns and classes, and AUC', async (_, fileName, bytes) => {
    await withSimulator(QUICK, async simulator => {
      const files = await resultsOf(simulator, await upload(simulator, fileName, bytes));
      const metrics = metricsOf(files);
      expect(Object.keys(metrics)).toEqual(['Accuracy', 'Precision', 'Recall', 'F-score', 'AUC']);
      expect(files['confusion_matrix.csv']?.[0]?.slice(1)).toEqual(['いいえ', 'はい']);
      expect(files['analysis_summary.csv']?.slice(1).map(row => row[0])).toEqual([
        '年齢',
        '性別',
        '会員ランク',
      ]);
      expect(metrics.AUC?.previous).toBe(0.5);
      expect(metrics.AUC?.fresh).toBeGreaterThan(0.7);
      expect(metrics.Accuracy?.fresh).toBeGreaterThan(metrics.Accuracy?.previous ?? 1);
    });
  });

  test('precision and recall are those of the positive class, AUC follows from the written shares', async () => {
    await withSimulator(QUICK, async simulator => {
      const files = await resultsOf(simulator, await upload(simulator, 'p.csv', csvOf(PURCHASES)));
      const [, no = [], yes = []] = files['confusion_matrix.csv'] ?? [];
      const metrics = metricsOf(files);
      expect(metrics.Recall?.fresh).toBeCloseTo(Number(yes[2]) / (Number(yes[1]) + Number(yes[2])), 5);
      expect(metrics.Precision?.fresh).toBeCloseTo(Number(yes[2]) / (Number(no[2]) + Number(yes[2])), 5);
      const scored = files['evaluation_raw_data.csv']?.slice(1).map(([, , , actual, predicted, share]) => ({
        actual,
        score: predicted === 'はい' ? Number(share) : 1 - Number(share),
      }));
      const positives = scored?.filter(one => one.actual === 'はい') ?? [];
      const negatives = scored?.filter(one => one.actual === 'いいえ') ?? [];
      const wins = positives.flatMap(({ score }) =>
        negatives.map(other => (Math.abs(score - other.score) < 1e-6 ? 0.5 : Number(score > other.score))),
      );
      const expected = wins.reduce((total: number, win) => total + win, 0) / wins.length;
      expect(metrics.AUC?.fresh).toBeCloseTo(expected, 5);
    });
  });

  test('missing cells are tolerated, in numbers and in texts, and rows without a target left out', async () => {
    const holes = {
      ...PURCHASES,
      rows: PURCHASES.rows.map((row, index) => row.map((cell, column) => (index % 9 === column ? '' : cell))),
    };
    const targets = holes.rows.filter(row => row[3] !== '').length;
    await withSimulator(QUICK, async simulator => {
      const files = await resultsOf(simulator, await upload(simulator, 'p.csv', csvOf(holes)));
      const evaluated = (files['evaluation_raw_data.csv']?.length ?? 0) - 1;
      expect(Math.abs(evaluated - targets / 2)).toBeLessThanOrEqual(1);
      expect(metricsOf(files).Accuracy?.fresh).toBeGreaterThan(0.6);
    });
  });
});

describe('a regression', () => {
  test('has the metrics of numbers and no confusion matrix, and beats the mean', async () => {
    await withSimulator(QUICK, async simulator => {
      const files = await resultsOf(simulator, await upload(simulator, 'rents.csv', csvOf(RENTS)));
      const metrics = metricsOf(files);
      expect(Object.keys(metrics)).toEqual([
        'RMSE',
        'Mean absolute error',
        'Median absolute error',
        'Median error ratio',
        'Coefficient of determination',
      ]);
      expect(Object.keys(files)).not.toContain('confusion_matrix.csv');
      expect(metrics.RMSE?.fresh).toBeLessThan((metrics.RMSE?.previous ?? 0) / 2);
      expect(metrics['Coefficient of determination']?.fresh).toBeGreaterThan(0.7);
      expect(Math.abs(metrics['Coefficient of determination']?.previous ?? 1)).toBeLessThan(0.1);
      const raw = (files['evaluation_raw_data.csv'] ?? []).slice(1);
      const squares = raw.map(row => (Number(row[3]) - Number(row[4])) ** 2);
      const rmse = Math.sqrt(squares.reduce((total, square) => total + square, 0) / squares.length);
      expect(metrics.RMSE?.fresh).toBeCloseTo(rmse, 4);
      const outcomes = files['evaluation_results_comparison.csv']?.slice(1).map(row => Number(row[1]));
      expect(outcomes?.reduce((total, count) => total + count, 0)).toBe(raw.length);
    });
  });
});

describe('data that cannot be trained on', () => {
  const zip = (files: Record<string, (string | number)[][]>) => csvZip(new Map(Object.entries(files)));
  const iris = irisTraining();
  const irisRows = [[...iris.header], ...iris.rows.map(row => [...row])];

  test.each([
    ['nothing', Buffer.alloc(0), 'empty'],
    ['only a byte order mark and line ends', Buffer.from('\ufeff\r\n\r\n'), 'empty'],
    ['one column', Buffer.from('x\n1\n2\n3\n4\n'), 'fewColumns'],
    ['a header alone', Buffer.from('x,y\n'), 'fewRows'],
    ['too few rows with a target', Buffer.from('x,y\n1,a\n2,b\n3,a\n4,\n'), 'fewRows'],
    ['one class', Buffer.from('x,y\n1,a\n2,a\n3,a\n4,a\n'), 'oneClass'],
    ['classes of one row each', Buffer.from('x,y\n1,a\n2,b\n3,c\n4,d\n'), 'noEvaluation'],
    ['an open quote', Buffer.from('x,y\n1,"a\n2,b\n3,a\n4,b\n'), 'unreadable'],
    ['a picture', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\xff\xfe', 'latin1'), 'unreadable'],
    [
      'too many columns',
      csvOf(
        table(
          Array.from({ length: TRAINING_LIMITS.mostColumns + 1 }, () => 'x'),
          9,
          () => [],
        ),
      ),
      'manyColumns',
    ],
    ['a name in each row', csvOf(table(['x', 'y'], 300, i => [i, `n${i >> 1}`])), 'manyClasses'],
    ['a broken ZIP', Buffer.from('PK\x03\x04 and no more'), 'unreadable'],
  ] as const)('%s: the job fails with a message', async (_, bytes, reason) => {
    await withSimulator(QUICK, async simulator => {
      const jobId = await upload(simulator, 'a.csv', bytes);
      expect(await endOfJob(simulator, jobId)).toEqual({
        status: 'job_failed',
        message: TRAINING_FAILURES[reason],
        metadata: { retrain_job_id: jobId },
      });
      expect((await switchModel(simulator, jobId)).status).toBe(400);
    });
  });

  test.each([
    ['no training file', { 'eval_src/a.csv': irisRows }, 'wrongZip'],
    ['two training files', { 'train_src/a.csv': irisRows, 'train_src/b.csv': irisRows }, 'wrongZip'],
    [
      'evaluation data of other columns',
      { 'train_src/a.csv': irisRows, 'eval_src/a.csv': [['a', 'b']] },
      'otherColumns',
    ],
    [
      'evaluation data without rows',
      { 'train_src/a.csv': irisRows, 'eval_src/a.csv': [[...iris.header]] },
      'noEvaluation',
    ],
  ] as const)('a ZIP with %s: the job fails with a message', async (_, files, reason) => {
    await withSimulator(QUICK, async simulator => {
      const bytes = await zip(files as unknown as Record<string, string[][]>);
      const body = await endOfJob(simulator, await upload(simulator, 'a.zip', bytes));
      expect([body.status, body.message]).toEqual(['job_failed', TRAINING_FAILURES[reason]]);
    });
  });

  test('a CSV under the name of a ZIP: the job fails with a message', async () => {
    await withSimulator(QUICK, async simulator => {
      const body = await endOfJob(simulator, await upload(simulator, 'a.zip', csvOf(iris)));
      expect(body.message).toBe(TRAINING_FAILURES.unreadable);
    });
  });

  test('takes its time to fail, as any job, and good data under the same URL make it succeed', async () => {
    await withSimulator({ jobSeconds: 0.3 }, async simulator => {
      const jobId = await upload(simulator, 'a.csv', Buffer.from('x,y\n'));
      expect((await statusBody(simulator, jobId)).status).toBe('queued');
      expect((await endOfJob(simulator, jobId)).status).toBe('job_failed');
      const sent = simulator.requests.find(one => one.method === 'PUT');
      const url = simulator.storageUrl + String(sent?.path);
      await fetch(url, { method: 'PUT', body: new Uint8Array(csvOf(irisTable())) });
      const body = await endOfJob(simulator, jobId);
      expect([body.status, body.message]).toEqual(['job_finished', undefined]);
    });
  });
});

describe('the model in service', () => {
  test('is the switched one for later uploads of the same columns, and only once it is switched', async () => {
    await withSimulator(QUICK, async simulator => {
      const good = await irisZip(irisTraining());
      const damaged = await irisZip(damagedIrisTraining());
      const jobId = await upload(simulator, 'iris.zip', good);
      const fresh = metricsOf(await resultsOf(simulator, jobId)).Accuracy?.fresh;
      const before = await retrained(simulator, 'iris.zip', damaged);
      expect(before.Accuracy?.previous).toBe(0.853333);
      expect((await switchModel(simulator, jobId)).status).toBe(200);
      const after = await retrained(simulator, 'iris.zip', damaged);
      expect(after.Accuracy?.previous).toBe(fresh);
      const other = await retrained(simulator, 'p.csv', csvOf(PURCHASES));
      expect(other.AUC?.previous).toBe(0.5);
    });
  });

  test('is the ready-made one once that job is switched', async () => {
    await withSimulator(QUICK, async simulator => {
      await statusBody(simulator);
      await switchModel(simulator, simulator.jobId);
      const metrics = await retrained(simulator, 'iris.csv', csvOf(irisTable()));
      expect(metrics.Accuracy).toEqual({ fresh: 0.96, previous: 0.96 });
    });
  });
});

describe('which results a job gets', () => {
  test('each job its own, the ready-made one the built-in', async () => {
    await withSimulator(QUICK, async simulator => {
      const jobId = await upload(simulator, 'rents.csv', csvOf(RENTS));
      const rents = await resultsOf(simulator, jobId);
      const ready = await resultsOf(simulator, simulator.jobId);
      expect(rents['evaluation_raw_data.csv']?.[0]?.[0]).toBe('area');
      expect(ready['evaluation_raw_data.csv']?.[0]?.[0]).toBe('sepal_length');
    });
  });

  test('those of the scenario, when it gives any: nothing is trained', async () => {
    const scenario: Scenario = { results: { bytes: Buffer.from('given') } };
    await withSimulator({ ...QUICK, scenario }, async simulator => {
      const body = await endOfJob(simulator, await upload(simulator, 'a.csv', Buffer.from('x')));
      expect((await bytesOf(await fetch(String(body.download_url)))).toString()).toBe('given');
    });
  });

  test('the built-in ones, when the upload is too large to be trained on', async () => {
    await withSimulator(QUICK, async simulator => {
      const bytes = Buffer.alloc(33 * 1024 ** 2, 'x,y\n');
      const body = await endOfJob(simulator, await upload(simulator, 'large.csv', bytes));
      const served = await bytesOf(await fetch(String(body.download_url)));
      expect(served.equals(simulator.results.bytes)).toBe(true);
    });
  });
});

describe('the sample files', () => {
  test('are written where they are asked for; damaged labels are the same labels on other rows', () => {
    const folder = mkdtempSync(join(tmpdir(), 'iris-'));
    try {
      const paths = writeIrisSamples(join(folder, 'new/data'));
      const rows = (path: string) => parse(readFileSync(path)) as string[][];
      const [training, damaged, evaluation] = [paths.training, paths.damaged, paths.evaluation].map(rows);
      expect([training?.length, damaged?.length, evaluation?.length]).toEqual([76, 76, 76]);
      const features = (table: string[][] = []) => table.map(row => row.slice(0, -1));
      const labels = (table: string[][] = []) => table.map(row => row.at(-1));
      expect(features(damaged)).toEqual(features(training));
      expect(labels(damaged)).not.toEqual(labels(training));
      expect(labels(damaged).sort()).toEqual(labels(training).sort());
      expect(training).not.toEqual(evaluation);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
