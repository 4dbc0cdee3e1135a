// The report of a run: what later steps read must never promise more than the run kept.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { retrainStatusCheckAction } from '../../src/actions/retrain-status-check/action.js';
import { emptyRecord } from '../../src/actions/retrain-status-check/run-record.js';
import { createLog } from '../../src/github/log.js';
import { report } from '../../src/github/report.js';
import { printedBy } from '../support/inputs.js';

const TELLING = retrainStatusCheckAction({
  loadArtifactLibrary: () => Promise.reject(new Error('unused')),
  toolCache: { find: () => '', cacheDir: async () => '' },
});
const same = (text: string) => text;
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'report-'));
  process.env.GITHUB_OUTPUT = join(folder, 'output');
  writeFileSync(process.env.GITHUB_OUTPUT, '');
});

afterEach(() => {
  delete process.env.GITHUB_OUTPUT;
  rmSync(folder, { recursive: true });
});

/** The last value of each output, as the runner reads them. */
function outputs(): Record<string, string> {
  const text = readFileSync(join(folder, 'output'), 'utf8');
  return Object.fromEntries(
    [...text.matchAll(/^(\w+)<<(\S+)\n([\s\S]*?)\n\2$/gm)].map(([, name, , value]) => [name, value]),
  );
}

function reported(redact: (text: string) => string, summaryPath?: string) {
  const record = { ...emptyRecord(), result: 'succeeded' as const, message: 'the message' };
  let exitCode = -1;
  const printed = printedBy(() => {
    exitCode = report(record, TELLING, { log: createLog(same), redact, nowWallMs: 0, summaryPath });
  });
  return { exitCode, printed };
}

describe('A report', () => {
  test('of a success says so and exits with 0', () => {
    expect(reported(same).exitCode).toBe(0);
    expect(outputs()).toMatchObject({ result: 'succeeded', ready_to_switch: 'true' });
  });

  test('whose outputs cannot all be written takes the go back, says why and exits with 1', () => {
    let isFirst = true;
    const failsOnce = (text: string) => {
      if (text === 'the message' && isFirst) {
        isFirst = false;
        throw new Error('ENOSPC: no space left on device');
      }
      return text;
    };
    const { exitCode, printed } = reported(failsOnce);
    expect(exitCode).toBe(1);
    expect(outputs()).toMatchObject({ result: 'internal_error', ready_to_switch: 'false' });
    expect(printed).toContain('no space left on device');
  });

  test('never has a go in its outputs before all others are there', () => {
    reported(same);
    const names = [...readFileSync(join(folder, 'output'), 'utf8').matchAll(/^(\w+)<</gm)].map(
      ([, name]) => name,
    );
    expect(names.at(-1)).toBe('ready_to_switch');
  });

  test('whose summary cannot be written is still a good report', () => {
    expect(reported(same, join(folder, 'missing', 'summary.md')).exitCode).toBe(0);
  });
});
