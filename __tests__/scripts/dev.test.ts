// `npm run dev` as a program: it runs each action from source as a runner would, and says what is known when asked wrongly.
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ACTIONS, type KnownInputs, readDevArguments, readEnvFile } from '../../scripts/dev-options.js';
import { PROJECT_ROOT } from '../support/project.js';
import { inTempDirectory } from '../support/temp-directory.js';

const PROGRAM = join(PROJECT_ROOT, 'lib/scripts/dev.js');
const KNOWN: KnownInputs = { retrain_job_id: {}, api_url: { default: 'https://api.example' }, wait: {} };

interface Ran {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** One after another: all runs share one folder. */
let last: Promise<unknown> = Promise.resolve();
function dev(...args: string[]): Promise<Ran> {
  const run = last.then(
    () =>
      new Promise<Ran>(resolve => {
        execFile(process.execPath, [PROGRAM, ...args], (error, stdout, stderr) => {
          resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr });
        });
      }),
  );
  last = run;
  return run;
}

describe('arguments', () => {
  test.each([
    ['with hyphens, after =', ['--retrain-job-id=j-1']],
    ['with underscores, after =', ['--retrain_job_id=j-1']],
    ['as the next word', ['--retrain-job-id', 'j-1']],
  ])('an input may be written %s', (_how, args) => {
    expect(readDevArguments(['retrain', ...args], () => KNOWN).inputs).toEqual({ retrain_job_id: 'j-1' });
  });

  test.each([
    ['--simulator', 'success'],
    ['--scenario=flaky', 'flaky'],
    ['--job-seconds=1', 'success'],
    ['--wait=false', undefined],
  ])('%s means scenario %s', (arg, scenario) => {
    expect(readDevArguments(['retrain', arg], () => KNOWN).scenario).toBe(scenario);
  });

  test.each([
    ['no action', [], "must be one of retrain, upload, switch: current value is ''."],
    ['a name of all objects', ['constructor'], "current value is 'constructor'."],
    [
      'a misspelt input',
      ['retrain', '--api-ulr=x'],
      "'--api-ulr' is no input of 'retrain'. Its inputs: --retrain-job-id, --api-url, --wait. Also: ",
    ],
    ['an input of another action', ['retrain', '--training-data=x'], "'--training-data' is no input"],
    ['a word too many', ['retrain', 'x'], "'x' is no input"],
    ['no value', ['retrain', '--api-url'], "'--api-url' must have a value"],
  ])('%s is refused', (_what, args, message) => {
    expect(() => readDevArguments(args, () => KNOWN)).toThrow(message);
  });
});

describe('the .env file', () => {
  test('gives inputs and variables of the runner', () => {
    const text = '# a note\nINPUT_API_URL=https://x.example\nGITHUB_REPOSITORY="a/b"\n';
    const variables = { INPUT_API_URL: 'https://x.example', GITHUB_REPOSITORY: 'a/b' };
    expect(readEnvFile(text, 'retrain', KNOWN)).toEqual(variables);
  });

  test('with an input that is none is refused, with those that are', () => {
    expect(() => readEnvFile('INPUT_API_ULR=x', 'retrain', KNOWN)).toThrow(
      "Cannot start as 'INPUT_API_ULR' in the .env file is no input of 'retrain'. Its inputs: INPUT_RETRAIN_JOB_ID, INPUT_API_URL, INPUT_WAIT.",
    );
  });

  test('that is committed as an example names inputs of the root action only', () => {
    const text = readFileSync(join(PROJECT_ROOT, '.env.example'), 'utf8').replace(/^# (?=[A-Z_]+=)/gm, '');
    const manifest = readFileSync(join(PROJECT_ROOT, 'action.yml'), 'utf8');
    for (const name of Object.keys(readEnvFile(text, 'retrain', namesIn(manifest)))) {
      expect(name).toMatch(/^(INPUT|GITHUB|RUNNER)_|^HTTPS_PROXY$/);
    }
  });
});

function namesIn(manifest: string): KnownInputs {
  const inputs = manifest.slice(0, manifest.indexOf('\noutputs:')).matchAll(/^ {2}(\w+):$/gm);
  return Object.fromEntries([...inputs].map(([, name = '']) => [name, {}]));
}

describe('the program', () => {
  test.each(Object.keys(ACTIONS))('runs %s against the simulator from source', async action => {
    const { exitCode, stdout, stderr } = await dev(action, '--simulator', '--job-seconds=0');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^ {2}result +succeeded$/m);
    expect(stdout).toMatch(/^Summary .*summary\.html$/m);
    expect(exitCode).toBe(0);
  });

  test("ends with the action's exit code and shows its error", async () => {
    const { exitCode, stdout } = await dev('retrain', '--scenario=failed', '--job-seconds=0');
    expect(stdout).toMatch(/^ {2}result +job_failed$/m);
    expect(stdout).toMatch(/^ {2}ERROR: /m);
    expect(exitCode).toBe(1);
  });

  test("keeps a file's key and address from a run with the simulator; its other inputs count", async () => {
    await inTempDirectory(async directory => {
      const file = join(directory, 'mine.env');
      const lines = [
        'INPUT_API_KEY=real-key-0123456789',
        'INPUT_API_URL=http://127.0.0.1:1',
        'INPUT_DOWNLOAD_RESULTS=false',
      ];
      writeFileSync(file, lines.join('\n'));
      const { exitCode, stdout } = await dev('retrain', '--job-seconds=0', `--env-file=${file}`);
      expect(stdout).not.toMatch(/^Results: /m);
      expect(stdout).not.toMatch(/results_file/);
      expect(exitCode).toBe(0);
    });
  });

  test('a misspelt input ends it with one line that lists all inputs of that action.yml', async () => {
    const { exitCode, stdout, stderr } = await dev('switch', '--retrain-job=x');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(
      /^Cannot start as '--retrain-job' is no input of 'switch'\. Its inputs: --retrain-job-id, --api-key, [^\n]*\n$/,
    );
  });

  test('--help shows every option of its own', async () => {
    const { exitCode, stdout } = await dev('--help');
    for (const option of ['--simulator', '--scenario', '--job-seconds', '--env-file', '--inspect']) {
      expect(stdout).toContain(option);
    }
    expect(exitCode).toBe(0);
  });
});
