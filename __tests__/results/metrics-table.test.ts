// Tables of metrics as programs really write them: which value is whose, and what leaves a doubt.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readTable } from '../../src/results/csv-table.js';
import { type MetricsFile, type MetricsOfTable, readMetrics } from '../../src/results/metrics-table.js';

/** Each metric as [new, previous], or why the table is not understood. */
function read(file: MetricsFile, text: string): Record<string, (string | undefined)[]> | string {
  const table = readTable(Buffer.from(text));
  const reading = 'why' in table ? table : readMetrics(table.value, file);
  if ('why' in reading) return reading.why;
  return Object.fromEntries(
    reading.value.metrics.map(({ name, newModel, previousModel }) => [
      name,
      [newModel.value?.toFixed(), previousModel.value?.toFixed()],
    ]),
  );
}

function tableOf(text: string): MetricsOfTable {
  const table = readTable(Buffer.from(text));
  const reading = 'why' in table ? table : readMetrics(table.value, 'comparison');
  if ('why' in reading) throw new Error(reading.why);
  return reading.value;
}

const BOTH = { Accuracy: ['0.91', '0.89'], AUC: ['0.95', '0.94'] };
const 両方 = { 正解率: ['0.91', '0.89'], AUC: ['0.95', '0.94'] };
const NEW = { Accuracy: ['0.91', undefined], AUC: ['0.95', undefined] };

