// The gate end to end: what the results say, what the conditions ask, and whether the step lets the model pass.
import { describe, expect, test } from '@jest/globals';
import type { Scenario } from '../../simulator/index.js';
import { archiveOf, type Item, patched } from '../support/archives.js';
import { shiftJis } from '../support/shift-jis.js';
import { annotations, type RetrainRun, retrain } from './action-run.js';

const COMPARISON = 'metric,new,previous\nAUC,0.91,0.89\nRMSE,1.25,1.3\nAccuracy,85%,90%\n';
const FINISHED = { statusAnswers: [{ status: 'job_finished' }] } satisfies Scenario;

function metricsCsv(...lines: readonly string[]): Item {
  return { name: 'metrics.csv', text: ['metric,value', ...lines, ''].join('\n') };
}

interface Judged {
  readonly files?: readonly Item[];
  readonly bytes?: Buffer;
  readonly fileName?: string;
  readonly inputs?: Record<string, string>;
  readonly scenario?: Scenario;
}

/** One run with this gate on these files. */
async function judged(gate: string, options: Judged = {}): Promise<RetrainRun> {
  const { files = [{ name: 'metrics_comparison.csv', text: COMPARISON }], fileName = 'results.zip' } =
    options;
  const bytes = options.bytes ?? (await archiveOf(files));
  return retrain({
    scenario: { ...FINISHED, results: { bytes, fileName }, ...options.scenario },
    inputs: { gate, upload_artifact: 'false', ...options.inputs },
  });
}

function verdict(run: RetrainRun): unknown[] {
  return (JSON.parse(run.outputs.gate_report ?? '[]') as { passed: boolean }[]).map(({ passed }) => passed);
}

function expectPassed(run: RetrainRun): void {
  expect(run.outputs).toMatchObject({ result: 'succeeded', ready_to_switch: 'true' });
  expect(run.exitCode).toBe(0);
  expect(annotations(run, 'error')).toEqual([]);
}

function expectStopped(run: RetrainRun, ...texts: readonly string[]): void {
  expect(run.outputs).toMatchObject({ result: 'gate_failed', ready_to_switch: 'false' });
  expect(run.exitCode).toBe(1);
  expect(annotations(run, 'error')).toEqual([run.outputs.error_message]);
  for (const text of texts) expect(run.outputs.error_message).toContain(text);
}

describe('a gate that holds', () => {
  test.concurrent.each([
    ['a number', 'AUC >= 0.9'],
    ['exactly the number', 'AUC == 0.910'],
    ['a percentage, in the file too', 'Accuracy == 85%'],
    ['any letter case and width', 'ａｕｃ > 0.9'],
    ['the previous model', 'AUC > previous'],
    ['the previous model plus exactly the difference', 'AUC >= previous + 0.02'],
    ['the previous model, a little worse', 'Accuracy >= previous - 0.05'],
    ['a share of the previous model', 'RMSE <= previous * 0.97'],
    [
      'all of several lines, comments and blank lines aside',
      '# scores\n\nAUC >= 0.9\n  RMSE < 1.3 # errors\n',
    ],
  ])('%s: the step is ready to switch', async (_name, gate) => {
    const run = await judged(gate);
    expectPassed(run);
    expect(verdict(run).length).toBeGreaterThan(0);
    expect(verdict(run)).not.toContain(false);
    expect(run.summary).toMatch(/gate/i);
  });

  test.concurrent('tells exactly what was understood and what each condition found', async () => {
    const run = await judged('AUC >= previous\nRMSE <= 2');
    expect(JSON.parse(run.outputs.metrics ?? '')).toEqual({
      AUC: { new: 0.91, previous: 0.89 },
      RMSE: { new: 1.25, previous: 1.3 },
      Accuracy: { new: 0.85, previous: 0.9 },
    });
    expect(JSON.parse(run.outputs.gate_report ?? '')).toEqual([
      { condition: 'AUC >= previous', passed: true, actual: 0.91, previous: 0.89 },
      { condition: 'RMSE <= 2', passed: true, actual: 1.25, previous: 1.3 },
    ]);
  });

  test.concurrent('the metrics are an output without a gate too', async () => {
    const run = await judged('');
    expectPassed(run);
    expect(Object.keys(JSON.parse(run.outputs.metrics ?? ''))).toEqual(['AUC', 'RMSE', 'Accuracy']);
    expect(run.outputs).not.toHaveProperty('gate_report');
  });
});

