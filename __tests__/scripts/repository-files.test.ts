// What GitHub reads of this repository, workflows aside: issue forms, and the archive that a runner downloads.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { PROJECT_ROOT } from '../support/project.js';
import { inTempDirectory } from '../support/temp-directory.js';

const read = (path: string) => readFileSync(join(PROJECT_ROOT, path), 'utf8');

test("the bug form offers every value of the actions' output result", () => {
  const values = ['action.yml', 'upload/action.yml', 'switch/action.yml'].flatMap(path => {
    const { description } = parse(read(path)).outputs.result;
    const [, list = ''] = /always written: (.*)\.$/.exec(description) ?? [];
    return list.replace(/ \([^)]*\)/g, '').split(/, | or /);
  });
  const { body } = parse(read('.github/ISSUE_TEMPLATE/bug.yml'));
  const { options } = body.find(({ id }: { id?: string }) => id === 'result').attributes;
  expect([...options].sort()).toEqual([...new Set(values), 'none, the step did not end'].sort());
});

test.each(['bug.yml', 'vendor.yml'])('%s asks never to paste keys', name => {
  expect(read(`.github/ISSUE_TEMPLATE/${name}`)).toContain('Never paste keys');
});

describe('the archive of a commit', () => {
  let listed: string[] | undefined;
  const paths = async () => {
    listed ??= await inTempDirectory(async directory => {
      const options = { cwd: PROJECT_ROOT, maxBuffer: 1024 ** 3 };
      const archive = join(directory, 'archive.tar');
      execFileSync('git', ['archive', '--worktree-attributes', '--output', archive, 'HEAD'], options);
      return execFileSync('tar', ['-tf', archive], options).toString().split(/\r?\n/);
    });
    return listed;
  };

  test.each([
    ...['action.yml', 'dist/index.js', 'upload/action.yml', 'switch/action.yml', 'simulator/action.yml'],
    ...['README.md', 'LICENSE', 'package.json', 'examples/weekly-retrain.yml'],
    // `npm run demo` compiles scripts/, which use it.
    '__tests__/support/random.ts',
    '.github/workflows/retrain.yml',
  ])('has %s', async path => {
    expect(await paths()).toContain(path);
  });

  test('has no test, no picture and no other file of .github', async () => {
    const allowed = /^(__tests__\/(support\/.*)?|\.github\/(workflows\/(retrain\.yml)?)?)$/;
    const unwanted = (await paths()).filter(path => /^(__tests__|docs\/images|\.github)\//.test(path));
    expect(unwanted.filter(path => !allowed.test(path))).toEqual([]);
  });
});
