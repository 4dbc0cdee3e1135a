// The model report from real files: which files of a ZIP count, and that nothing in them breaks the run.
import '../support/one-realm.js';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { builtInRetraining } from '../../simulator/retraining.js';
import type { ContentKind } from '../../src/results/content-kind.js';
import { metricsJson } from '../../src/results/metrics-json.js';
import type { ModelReport } from '../../src/results/model-report.js';
import { readModelReport } from '../../src/results/read-model-report.js';
import { archiveOf, flagged, type Item, patched } from '../support/archives.js';
import { shiftJis } from '../support/shift-jis.js';
import { inTempDirectory } from '../support/temp-directory.js';

const never = new AbortController().signal;
const TABLE = 'metric,value\nAccuracy,0.91\n';
const OTHER = 'metric,value\nAccuracy,0.5\n';

function reportOf(
  bytes: Buffer,
  { name = 'results.zip', kind = 'zip' as ContentKind, signal = never } = {},
): Promise<ModelReport> {
  return inTempDirectory(async directory => {
    const path = join(directory, 'kept-under-another-name');
    await writeFile(path, bytes);
    return readModelReport({ path, kind, name }, signal);
  });
}

const reportOfItems = async (...items: Item[]) => reportOf(await archiveOf(items));
const jsonOf = (report: ModelReport) => metricsJson(report.metrics);
const problemsOf = (report: ModelReport) => report.problems.map(({ text }) => text);
const ACCURACY = '{"Accuracy": {"new": 0.91}}';

async function resultsZip(): Promise<Buffer> {
  return (await builtInRetraining()).zipBytes;
}

/** An archive that announces so many entries (ZIP64, APPNOTE.TXT 4.3.14 to 4.3.16) and holds none. */
function announcing(entries: number): Buffer {
  const end64 = Buffer.alloc(56);
  end64.write('PK\x06\x06', 'latin1');
  end64.writeBigUInt64LE(44n, 4);
  for (const at of [24, 32]) end64.writeBigUInt64LE(BigInt(entries), at);
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07', 'latin1');
  locator.writeUInt32LE(1, 16);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  for (const at of [8, 10]) end.writeUInt16LE(0xffff, at);
  for (const at of [12, 16]) end.writeUInt32LE(0xffffffff, at);
  return Buffer.concat([end64, locator, end]);
}

describe('The simulator’s results', () => {
  test('are understood whole', async () => {
    const report = await reportOf(await resultsZip());
    expect(report.problems).toEqual([]);
    expect(report.files).toHaveLength(8);
    expect(report.metrics.map(({ name }) => name)).toEqual(['Accuracy', 'Precision', 'Recall', 'F-score']);
    for (const { newValue, previousValue } of report.metrics) {
      expect(newValue?.gt(previousValue ?? 1)).toBe(true);
    }
    const { contributions, confusion } = report;
    for (const all of [contributions.newModel, contributions.previousModel]) expect(all).toHaveLength(4);
    for (const matrix of [confusion.newModel, confusion.previousModel]) {
      expect(matrix?.columns).toEqual(['setosa', 'versicolor', 'virginica']);
      expect(matrix?.corner).toBe('actual\\predicted');
    }
  });
});

