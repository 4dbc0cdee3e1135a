// The job summary of any model report: small, whole tables, whole charts, no markup from outside.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { marked } from 'marked';
import { sampleRecord } from '../../scripts/sample-record.js';
import { emptyRecord, type RunRecord } from '../../src/actions/retrain-status-check/run-record.js';
import { summaryMarkdown } from '../../src/actions/retrain-status-check/summary.js';
import { ExplainedError } from '../../src/errors.js';
import { cleaned } from '../../src/github/cleaned.js';
import { anyGate, anyModelReport, gateCondition, hostileText } from '../support/model-reports.js';

const anyRecord: fc.Arbitrary<RunRecord> = fc
  .record({
    modelReport: fc.option(anyModelReport, { nil: undefined }),
    gate: fc.option(anyGate, { nil: undefined }),
    result: fc.constantFrom('succeeded' as const, 'artifact_error' as const, 'cancelled' as const, undefined),
    status: hostileText,
    message: hostileText,
    warnings: fc.array(hostileText, { maxLength: 60 }),
    statuses: fc.array(hostileText, { maxLength: 80 }),
  })
  .map(({ statuses, ...known }) => ({
    ...emptyRecord(),
    ...known,
    error:
      known.result === 'succeeded'
        ? undefined
        : new ExplainedError('internal_error', {
            id: 'internal-error',
            what: known.message,
            nextStep: 'Look.',
          }),
    timeline: statuses.map((status, index) => ({ status, atWallMs: index * 1_000, waitedMs: index * 1_000 })),
  }));

/** The lines of the charts, and all other lines. */
function parted(summary: string): { charts: string[][]; lines: string[] } {
  const charts: string[][] = [];
  const rest = summary.replace(/^```mermaid\n([\s\S]*?)\n```$/gm, (_whole, chart: string) => {
    charts.push(chart.split('\n'));
    return '';
  });
  return { charts, lines: rest.split('\n') };
}

/** A cell ends at each pipe that no backslash escapes; no text of ours has either. */
const cellsOf = (line: string) => line.split('|').length;

function checkTables(lines: readonly string[]): void {
  let cells = 0;
  for (const line of lines) {
    if (!line.startsWith('|')) {
      cells = 0;
      expect(line).not.toContain('|');
      continue;
    }
    expect(line).toMatch(/^\| .* \|$/);
    cells ||= cellsOf(line);
    expect(cellsOf(line)).toBe(cells);
  }
}