describe('a gate that does not hold', () => {
  test.concurrent.each([
    ['a number', 'AUC >= 0.95', 'AUC is 0.91, which is not >= 0.95'],
    ['the same number', 'AUC > 0.91', 'AUC is 0.91, which is not > 0.91'],
    ['the previous model', 'Accuracy >= previous', 'Accuracy is 0.85'],
    ['the previous model less too little', 'Accuracy >= previous - 0.049', '0.851'],
    ['one line of two', 'AUC >= 0.9\nRMSE <= 1', 'RMSE is 1.25'],
    ['a metric that is not there', 'F-score >= 0.1', 'AUC, RMSE, Accuracy'],
  ])('%s: gate_failed, and one sentence says which condition and which value', async (_name, gate, text) => {
    const run = await judged(gate);
    expectStopped(run, text);
    expect(verdict(run)).toContain(false);
    expect(run.summary).toContain('The gate stopped');
  });

  test.concurrent.each<[string, Judged & { gate: string; told?: string }]>([
    [
      'no metrics file',
      { gate: 'AUC >= 0', files: [{ name: 'readme.txt', text: 'hi' }], told: 'readme.txt' },
    ],
    ['no previous value', { gate: 'AUC >= previous', files: [metricsCsv('AUC,0.9')], told: 'previous' }],
    [
      'a file that is no ZIP',
      { gate: 'AUC >= 0', bytes: Buffer.from('%PDF-1.7 results'), fileName: 'results.pdf' },
    ],
    ['a value that is no number', { gate: 'AUC >= 0', files: [metricsCsv('AUC,n/a')], told: 'metrics.csv' }],
    ['a metric named twice', { gate: 'AUC >= 0', files: [metricsCsv('AUC,0.9', 'auc,0.1')] }],
  ])('%s: fails closed', async (_name, { gate, told = '', ...options }) => {
    expectStopped(await judged(gate, options), told);
  });

  test.concurrent('is read from the ZIP whether or not it is unpacked', async () => {
    expectStopped(await judged('AUC >= 0.95', { inputs: { extract_results: 'false' } }), 'AUC is 0.91');
  });

  test.concurrent('a broken ZIP that is not unpacked stops the model too', async () => {
    const archive = await archiveOf([{ name: 'metrics.csv', text: 'metric,value\nAUC,0.9\n' }]);
    const bytes = patched(archive, Buffer.from('504b0102', 'hex'), Buffer.from('504b0177', 'hex'));
    expectStopped(await judged('AUC >= 0.5', { bytes, inputs: { extract_results: 'false' } }));
  });

  test.concurrent('the artifact is stored before the gate speaks', async () => {
    const run = await judged('AUC >= 0.95', { inputs: { upload_artifact: 'true' } });
    expectStopped(run);
    expect(run.simulator.artifacts).toHaveLength(1);
    expect(run.outputs).toMatchObject({
      artifact_id: '1',
      results_size: String(run.simulator.results.sizeBytes),
    });
  });

  test.concurrent('weighs more than an artifact that could not be stored, which is told beside it', async () => {
    const artifact = [{ on: 'CreateArtifact' as const, httpStatus: 403, body: { msg: 'quota' } }];
    const run = await judged('AUC >= 0.95', { scenario: { artifact }, inputs: { upload_artifact: 'true' } });
    expectStopped(run, 'AUC is 0.91');
    expect(annotations(run, 'warning').join()).toContain('artifact');
  });

  test.concurrent('an artifact that could not be stored ends a run whose gate holds', async () => {
    const artifact = [{ on: 'CreateArtifact' as const, httpStatus: 403, body: { msg: 'quota' } }];
    const run = await judged('AUC >= 0.9', { scenario: { artifact }, inputs: { upload_artifact: 'true' } });
    expect(run.outputs).toMatchObject({ result: 'artifact_error', ready_to_switch: 'false' });
    expect(verdict(run)).toEqual([true]);
  });
});