describe('A file in the ZIP', () => {
  test.each([
    ['in a folder', 'out/2024/metrics.csv'],
    ['in capitals', 'METRICS.CSV'],
    ['in a folder with a Japanese name', '結果/metrics.csv'],
  ])('counts %s', async (_, name) => {
    const report = await reportOfItems({ name: 'readme.txt', text: 'x' }, { name, text: TABLE });
    expect(jsonOf(report)).toBe(ACCURACY);
    expect(report.files).toEqual(['readme.txt', name]);
  });

  test('counts in a folder whose name is Shift_JIS', async () => {
    const archive = patched(
      await archiveOf([{ name: 'AABB/metrics.csv', text: TABLE }]),
      'AABB',
      shiftJis('結果'),
    );
    const report = await reportOf(archive);
    expect(report.files).toEqual(['結果/metrics.csv']);
    expect(jsonOf(report)).toBe(ACCURACY);
  });

  test.each([
    'my_metrics.csv',
    'metrics.csv.bak',
    'metrics_old.csv',
    '._metrics.csv',
    'metrics.csv/x.txt',
    'metrics',
  ])('named %s says nothing', async name => {
    const report = await reportOfItems({ name, text: TABLE });
    expect([report.metrics, report.problems, report.files]).toEqual([[], [], [name]]);
  });

  test('nearest to the root counts', async () => {
    const report = await reportOfItems(
      { name: 'old/metrics.csv', text: OTHER },
      { name: 'metrics.csv', text: TABLE },
      { name: 'old/older/metrics.csv', text: OTHER },
    );
    expect([jsonOf(report), report.problems]).toEqual([ACCURACY, []]);
  });

  test.each(['previous_model', '旧モデル', 'old'])('in a folder %s is not the new model’s', async folder => {
    const report = await reportOfItems(
      { name: `${folder}/metrics.csv`, text: OTHER },
      { name: 'out/new_model/metrics.csv', text: TABLE },
    );
    expect([jsonOf(report), report.problems]).toEqual([ACCURACY, []]);
    const alone = await reportOfItems({ name: `${folder}/metrics.csv`, text: OTHER });
    expect(alone.metrics).toEqual([]);
  });

  test('twice at one depth with the same bytes counts once', async () => {
    const report = await reportOfItems(
      { name: 'a/metrics.csv', text: TABLE },
      { name: 'b/metrics.csv', text: TABLE },
    );
    expect([jsonOf(report), report.problems]).toEqual([ACCURACY, []]);
  });

  test.each(['b/metrics.csv', 'a/metrics.csv', 'a/Metrics.CSV'])(
    'twice at one depth with other bytes, as a/metrics.csv and %s, is not understood',
    async name => {
      const report = await reportOfItems({ name: 'a/metrics.csv', text: TABLE }, { name, text: OTHER });
      expect(report.metrics).toEqual([]);
      expect(problemsOf(report)).toEqual([
        `'a/metrics.csv' could not be understood: which of these counts is not clear: 'a/metrics.csv', '${name}'.`,
      ]);
    },
  );

  test('of the documented name counts before one that only begins so', async () => {
    const text = (value: number) => `column,contribution\nage,${value}\n`;
    const report = await reportOfItems(
      { name: 'analysis_summary_2024.csv', text: text(1) },
      { name: 'deep/analysis_summary.csv', text: text(2) },
      { name: 'analysis_summary_x_previous_model.csv', text: text(3) },
    );
    const { newModel, previousModel } = report.contributions;
    expect([newModel, previousModel].map(all => all?.[0]?.value.toFixed())).toEqual(['2', '3']);
  });

  test('of 4 MiB is read, of more it is not', async () => {
    const padded = (size: number) => TABLE + '\n'.repeat(size - TABLE.length);
    expect(jsonOf(await reportOfItems({ name: 'metrics.csv', text: padded(4 * 1024 * 1024) }))).toBe(
      ACCURACY,
    );
    const report = await reportOfItems({ name: 'metrics.csv', text: padded(4 * 1024 * 1024 + 1) });
    expect([report.metrics, problemsOf(report)]).toEqual([
      [],
      ["'metrics.csv' could not be understood: it is larger than 4 MiB."],
    ]);
  });

  test('of thousands of the same name does not take its time', async () => {
    const items = Array.from({ length: 500 }, (_, n) => ({ name: `${n}/metrics.csv`, text: TABLE }));
    const report = await reportOfItems(...items);
    expect(report.files).toHaveLength(300);
    expect(problemsOf(report)).toEqual([expect.stringMatching(/is not clear: .* and 495 more\.$/)]);
  });
});