function checkBarChart(chart: readonly string[]): void {
  const [init = '', head, names = '', range, bars = '', ...rest] = chart;
  expect(init).toMatch(/^%%\{init: \{[\w": {},#.]*\}\}%%$/);
  expect(head).toBe('xychart-beta horizontal');
  expect(names).toMatch(/^ {4}x-axis \["[\p{L}\p{N} _.…()−-]+"(, "[\p{L}\p{N} _.…()−-]+")*\]$/u);
  expect(range).toMatch(/^ {4}y-axis 0 --> \d+(\.\d+)?$/);
  expect(bars).toMatch(/^ {4}bar \[\d+(\.\d+)?(, \d+(\.\d+)?)*\]$/);
  expect(rest).toEqual([]);
  const quoted = names.match(/"[^"]*"/g) ?? [];
  expect(new Set(quoted).size).toBe(bars.split(',').length);
}

/** Tags of ours, by their whole text. */
const OUR_TAGS = /<\/?(?:details|summary|sub|code)>|<br>|<(?=https:\/\/github\.com\/[\w/.-]+>\))/g;

describe('The job summary of any report', () => {
  test('is below 900 KiB, of whole tables and charts, without markup from outside', () => {
    fc.assert(
      fc.property(anyRecord, record => {
        const summary = summaryMarkdown(record, 100_000);
        expect(Buffer.byteLength(summary)).toBeLessThan(900 * 1024);
        expect(summary).not.toMatch(/[\r\u2028\u202e\u200f\0\u001b]/);
        const { charts, lines } = parted(summary);
        expect(lines.join('\n')).not.toContain('```');
        expect(lines.join('\n').replace(OUR_TAGS, '')).not.toMatch(/<(?!$)/m);
        checkTables(lines);
        for (const chart of charts) if (chart[0] !== 'gantt') checkBarChart(chart);
      }),
      { seed: 20261124, numRuns: 150 },
    );
  });

  test('keeps the verdict even where it has to leave sections out', () => {
    const warnings = Array.from({ length: 20 }, () => '<'.repeat(5_000));
    const timeline = Array.from({ length: 60 }, () => ({
      status: '|'.repeat(5_000),
      atWallMs: 0,
      waitedMs: 0,
    }));
    const summary = summaryMarkdown({ ...sampleRecord(), warnings, timeline }, 1);
    expect(summary).toMatch(/^## ✅ The new model passed the gate: ready to switch\n/);
    expect(Buffer.byteLength(summary)).toBeLessThan(900 * 1024);
    expect(summary).not.toContain('left out: it would be too large');
  });
});

describe('The job summary of a sample', () => {
  const summary = summaryMarkdown(sampleRecord(), Date.UTC(2026, 9, 1, 10));

  test('has the verdict first, then facts, gate, metrics, matrix, contributions, timeline', () => {
    const headings = summary.split('\n').filter(line => line.startsWith('#'));
    expect(headings).toEqual([
      '## ✅ The new model passed the gate: ready to switch',
      '### ✅ The gate passed: both conditions hold',
      '### Metrics',
      '### Confusion matrix',
      '### Contributions',
      '### Status timeline',
    ]);
    expect(summary.indexOf('| Ready to switch |')).toBeLessThan(summary.indexOf('### ✅ The gate'));
  });

  test('is seven tables to GitHub: facts, gate, metrics, two matrices, contributions, timeline', () => {
    expect(marked.parse(summary, { async: false }).match(/<table>/g)).toHaveLength(7);
  });

  test.each([
    {
      result: 'succeeded' as const,
      passed: true,
      heading: '✅ The new model passed the gate: ready to switch',
    },
    {
      result: 'download_error' as const,
      passed: undefined,
      heading: '❌ The results could not be downloaded',
    },
    {
      result: 'artifact_error' as const,
      passed: true,
      heading: '❌ The results could not be stored as an artifact',
    },
    {
      result: 'artifact_error' as const,
      passed: false,
      heading: '❌ The gate stopped the new model: not ready to switch',
    },
    { result: 'cancelled' as const, passed: false, heading: '⏹️ Cancelled' },
    { result: 'succeeded' as const, passed: undefined, heading: '✅ Retraining finished: ready to switch' },
  ])('with $result and a gate that passed: $passed begins with "$heading"', ({ result, passed, heading }) => {
    const gate =
      passed === undefined
        ? undefined
        : {
            passed,
            conditions: [
              { condition: gateCondition('AUC > 0'), outcome: 'holds' as const, passed, why: 'So.' },
            ],
            readingProblems: [],
          };
    const shown = summaryMarkdown({ ...emptyRecord(), result, gate }, 0);
    expect(shown.split('\n')[0]).toBe(`## ${heading}`);
  });

  test('tells what of the results was not understood', () => {
    const problems = [{ file: 'a.csv', text: 'metrics.csv has no <b>column</b> of numbers.' }];
    const modelReport = { ...sampleRecord().modelReport, problems } as NonNullable<RunRecord['modelReport']>;
    const shown = summaryMarkdown({ ...sampleRecord(), modelReport }, 0);
    expect(shown).toContain('- ⚠️ metrics.csv has no &#60;b&#62;column&#60;/b&#62; of numbers.');
    const warned = summaryMarkdown(
      { ...sampleRecord(), modelReport, warnings: problems.map(({ text }) => text) },
      0,
    );
    expect(warned.match(/metrics\.csv has no/g)).toHaveLength(1);
  });
});

test('no text of a report or a gate goes uncleaned', () => {
  const { modelReport, gate } = sampleRecord();
  if (modelReport === undefined || gate === undefined) throw new Error('The sample has both.');
  const problems = [{ file: 'x', text: 'x' }];
  const shown = cleaned({ modelReport: { ...modelReport, problems, files: ['x'] }, gate }, () => '***');
  const texts: string[] = [];
  JSON.stringify(shown, (_key, value: unknown) => {
    if (typeof value === 'string') texts.push(value);
    return value;
  });
  expect(texts.filter(text => text !== '***' && !/^-?[\d.]+$/.test(text))).toEqual([]);
  expect(texts.filter(text => text === '***').length).toBeGreaterThan(30);
});
