// Folders made level by level, on a real disk.
import { stat, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { expect, test } from '@jest/globals';
import { makeDirectory } from '../src/make-directory.js';
import { inTempDirectory } from './support/temp-directory.js';

test('all levels that are missing are made, by two at once too', async () => {
  await inTempDirectory(async directory => {
    const path = join(directory, 'a', 'b', 'c');
    await Promise.all([makeDirectory(path), makeDirectory(path)]);
    expect((await stat(path)).isDirectory()).toBe(true);
    await makeDirectory(path);
  });
});

test('the root of a disk is a folder, whatever the system says of making it', async () => {
  await makeDirectory(parse(process.cwd()).root);
});

test.each([
  ['in the way', ['file']],
  ['as a parent', ['file', 'sub']],
])('a file %s is an error of the system', async (_where, parts) => {
  await inTempDirectory(async directory => {
    await writeFile(join(directory, 'file'), '');
    await expect(makeDirectory(join(directory, ...parts))).rejects.toMatchObject({
      code: expect.stringMatching(/^E(EXIST|NOTDIR|NOENT)$/),
    });
  });
});