describe('metrics_comparison.csv by row', () => {
  test.each([
    [
      'as the simulator writes it',
      'metric,new_model,previous_model\nAccuracy,0.91,0.89\nAUC,0.95,0.94',
      BOTH,
    ],
    ['in capitals', 'METRIC,NEW,PREVIOUS\nAccuracy,0.91,0.89\nAUC,0.95,0.94', BOTH],
    ['in camel case', 'MetricName,newModel,previousModel\nAccuracy,0.91,0.89\nAUC,0.95,0.94', BOTH],
    ['with current and old', 'Name,Current model,Old model\nAccuracy,0.91,0.89\nAUC,0.95,0.94', BOTH],
    ['with more words', 'Metric,New model (v2),Old model (v1)\nAccuracy,0.91,0.89\nAUC,0.95,0.94', BOTH],
    ['previous before new', 'metric,previous,new\nAccuracy,0.89,0.91\nAUC,0.94,0.95', BOTH],
    ['baseline before candidate', 'metric,baseline,candidate\nAccuracy,0.89,0.91\nAUC,0.94,0.95', BOTH],
    ['names last', 'previous,new,metric\n0.89,0.91,Accuracy\n0.94,0.95,AUC', BOTH],
    ['a difference last', 'metric,new,previous,diff\nAccuracy,0.91,0.89,0.02\nAUC,0.95,0.94,0.01', BOTH],
    ['a difference first', 'metric,change,old,new\nAccuracy,+2%,0.89,0.91\nAUC,+1%,0.94,0.95', BOTH],
    [
      'a difference that names both',
      'metric,new - previous,new,previous\nAccuracy,0.02,0.91,0.89\nAUC,0.01,0.95,0.94',
      BOTH,
    ],
    [
      'a difference from one',
      'metric,new,change from previous,previous\nAccuracy,0.91,0.02,0.89\nAUC,0.95,0.01,0.94',
      BOTH,
    ],
    [
      'a verdict in words',
      'metric,new,previous,verdict\nAccuracy,0.91,0.89,better\nAUC,0.95,0.94,better',
      BOTH,
    ],
    ['an unknown third column', 'metric,new,previous,q\nAccuracy,0.91,0.89,3\nAUC,0.95,0.94,4', BOTH],
    ['a unit', 'metric,unit,new,previous\nAccuracy,-,0.91,0.89\nAUC,-,0.95,0.94', BOTH],
    [
      'metrics in the headers too',
      'foo,Accuracy A,Accuracy B\nRecall,0.91,0.89',
      { Recall: ['0.91', '0.89'] },
    ],
    [
      'metrics and models in the headers',
      'foo,Accuracy of new (x),Accuracy of old (x)\nGini,0.91,0.89',
      { Gini: ['0.91', '0.89'] },
    ],
    ['numbered rows, as pandas does', ',metric,new,previous\n0,Accuracy,0.91,0.89\n1,AUC,0.95,0.94', BOTH],
    ['an end of commas', 'metric,new,previous,\nAccuracy,0.91,0.89,\nAUC,0.95,0.94,', BOTH],
    ['one known word of two', 'metric,new,X\nAccuracy,0.91,0.89\nAUC,0.95,0.94', BOTH],
    ['the other known word', 'metric,X,old\nAccuracy,0.91,0.89\nAUC,0.95,0.94', BOTH],
    ['the other first', 'metric,現行,新\nAccuracy,0.89,0.91\nAUC,0.94,0.95', BOTH],
    ['no known word: the order', 'metric,A,B\nAccuracy,0.91,0.89\nAUC,0.95,0.94', BOTH],
    ['no header: the order', 'Accuracy,0.91,0.89\nAUC,0.95,0.94', BOTH],
    ['a header without a corner', ',new,previous\nAccuracy,0.91,0.89\nAUC,0.95,0.94', BOTH],
    ['percent', 'metric,new,previous\nAccuracy,91%,89 %\nAUC,95.0%,94%', BOTH],
    ['tabs', 'metric\tnew\tprevious\nAccuracy\t0.91\t0.89\nAUC\t0.95\t0.94', BOTH],
    ['今回 and 前回', '評価指標,今回,前回\n正解率,0.91,0.89\nAUC,0.95,0.94', 両方],
    [
      '前回 and 今回, with a difference',
      '評価指標,前回のモデル,今回のモデル,前回との差\n正解率,0.89,0.91,0.02\nAUC,0.94,0.95,0.01',
      両方,
    ],
    ['新 and 旧', '項目,新モデル,旧モデル\n正解率,0.91,0.89\nAUC,0.95,0.94', 両方],
    ['更新前 and 更新後', '指標,更新前,更新後\n正解率,0.89,0.91\nAUC,0.94,0.95', 両方],
    [
      '再学習',
      '評価項目,新モデル（再学習後）,旧モデル（再学習前）,増減\n正解率,0.91,0.89,0.02\nAUC,0.95,0.94,0.01',
      両方,
    ],
    ['full-width forms', '評価指標,今回,前回\n正解率,０．９１,８９％\nAUC,９５％,０．９４', 両方],
    ['thousands', 'metric,new,previous\nRMSE,"1,234.5","1,300"', { RMSE: ['1234.5', '1300'] }],
    [
      'values that are none',
      'metric,new,previous\nAccuracy,0.91,-\nAUC,NaN,0.94',
      { Accuracy: ['0.91', undefined], AUC: [undefined, '0.94'] },
    ],
    ['only the new model and a change', 'metric,new,change\nAccuracy,0.91,0.02\nAUC,0.95,0.01', NEW],
    [
      'a short row',
      'metric,new,previous\nAccuracy,0.91\nAUC,0.95,0.94',
      { Accuracy: ['0.91', undefined], AUC: ['0.95', '0.94'] },
    ],
    [
      'a name on two lines',
      'metric,new,previous\r\n"Mean\r\nabsolute error",1.5,2\r\n',
      { 'Mean absolute error': ['1.5', '2'] },
    ],
    [
      'a metric of new things',
      'metric,new,previous\nRecall of new customers,0.91,0.89',
      { 'Recall of new customers': ['0.91', '0.89'] },
    ],
    [
      'the same metric twice, saying the same',
      'metric,new,previous\nAUC,0.95,0.94\nauc,95%,0.940',
      { AUC: ['0.95', '0.94'] },
    ],
  ])('may have %s', (_, text, expected) => {
    expect(read('comparison', text)).toEqual(expected);
  });
});

test.each([
  ['metric,last,this', '0.94,0.95'],
  ['metric,base,tuned', '0.94,0.95'],
  ['metric,pre,post', '0.94,0.95'],
  ['metric,control,treatment', '0.94,0.95'],
  ['指標,前,後', '0.94,0.95'],
  ['指標,昨年,今年', '0.94,0.95'],
  ['指標,現在,候補', '0.94,0.95'],
])('The header %s has the new model last', (header, values) => {
  expect(read('comparison', `${header}\nAUC,${values}`)).toEqual({ AUC: ['0.95', '0.94'] });
});

test.each([
  ['metric,A,B\nAUC,1,2', ['A', 'B']],
  ['metric,new,B\nAUC,1,2', undefined],
  ['AUC,1,2', undefined],
])('%j: which headers only their order told apart', (text, byOrder) => {
  expect(tableOf(text).byOrder).toEqual(byOrder);
});