describe('the vendor’s files as they may come', () => {
  test.concurrent.each<[string, Item, string]>([
    [
      'Japanese headers in UTF-8 with a BOM',
      { name: '結果/metrics_comparison.csv', text: '\uFEFF評価指標,前回,今回\n正解率,80%,91%\n' },
      '正解率 >= previous + 0.11',
    ],
    [
      'Japanese headers in Shift_JIS',
      { name: 'metrics_comparison.csv', text: shiftJis('評価指標,今回,前回\r\n正解率,0.91,0.80\r\n') },
      '正解率 == 0.91',
    ],
    [
      'quoted fields with thousands separators',
      { name: 'metrics.csv', text: '"metric","value"\n"RMSE, total","1,234.5"\n' },
      'RMSE, total == 1234.5',
    ],
    [
      'metric names by column',
      { name: 'metrics_comparison.csv', text: 'model,AUC,Accuracy\nnew,0.91,0.9\nprevious,0.8,0.7\n' },
      'AUC > previous',
    ],
  ])('%s are understood', async (_name, item, gate) => {
    expectPassed(await judged(gate, { files: [item], inputs: { extract_results: 'false' } }));
  });

  test.concurrent('what cannot be understood is a warning that names the file, where no gate needs it', async () => {
    const run = await judged('', { files: [{ name: 'out/metrics.csv', text: 'just words\n' }] });
    expectPassed(run);
    expect(annotations(run, 'warning').join()).toContain('out/metrics.csv');
    expect(run.outputs).not.toHaveProperty('metrics');
  });

  test.concurrent('their names can neither forge an output, issue a command nor break the summary', async () => {
    const name = '::set-output name=ready_to_switch::true | <img src=x> `](http://evil.example)';
    const text = `metric,value\n"${name}\n::error::x",0.9\nAUC,0.1\n`;
    const run = await judged('AUC >= 0.9', { files: [{ name: 'metrics.csv', text }] });
    expectStopped(run, 'AUC is 0.1');
    expect(
      run.commands.filter(
        ({ name: command }) => !/^(add-mask|error|warning|debug|group|endgroup)$/.test(command),
      ),
    ).toEqual([]);
    expect(annotations(run, 'error')).toHaveLength(1);
    expect(run.summary).not.toMatch(/<img|\]\(http/);
  });
});

describe('a gate beside other inputs', () => {
  test.concurrent('is refused with download_results: false', async () => {
    const run = await judged('AUC >= 0.9', { inputs: { download_results: 'false' } });
    expect(run.outputs).toMatchObject({ result: 'invalid_input' });
    expect(run.simulator.requests).toEqual([]);
  });

  test.concurrent('does not speak while the job is running', async () => {
    const run = await judged('AUC >= 0.9', {
      scenario: { statusAnswers: [{ status: 'training' }] },
      inputs: { wait: 'false' },
    });
    expect(run.outputs).toMatchObject({ result: 'pending', ready_to_switch: 'false' });
    expect(run.outputs).not.toHaveProperty('gate_report');
  });

  test.concurrent('of comments alone judges nothing, and a warning says so', async () => {
    const run = await judged('# AUC >= 0.99\n');
    expectPassed(run);
    expect(annotations(run, 'warning').join()).toContain('no condition judges');
  });

  test.concurrent('counts lines as they were written', async () => {
    const run = await judged('\n# scores\nAUC => 0.9\n');
    expect(run.outputs.result).toBe('invalid_input');
    expect(run.outputs.error_message).toContain('line 3');
  });
});
