// Rule 7 end to end: the results are unpacked beside the file, or refused with the file as it came.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { archiveOf, patched } from '../support/archives.js';
import { annotations, createRunner, removeRunner, retrain } from './action-run.js';

const FINISHED = { statusAnswers: [{ status: 'job_finished' as const }] };
const NO_ARTIFACT = { upload_artifact: 'false' };

/** Runs with a runner of its own, so that its folders can be looked at afterwards. */
async function unpacking(bytes: Buffer | undefined, inputs: Record<string, string> = {}) {
  const runner = createRunner();
  const results = bytes === undefined ? {} : { results: { bytes, fileName: 'results.zip' } };
  const run = await retrain({
    runner,
    scenario: { ...FINISHED, ...results },
    inputs: { ...NO_ARTIFACT, ...inputs },
  });
  const folder = run.outputs.results_directory ?? '';
  const names = readdirSync(folder).sort();
  return { run, runner, folder, names };
}

describe('rule 7: unpacking', () => {
  test.concurrent('the files of a ZIP are in files/ beside it, and the ZIP stays as it came', async () => {
    const { run, runner, folder, names } = await unpacking(undefined);
    expect(run.outputs).toMatchObject({
      result: 'succeeded',
      results_file: join(folder, 'retrain_results.zip'),
    });
    expect(run.summary).toContain(join(folder, 'files'));
    expect(names).toEqual(['files', 'retrain_results.zip']);
    expect(readFileSync(join(folder, 'files/metrics.csv'), 'utf8')).toContain('Accuracy');
    removeRunner(runner);
  });

  test.concurrent('extract_results: false keeps it packed', async () => {
    const { run, runner, names } = await unpacking(undefined, { extract_results: 'false' });
    expect(run.outputs.result).toBe('succeeded');
    expect(names).toEqual(['retrain_results.zip']);
    removeRunner(runner);
  });

  test.concurrent('a file that is no ZIP is not unpacked', async () => {
    const { run, runner, names } = await unpacking(Buffer.from('a,b\n1,2\n'));
    expect(run.outputs.result).toBe('succeeded');
    expect(names).toEqual(['results.zip']);
    removeRunner(runner);
  });

  test.concurrent('an archive that leads out of its folder is a download_error, and nothing is unpacked', async () => {
    const archive = patched(
      await archiveOf([{ name: 'xx/evil.csv', text: 'x' }]),
      'xx/evil.csv',
      '../evil.csv',
    );
    const { run, runner, folder, names } = await unpacking(archive);
    expect(run.outputs).toMatchObject({ result: 'download_error', ready_to_switch: 'false' });
    expect(run.outputs.results_file).toBe(join(folder, 'results.zip'));
    expect(names).toEqual(['results.zip']);
    expect(existsSync(join(folder, '../evil.csv'))).toBe(false);
    expect(readFileSync(join(folder, 'results.zip')).equals(archive)).toBe(true);
    removeRunner(runner);
  });

  test.concurrent('a broken archive is a download_error that says so', async () => {
    const archive = await archiveOf([{ name: 'a.csv', text: 'x'.repeat(1000) }]);
    const { run, runner, names } = await unpacking(archive.subarray(0, archive.length - 10));
    expect(run.outputs).toMatchObject({ result: 'download_error', ready_to_switch: 'false' });
    expect(run.outputs.error_message).toContain('cannot be unpacked');
    expect(names).toEqual(['results.zip']);
    removeRunner(runner);
  });

  test.concurrent('a second run replaces our own files/', async () => {
    const { runner, folder } = await unpacking(undefined, { results_directory: 'mine' });
    const again = await retrain({
      runner,
      scenario: FINISHED,
      inputs: { ...NO_ARTIFACT, results_directory: 'mine' },
    });
    expect(again.outputs.result).toBe('succeeded');
    expect(readdirSync(folder).sort()).toEqual(['files', 'retrain_results.zip']);
    removeRunner(runner);
  });

  test.concurrent('a folder of that name that is not ours is left alone, and a warning says so', async () => {
    const runner = createRunner();
    const theirs = join(runner.workspace, 'mine/files');
    mkdirSync(theirs, { recursive: true });
    writeFileSync(join(theirs, 'own.txt'), 'theirs');
    const run = await retrain({
      runner,
      scenario: FINISHED,
      inputs: { ...NO_ARTIFACT, results_directory: 'mine' },
    });
    expect(run.outputs.result).toBe('succeeded');
    expect(readdirSync(theirs)).toEqual(['own.txt']);
    expect(annotations(run, 'warning')).toEqual([expect.stringContaining('mine/files-2')]);
    expect(existsSync(join(runner.workspace, 'mine/files-2/metrics.csv'))).toBe(true);
    removeRunner(runner);
  });

  test.concurrent('the same files from another job of the workflow are replaced, not doubled', async () => {
    const runner = createRunner();
    const inputs = { ...NO_ARTIFACT, results_directory: 'mine' };
    await retrain({ runner, scenario: FINISHED, inputs });
    rmSync(join(runner.temp, 'retrain-results'), { recursive: true });
    const again = await retrain({ runner, scenario: FINISHED, inputs });
    expect(again.outputs.result).toBe('succeeded');
    expect(annotations(again, 'warning')).toEqual([]);
    expect(readdirSync(join(runner.workspace, 'mine')).sort()).toEqual(['files', 'retrain_results.zip']);
    removeRunner(runner);
  });

  test.concurrent('a file that somebody put into our files/ is never lost', async () => {
    const { runner, folder } = await unpacking(undefined, { results_directory: 'mine' });
    writeFileSync(join(folder, 'files/own.txt'), 'theirs');
    const archive = await archiveOf([{ name: 'new.csv', text: 'x' }]);
    const again = await retrain({
      runner,
      scenario: { ...FINISHED, results: { bytes: archive, fileName: 'retrain_results.zip' } },
      inputs: { ...NO_ARTIFACT, results_directory: 'mine' },
    });
    expect(again.outputs.result).toBe('succeeded');
    expect(readFileSync(join(folder, 'files/own.txt'), 'utf8')).toBe('theirs');
    expect(readdirSync(join(folder, 'files-2'))).toEqual(['new.csv']);
    removeRunner(runner);
  });

  test.concurrent('a broken archive does not leave the files of an earlier job beside it', async () => {
    const { runner, folder } = await unpacking(undefined, { results_directory: 'mine' });
    const broken = (await archiveOf([{ name: 'new.csv', text: 'x'.repeat(1000) }])).subarray(0, 60);
    const again = await retrain({
      runner,
      scenario: { ...FINISHED, results: { bytes: broken, fileName: 'retrain_results.zip' } },
      inputs: { ...NO_ARTIFACT, results_directory: 'mine' },
    });
    expect(again.outputs.result).toBe('download_error');
    expect(readdirSync(folder)).toEqual(['retrain_results.zip']);
    removeRunner(runner);
  });
});