describe('metrics_comparison.csv by column', () => {
  test.each([
    ['labels', 'model,Accuracy,AUC\nnew,0.91,0.95\nprevious,0.89,0.94', BOTH],
    ['labels the other way round', 'model,Accuracy,AUC\nprevious model,0.89,0.94\nnew model,0.91,0.95', BOTH],
    [
      'labels and a difference',
      'モデル,正解率,AUC\n旧モデル,0.89,0.94\n新モデル,0.91,0.95\n差,0.02,0.01',
      両方,
    ],
    [
      'unknown names, labels and a difference',
      'モデル,Gini\n旧モデル,0.89\n新モデル,0.91\n差,0.02',
      { Gini: ['0.91', '0.89'] },
    ],
    ['labels without a corner', ',Accuracy,AUC\nold,0.89,0.94\nnew,0.91,0.95', BOTH],
    ['unknown labels: the order', 'model,Accuracy,AUC\nA,0.91,0.95\nB,0.89,0.94', BOTH],
    ['one known label', 'model,Accuracy,AUC\nA,0.89,0.94\nretrained,0.91,0.95', BOTH],
    ['no labels: the order', 'Accuracy,AUC\n0.91,0.95\n0.89,0.94', BOTH],
    ['row numbers: the order', ',Accuracy,AUC\n0,0.91,0.95\n1,0.89,0.94', BOTH],
    [
      'names with the sign for a difference in them',
      'モデル,平均絶対誤差\n前回,2\n今回,1.5',
      { 平均絶対誤差: ['1.5', '2'] },
    ],
  ])('may have %s', (_, text, expected) => {
    expect(read('comparison', text)).toEqual(expected);
  });
});

describe('metrics_comparison.csv with one row a metric and model', () => {
  test.each([
    [
      'model, metric, value',
      'model,metric,value\nnew,Accuracy,0.91\nprevious,Accuracy,0.89\nnew,AUC,0.95\nprevious,AUC,0.94',
      BOTH,
    ],
    [
      'metric, model, value',
      'metric,model,value\nAccuracy,old,0.89\nAUC,old,0.94\nAccuracy,new,0.91\nAUC,new,0.95',
      BOTH,
    ],
    ['no header', 'Accuracy,old,0.89\nAUC,old,0.94\nAccuracy,new,0.91\nAUC,new,0.95', BOTH],
  ])('may have %s', (_, text, expected) => {
    expect(read('comparison', text)).toEqual(expected);
  });
});

describe('metrics.csv', () => {
  test.each([
    ['name and value', 'metric,value\nAccuracy,0.91\nAUC,0.95', NEW],
    ['unknown headers', 'foo,bar\nAccuracy,0.91\nAUC,0.95', NEW],
    ['no header', 'Accuracy,0.91\nAUC,0.95', NEW],
    ['one metric, no header', 'AUC,0.95', { AUC: ['0.95', undefined] }],
    ['指標 and 値', '評価指標,値\n正解率,0.91', { 正解率: ['0.91', undefined] }],
    ['names by column', 'Accuracy,AUC\n0.91,0.95', NEW],
    ['names by column and a label', 'model,Accuracy,AUC\nnew,0.91,0.95', NEW],
    ['names by column and an unknown label', 'model,Accuracy,AUC\nm-17,0.91,0.95', NEW],
    ['one metric by column', 'AUC\n0.95', { AUC: ['0.95', undefined] }],
    ['a value and more numbers', 'metric,value,q\nAccuracy,0.91,3\nAUC,0.95,4', NEW],
    ['a spread', 'metric,value,std\nAccuracy,0.91,0.01\nAUC,0.95,0.01', NEW],
    ['the previous model too', 'metric,value,previous\nAccuracy,0.91,0.89\nAUC,0.95,0.94', BOTH],
    ['words beside the value', 'metric,value,remark\nAccuracy,0.91,good\nAUC,0.95,good', NEW],
    ['the new model and other numbers', 'metric,new,weight\nAccuracy,0.91,3\nAUC,0.95,4', NEW],
    ['only the previous model', 'metric,previous\nAUC,0.94', { AUC: [undefined, '0.94'] }],
    [
      'a row of words',
      'metric,value\nKind,Classifier\nAUC,0.95',
      { Kind: [undefined, undefined], AUC: ['0.95', undefined] },
    ],
  ])('may have %s', (_, text, expected) => {
    expect(read('metrics', text)).toEqual(expected);
  });
});

