// The job summary, the outputs, times and sizes.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { outputsOf } from '../../src/actions/retrain-status-check/outputs.js';
import { emptyRecord, type RunRecord } from '../../src/actions/retrain-status-check/run-record.js';
import { summaryMarkdown } from '../../src/actions/retrain-status-check/summary.js';
import { type FailureCode, VendorError } from '../../src/errors.js';
import { duration, size } from '../../src/github/units.js';
import { TITLES } from '../../src/messages/titles.js';

const NOON = Date.UTC(2026, 9, 1, 12);

function record(known: Partial<RunRecord> = {}): RunRecord {
  return { ...emptyRecord(), retrainJobId: 'job-1', ...known };
}

const SUCCEEDED = record({
  result: 'succeeded',
  status: 'job_finished',
  modelId: '9007199254740993',
  message: 'all fine',
  resultsDirectory: '/tmp/results',
  results: { file: '/tmp/results/r.zip', sizeBytes: 4_096, sha256: 'ab'.repeat(32), fromCache: false },
  artifact: {
    id: '77',
    name: 'retrain-results-job-1.zip',
    url: 'https://github.com/o/r/actions/runs/1/artifacts/77',
    digest: 'cd'.repeat(32),
  },
  elapsedMs: 754_321,
  statusChecks: 42,
  timeline: [
    { status: 'job_running', atWallMs: NOON, waitedMs: 0 },
    { status: 'job_finished', atWallMs: NOON + 754_000, waitedMs: 754_000 },
  ],
});
const FAILED = record({
  result: 'auth_error',
  error: new VendorError(
    'auth_error',
    {
      id: 'api-key-refused',
      what: 'The API answered with an error.',
      likelyCause: 'The key expired.',
      nextStep: 'Issue a new key.',
    },
    { apiCode: '4001000204' },
  ),
  elapsedMs: 0,
  statusChecks: 1,
});

describe('The outputs', () => {
  test('of a success are all there', () => {
    expect(outputsOf(SUCCEEDED)).toEqual({
      result: 'succeeded',
      ready_to_switch: 'true',
      retrain_job_id: 'job-1',
      status: 'job_finished',
      model_id: '9007199254740993',
      message: 'all fine',
      results_file: '/tmp/results/r.zip',
      results_directory: '/tmp/results',
      results_size: '4096',
      results_sha256: 'ab'.repeat(32),
      artifact_id: '77',
      artifact_name: 'retrain-results-job-1.zip',
      artifact_url: 'https://github.com/o/r/actions/runs/1/artifacts/77',
      artifact_digest: 'cd'.repeat(32),
      elapsed_seconds: '754.3',
      status_checks: '42',
    });
  });

  test('of a failure say why, and what is known', () => {
    expect(outputsOf(FAILED)).toEqual({
      result: 'auth_error',
      ready_to_switch: 'false',
      retrain_job_id: 'job-1',
      error_code: '4001000204',
      error_message:
        'The API answered with an error. Likely cause: The key expired. What to do: Issue a new key.',
      elapsed_seconds: '0',
      status_checks: '1',
    });
  });

  test('always hold result and ready_to_switch', () => {
    expect(outputsOf(emptyRecord())).toEqual({ result: 'internal_error', ready_to_switch: 'false' });
  });

  test('say ready_to_switch for a success alone', () => {
    const others = [...Object.keys(TITLES), 'pending'] as FailureCode[];
    for (const result of others)
      expect(outputsOf(record({ ...SUCCEEDED, result })).ready_to_switch).toBe('false');
  });
});

