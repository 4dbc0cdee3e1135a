// The job summary end to end: what people find in it on every way out.
import { writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { retrain } from './action-run.js';

describe('the job summary', () => {
  test.concurrent('of a success says so, with the facts, the artifact and the timeline', async () => {
    const run = await retrain({ scenario: { statusAnswers: [{ status: 'training' }, {}] } });
    expect(run.summary).toMatch(/^## .*ready to switch/m);
    for (const text of [
      run.outputs.results_sha256,
      run.outputs.artifact_url,
      run.outputs.model_id,
      run.simulator.jobId,
    ])
      expect(run.summary).toContain(text);
    expect(run.summary).toMatch(/2 status checks/);
    expect(run.summary).toContain('```mermaid\ngantt');
    expect(run.summary).toContain('xychart-beta horizontal');
    expect(run.summary.match(/```/g)).toHaveLength(4);
    const rows = run.summary.split('\n').filter(line => line.startsWith('| `'));
    expect(rows.map(row => row.split('|')[1]?.trim())).toEqual(['`training`', '`job_finished`']);
  });

  test.concurrent('of a pending job says that it goes on', async () => {
    const run = await retrain({ scenario: 'timeout', inputs: { wait: 'false' } });
    expect(run.summary).toMatch(/^## .*still going on/m);
    expect(run.summary).toContain('`pending`');
  });

  test.concurrent('of a time-out says how to resume', async () => {
    const run = await retrain({ scenario: 'timeout', inputs: { timeout_minutes: '0.005' } });
    expect(run.summary).toMatch(/Training goes on at the vendor.*resume/);
  });

  test.concurrent('is added to what steps before have written', async () => {
    const run = await retrain({
      prepare: ({ summaryFile }) => writeFileSync(summaryFile, '# Before\n\n'),
      inputs: { download_results: 'false' },
    });
    expect(run.summary).toMatch(/^# Before\n\n## /);
    expect(run.summary.endsWith('\n')).toBe(true);
  });

  test.concurrent.each<[string, Parameters<typeof retrain>[0]]>([
    ['success', {}],
    ['failure', { scenario: 'failed' }],
    ['refused input', { inputs: { wait: 'x' } }],
  ])('is not written with job_summary: false (%s)', async (_name, options) => {
    const run = await retrain({ ...options, inputs: { ...options?.inputs, job_summary: 'false' } });
    expect(run.summary).toBe('');
    expect(run.outputs.result).toBeDefined();
  });

  test.concurrent('stays below the 1 MiB over which GitHub drops it, whatever the API says', async () => {
    const statusAnswers = Array.from({ length: 52 }, (_, index) => ({
      status: `s${index} ${'|'.repeat(9000)}`,
    }));
    const run = await retrain({
      scenario: { statusAnswers: [...statusAnswers, { status: 'failed', message: '<'.repeat(500_000) }] },
      inputs: { timeout_minutes: '1' },
    });
    expect(run.outputs.result).toBe('job_failed');
    expect(Buffer.byteLength(run.summary)).toBeLessThan(1024 * 1024);
  });
});