describe('Not understood', () => {
  test.each<[string, MetricsFile, string, RegExp]>([
    [
      'two new models',
      'comparison',
      'metric,new,new\nAUC,1,2',
      /two columns claim to be the new model's: 'new' and 'new'/,
    ],
    ['two words for new', 'comparison', 'metric,current,new\nAUC,1,2', /'current' and 'new'/],
    ['current and next', 'comparison', 'metric,current,next\nAUC,1,2', /'current' and 'next'/],
    ['two previous models', 'comparison', '指標,前回,旧モデル\nAUC,1,2', /'前回' and '旧モデル'/],
    ['two labels for new', 'comparison', 'model,AUC\nnew,1\nlatest,2', /'new' and 'latest'/],
    [
      'one known word and two others',
      'comparison',
      'metric,new,A,B\nAUC,1,2,3',
      /beside 'new' .* found: 'A', 'B'/,
    ],
    ['three unknown columns', 'comparison', 'metric,A,B,C\nAUC,-,1,2', /found: 'A', 'B', 'C'/],
    ['three numbers and no header', 'comparison', 'AUC,1,2,3', /found: one without a header, one/],
    ['one unknown column', 'comparison', 'metric,value\nAUC,1', /found: 'value'/],
    [
      'a column of words that may be the new model’s',
      'comparison',
      'metric,A,B,C\nAUC,failed,1,2',
      /found: 'A', 'B', 'C'/,
    ],
    [
      'a column of words beside a known one',
      'comparison',
      'metric,new,A,B\nAUC,1,failed,2',
      /beside 'new' .*'A', 'B'/,
    ],
    ['a column of words and one of numbers', 'comparison', 'metric,A,B\nAUC,failed,1', /found: 'A', 'B'/],
    ['a column of both models', 'comparison', 'metric,new/old,X\nAUC,1,2', /'new\/old' names both models/],
    ['first and second', 'comparison', 'metric,first,second\nAUC,1,2', /do not say which model is new/],
    [
      'a year in each',
      'comparison',
      'metric,Model 2024,Model 2025\nAUC,1,2',
      /do not say which model is new/,
    ],
    ['運用中', 'comparison', '指標,運用中,検証\nAUC,1,2', /do not say which model is new/],
    ['versions', 'comparison', 'metric,v1,v2\nAUC,1,2', /'v1' and 'v2' do not say which model is new/],
    ['last and this', 'comparison', 'metric,last run,first run\nAUC,1,2', /do not say which model is new/],
    ['現行 and 更新', 'comparison', '指標,現行モデル,更新モデル\nAUC,1,2', /do not say which model is new/],
    [
      'versions by row',
      'comparison',
      'version,AUC\n1,0.9\n2,0.8',
      /'version' does not say which model is new/,
    ],
    [
      'a second header, whose columns may have changed places',
      'comparison',
      'metric,new,previous\nAUC,2,1\nmetric,previous,new\nRMSE,1,2',
      /'previous' stands where a value should/,
    ],
    [
      'numbers split by a comma into a nameless column',
      'metrics',
      'metric,value,\nRMSE,1,25',
      /one without a header/,
    ],
    [
      'years, whose order may be either',
      'comparison',
      'metric,2023,2024\nAUC,1,2',
      /'2023' and '2024' do not say/,
    ],
    ['dates', 'comparison', 'metric,2023-01-05,2024-01-05\nAUC,1,2', /do not say which model is new/],
    [
      'models by row and by column',
      'comparison',
      'x,new,old\nnew,1,2\nold,3,4',
      /both its rows and its columns/,
    ],
    [
      'a row a model, which one unsaid',
      'comparison',
      'model,metric,value\nA,AUC,1\nB,AUC,2',
      /'model' does not say/,
    ],
    [
      'a row a model and two values',
      'comparison',
      'model,metric,a,b\nnew,AUC,1,2\nold,AUC,1,2',
      /which one column holds the values/,
    ],
    ['models without metric names', 'comparison', 'new,previous\n0.9,0.8', /no column of metric names/],
    [
      'labels without metric names',
      'comparison',
      'new,0.9,1\nprevious,0.8,2',
      /'new' stands where a metric's name should/,
    ],
    ['numbers only', 'comparison', '0.9,0.8,1\n0.7,0.6,1', /stands where a metric's name should/],
    [
      'two columns of names',
      'comparison',
      'metric,name,new,old\nAUC,x,1,2',
      /two columns claim to hold the names/,
    ],
    [
      'values in percent by the header only',
      'comparison',
      'metric,new (%),previous (%)\nAUC,91,89',
      /speaks of percent/,
    ],
    [
      'a comma that splits a number',
      'comparison',
      'metric,new,previous\nRMSE,1,234.5,1300',
      /more cells than the first/,
    ],
    [
      'a title above the table',
      'comparison',
      'Results\nmetric,new,previous\nAUC,1,2',
      /more cells than the first/,
    ],
    ['two unknown columns', 'metrics', 'metric,train,valid\nAUC,1,2', /found: 'train', 'valid'/],
    ['a table by class', 'metrics', 'class,precision,recall\nA,0.9,0.8\nB,0.7,0.6', /found: 'A', 'B'/],
    ['a header alone', 'metrics', 'metric,value', /a header and no values/],
    ['no number', 'metrics', 'metric,value\nAUC,good', /no column of values/],
    ['decimal commas', 'metrics', 'metric,value\nAUC,"0,91"', /no column of values/],
    ['a number as a name', 'metrics', 'metric,value\nAUC,1\n3,1', /'3' stands where a metric's name should/],
    [
      'too many metrics',
      'metrics',
      Array.from({ length: 1001 }, (_, n) => `m${n},1`).join('\n'),
      /over 1000 metrics/,
    ],
    ['a table of data', 'metrics', 'a,1,2,3\n'.repeat(6000), /24000 cells, more than any list of metrics/],
  ])('is %s', (...[, file, text, why]) => {
    expect(read(file, text)).toEqual(expect.stringMatching(why));
  });
});

describe('One name', () => {
  test('with two values is dropped and named, however it is written', () => {
    const { metrics, contradictory } = tableOf('metric,new,old\nAUC,1,2\nＡＵＣ ,1,3\nF1,1,1');
    expect(contradictory).toEqual(['AUC']);
    expect(metrics.map(({ name }) => name)).toEqual(['F1']);
  });

  test('with two values in one row a metric and model is dropped too', () => {
    const text = 'model,metric,value\nnew,AUC,0.9\nold,AUC,0.8\nnew,AUC,0.7\nnew,F1,1\nold,F1,1';
    expect(tableOf(text).contradictory).toEqual(['AUC']);
  });
});

test('A cell that looks like a number and is none is named', () => {
  const { unreadable } = tableOf('metric,new,old\nAUC,"0,91",-\nF1,0.8,n/a');
  expect(unreadable).toEqual(["'AUC' is '0,91'"]);
});

describe('Any table', () => {
  const cell = fc.oneof(
    fc.constantFrom(
      'new',
      'previous',
      'metric',
      'model',
      'value',
      'diff',
      '今回',
      '前回',
      '差',
      'AUC',
      '',
      '-',
      '85%',
      '0',
    ),
    fc.double({ noNaN: true }).map(String),
    fc.string({ maxLength: 5 }),
  );
  const file = fc.constantFrom<MetricsFile>('metrics', 'comparison');

  test('is read without an error, and no number comes out that is not in it', () => {
    const tables = fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(tables, file, (table, name) => {
        const reading = readMetrics(table, name);
        if ('why' in reading) return;
        const cells = table.flat();
        for (const { newModel, previousModel } of reading.value.metrics) {
          for (const { text } of [newModel, previousModel])
            expect(text === '' || cells.includes(text)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('gives the same metrics whichever way round its columns and it itself are', () => {
    const metric = fc.record({ newText: fc.integer().map(String), oldText: fc.integer().map(String) });
    fc.assert(
      fc.property(fc.array(metric, { minLength: 1, maxLength: 6 }), metrics => {
        const rows = metrics.map(({ newText, oldText }, n) => [`m${n}`, newText, oldText]);
        const byRow = [['metric', 'new', 'previous'], ...rows];
        const swapped = byRow.map(([name = '', one = '', two = '']) => [two, name, one]);
        const turned = [0, 2, 1].map(column => byRow.map(row => row[column] ?? ''));
        const expected = Object.fromEntries(rows.map(([name, one, two]) => [name, [one, two]]));
        for (const table of [byRow, swapped, turned]) {
          expect(read('comparison', table.map(row => row.join(',')).join('\n'))).toEqual(expected);
        }
      }),
    );
  });
});