describe('A broken or hostile archive', () => {
  const good = () => archiveOf([{ name: 'metrics.csv', text: TABLE, compress: false }]);

  test.each<[string, (archive: Buffer) => Buffer, RegExp]>([
    ['no directory', archive => archive.subarray(0, 40), /^'results.zip' could not be read: .*\.$/],
    ['nothing', () => Buffer.alloc(0), /^'results.zip' could not be read/],
    [
      'changed bytes',
      archive => patched(archive, '0.91', '0.99'),
      /^'metrics.csv' could not be read: .*CRC-32/,
    ],
    [
      'a directory that ends early',
      archive => patched(archive, 'PK\x01\x02', 'PK\x01\x03'),
      /^'results.zip' could/,
    ],
  ])('with %s has no metrics and is no error', async (_, damage, text) => {
    const report = await reportOf(damage(await good()));
    expect(report.metrics).toEqual([]);
    expect(problemsOf(report)).toEqual([expect.stringMatching(text)]);
  });

  test('with a metrics file that would lead out says so', async () => {
    const archive = await archiveOf([{ name: 'xx/metrics.csv', text: TABLE }]);
    const report = await reportOf(patched(archive, 'xx/', '../'));
    expect(problemsOf(report)).toEqual([
      "'../metrics.csv' could not be read: it leads out of its folder by '..'.",
    ]);
  });

  test('with too many entries says so', async () => {
    const report = await reportOf(announcing(100_001));
    expect(problemsOf(report)).toEqual(["'results.zip' could not be read: it holds 100001 entries."]);
  });

  test('whose metrics file is encrypted says so', async () => {
    const archive = await archiveOf([{ name: 'metrics.csv', text: TABLE }]);
    const report = await reportOf(flagged(archive, 1));
    expect([report.metrics, problemsOf(report)]).toEqual([
      [],
      ["'metrics.csv' could not be read: it is encrypted."],
    ]);
  });

  test('wherever it is cut or changed, is no error', async () => {
    const archive = await resultsZip();
    await fc.assert(
      fc.asyncProperty(fc.nat(archive.length - 1), fc.nat(255), fc.boolean(), async (at, byte, isCut) => {
        const copy = Buffer.from(isCut ? archive.subarray(0, at) : archive);
        if (!isCut) copy[at] = byte;
        const report = await reportOf(copy);
        if (isCut) expect([report.metrics.length, report.problems.length]).toEqual([0, 1]);
      }),
      { numRuns: 100 },
    );
  });

  test('that is not there is no error', async () => {
    const report = await readModelReport(
      { path: '/nowhere/results.zip', kind: 'zip', name: 'a/b.zip' },
      never,
    );
    expect(problemsOf(report)).toEqual([expect.stringMatching(/^'b.zip' could not be read: ENOENT/)]);
  });
});

describe('A results file that is no ZIP', () => {
  test('is read where it is one of the tables', async () => {
    const report = await reportOf(Buffer.from(TABLE), { name: 'Metrics.csv', kind: 'other' });
    expect([jsonOf(report), report.files, report.problems]).toEqual([ACCURACY, ['Metrics.csv'], []]);
  });

  test('is not read where it is too large', async () => {
    const bytes = Buffer.from(TABLE.padEnd(4 * 1024 * 1024 + 1, '\n'));
    const report = await reportOf(bytes, { name: 'metrics.csv', kind: 'other' });
    expect(problemsOf(report)).toEqual([expect.stringContaining('larger than 4 MiB')]);
  });

  test.each<[string, ContentKind]>([
    ['model.bin', 'other'],
    ['metrics.csv', 'compressed'],
    ['metrics.csv', 'markup'],
  ])('named %s of kind %s says nothing', async (name, kind) => {
    const report = await reportOf(Buffer.from(TABLE), { name, kind });
    expect([report.metrics, report.problems, report.files]).toEqual([[], [], []]);
  });
});

test.each<[ContentKind, string]>([
  ['zip', 'results.zip'],
  ['other', 'metrics.csv'],
])('A cancelled run ends with the reason of its signal: %s', async (kind, name) => {
  const reason = new Error('cancelled by somebody');
  const signal = AbortSignal.abort(reason);
  await expect(reportOf(await resultsZip(), { kind, name, signal })).rejects.toBe(reason);
});

test('A cancel while the archive is being read ends the reading', async () => {
  const controller = new AbortController();
  const reason = new Error('cancelled in the middle');
  const items = Array.from({ length: 2_000 }, (_, n) => ({ name: `${n}`, text: '', compress: false }));
  const archive = await archiveOf(items);
  await inTempDirectory(async directory => {
    const path = join(directory, 'results.zip');
    await writeFile(path, archive);
    const reading = readModelReport({ path, kind: 'zip', name: 'results.zip' }, controller.signal);
    setTimeout(() => controller.abort(reason), 1);
    await expect(reading).rejects.toBe(reason);
  });
});