describe('The job summary', () => {
  test('of a success says what matters, line by line', () => {
    const summary = summaryMarkdown(SUCCEEDED, NOON + 754_321);
    for (const line of [
      '## ✅ Retraining finished: ready to switch',
      '| Ready to switch | Result | Model id | Status | Time waited |',
      '| **yes** | `succeeded` | `9007199254740993` | `job_finished` | 12 min 34 s, 42 status checks |',
      '**Message:** all fine<br>',
      '**Artifact:** [retrain-results-job-1.zip](<https://github.com/o/r/actions/runs/1/artifacts/77>)<br>',
      '**Retrain job id:** `job-1`',
      '- **Results file:** `/tmp/results/r.zip`',
      '- **Size:** 4.1 kB (4096 bytes)',
      `- **SHA-256:** \`${'ab'.repeat(32)}\``,
      '| `job_running` | 12:00:00 | 0 s | 12 min 34 s |',
      '```mermaid',
    ]) {
      expect(summary.split('\n')).toContain(line);
    }
    expect(summary).not.toContain('What happened');
  });

  test('of a failure says what happened, the likely cause and what to do', () => {
    const lines = summaryMarkdown(FAILED, NOON).split('\n');
    for (const line of [
      `## ❌ ${TITLES.auth_error}`,
      '> [!CAUTION]',
      '> **What happened:** The API answered with an error.',
      '> **Likely cause:** The key expired.',
      '> **What to do:** Issue a new key.',
      '| Ready to switch | Result | Time waited | Error code |',
      '| **no** | `auth_error` | 0 s, 1 status check | `4001000204` |',
    ]) {
      expect(lines).toContain(line);
    }
  });

  test('has a heading of its own for every result', () => {
    const results = [...Object.keys(TITLES), 'pending', 'succeeded'] as NonNullable<RunRecord['result']>[];
    const headings = results.map(result => summaryMarkdown(record({ result }), NOON).split('\n')[0]);
    expect(new Set(headings).size).toBe(results.length);
    expect(summaryMarkdown(emptyRecord(), NOON)).toContain(TITLES.internal_error);
  });

  test('of one and the same record is the same', () => {
    expect(summaryMarkdown(SUCCEEDED, NOON)).toBe(summaryMarkdown(SUCCEEDED, NOON));
  });

  test('stays below 900 KiB however much happened, and says what it leaves out', () => {
    const huge = '<|`結'.repeat(100_000);
    const summary = summaryMarkdown(
      {
        ...SUCCEEDED,
        ...FAILED,
        status: huge,
        message: huge,
        modelId: huge,
        retrainJobId: huge,
        results: { file: huge, sizeBytes: 1, sha256: huge, fromCache: true },
        error: new VendorError(
          'api_error',
          { id: 'api-key-refused', what: huge, likelyCause: huge, nextStep: huge },
          { apiCode: huge },
        ),
        warnings: Array.from({ length: 100 }, () => huge),
        timeline: Array.from({ length: 20_000 }, (_, index) => ({
          status: `${index}${huge}`,
          atWallMs: NOON + index,
          waitedMs: index,
        })),
      },
      NOON + 20_000,
    );
    expect(Buffer.byteLength(summary)).toBeLessThan(900 * 1024);
    expect(summary).toContain('The first 19950 changes are left out.');
  });

  test('keeps its own structure whatever the API says', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc
        .array(
          fc.constantFrom(
            '|',
            '\n',
            '```',
            '<script>',
            '](x)',
            '- ',
            '# ',
            '> ',
            '---',
            '</code>',
            '`',
            '\u2028',
            'a',
            ':',
            ',',
          ),
          { maxLength: 8 },
        )
        .map(parts => parts.join('')),
    );
    const shape = (summary: string) =>
      summary
        .split('\n')
        .map(line =>
          line.startsWith('|') ? `|${line.split('|').length}` : /^(#+ |> |```|\s+\w)/.exec(line)?.[0],
        );
    fc.assert(
      fc.property(text, said => {
        const hostile = summaryMarkdown(
          {
            ...SUCCEEDED,
            result: 'job_failed',
            status: `x${said}`,
            message: `x${said}`,
            error: new VendorError('job_failed', {
              id: 'api-key-refused',
              what: `x${said}`,
              likelyCause: `x${said}`,
              nextStep: 'y',
            }),
            timeline: [{ status: `x${said}`, atWallMs: NOON, waitedMs: 0 }],
          },
          NOON,
        );
        const tame = summaryMarkdown(
          {
            ...SUCCEEDED,
            result: 'job_failed',
            status: 'x',
            message: 'x',
            error: new VendorError('job_failed', {
              id: 'api-key-refused',
              what: 'x',
              likelyCause: 'x',
              nextStep: 'y',
            }),
            timeline: [{ status: 'x', atWallMs: NOON, waitedMs: 0 }],
          },
          NOON,
        );
        expect(shape(hostile)).toEqual(shape(tame));
        expect(hostile.replace(/<\/?(?:code|details|summary)>|<br>|\(<https:[^>]*>\)/g, '')).not.toMatch(
          /<[^\s=]/,
        );
      }),
      { seed: 20261011, numRuns: 500 },
    );
  });
});

test.each([
  { ms: 0, text: '0 s' },
  { ms: -5, text: '0 s' },
  { ms: 120, text: '0.1 s' },
  { ms: 9_940, text: '9.9 s' },
  { ms: 12_400, text: '12 s' },
  { ms: 59_400, text: '59 s' },
  { ms: 59_600, text: '1 min' },
  { ms: 125_000, text: '2 min 5 s' },
  { ms: 3_599_600, text: '1 h' },
  { ms: 21_660_000, text: '6 h 1 min' },
])('$ms ms are $text', ({ ms, text }) => {
  expect(duration(ms)).toBe(text);
});

test.each([
  { bytes: 0, text: '0 bytes' },
  { bytes: 999, text: '999 bytes' },
  { bytes: 1_000, text: '1 kB' },
  { bytes: 4_096, text: '4.1 kB' },
  { bytes: 123_456_789, text: '123 MB' },
  { bytes: 1_073_741_824, text: '1.07 GB' },
  { bytes: 5e15, text: '5000 TB' },
])('$bytes bytes are $text', ({ bytes, text }) => {
  expect(size(bytes)).toBe(text);
});
