// The results cache with the runner's real tool cache library, in a folder of its own.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as toolCache from '@actions/tool-cache';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cacheToolName, findCached, keepCached } from '../../src/results/results-cache.js';
import { TemporaryFiles } from '../../src/temporary-files.js';
import { sha256 } from '../support/results-server.js';
import { inTempDirectory } from '../support/temp-directory.js';

const API = new URL('https://api.example');
const BYTES = Buffer.from('PK the results');
const SHA = sha256(BYTES);

const write = process.stdout.write;
// The library reports what it does by workflow commands, which would be noise here.
beforeAll(() => {
  process.stdout.write = (() => true) as typeof process.stdout.write;
});
afterAll(() => {
  process.stdout.write = write;
});

/** A runner with an empty tool cache. */
async function onRunner(
  work: (runner: {
    root: string;
    keep: (tool: string, name?: string) => Promise<void>;
    folderOf: (tool: string) => string;
  }) => Promise<void>,
) {
  await inTempDirectory(async root => {
    const folders = ['RUNNER_TEMP', 'RUNNER_TOOL_CACHE'] as const;
    const before = folders.map(name => process.env[name]);
    for (const name of folders) {
      process.env[name] = join(root, name);
      await mkdir(join(root, name));
    }
    try {
      await work({
        root,
        folderOf: tool => toolCache.find(tool, '1.0.0'),
        keep: async (tool, name = '結果 1.zip') => {
          await writeFile(join(root, name), BYTES);
          const file = { path: join(root, name), name, sizeBytes: BYTES.length, sha256: SHA };
          await keepCached(toolCache, tool, {
            file,
            temporaryFiles: new TemporaryFiles(),
            tempDirectory: join(root, 'RUNNER_TEMP'),
          });
        },
      });
    } finally {
      folders.forEach((name, index) => {
        const value = before[index];
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      });
    }
  });
}

test('what is kept is found again, checked, under its name, with nothing left in the temporary folder', async () => {
  await onRunner(async ({ root, keep }) => {
    const tool = cacheToolName(API, 'job-1');
    expect(await findCached(toolCache, tool)).toBeUndefined();
    await keep(tool);
    const found = await findCached(toolCache, tool);
    expect(found).toMatchObject({ name: '結果 1.zip', sizeBytes: BYTES.length, sha256: SHA });
    if (found === undefined || found === 'damaged') throw new Error('nothing found');
    expect(await readFile(found.path)).toEqual(BYTES);
    expect(await readdir(join(root, 'RUNNER_TEMP'))).toEqual([]);
  });
});

test('what is kept later replaces what was kept before', async () => {
  await onRunner(async ({ keep, folderOf }) => {
    const tool = cacheToolName(API, 'job-1');
    await keep(tool, 'old.zip');
    await keep(tool, 'new.zip');
    expect(await findCached(toolCache, tool)).toMatchObject({ name: 'new.zip' });
    expect(await readdir(folderOf(tool))).not.toContain('old.zip');
  });
});

describe('What is damaged is not used', () => {
  const record = '.retrain-results.json';
  test.each([
    { what: 'other bytes', damage: (folder: string) => writeFile(join(folder, 'r.zip'), 'PK others') },
    {
      what: 'half the bytes',
      damage: (folder: string) => writeFile(join(folder, 'r.zip'), BYTES.subarray(0, 5)),
    },
    { what: 'no file', damage: (folder: string) => rm(join(folder, 'r.zip')) },
    { what: 'no record', damage: (folder: string) => rm(join(folder, record)) },
    { what: 'half a record', damage: (folder: string) => writeFile(join(folder, record), '{"name":"r.z') },
    { what: 'a record of null', damage: (folder: string) => writeFile(join(folder, record), 'null') },
    {
      what: 'a record without a digest',
      damage: (folder: string) => writeFile(join(folder, record), '{"name":"r.zip","sizeBytes":14}'),
    },
    {
      what: 'a record that points elsewhere, at the right bytes',
      damage: async (folder: string) => {
        await writeFile(join(folder, '../r.zip'), BYTES);
        const elsewhere = { name: '../r.zip', sizeBytes: BYTES.length, sha256: SHA };
        await writeFile(join(folder, record), JSON.stringify(elsewhere));
      },
    },
  ])('$what', async ({ damage }) => {
    await onRunner(async ({ keep, folderOf }) => {
      const tool = cacheToolName(API, 'job-1');
      await keep(tool, 'r.zip');
      expect(await findCached(toolCache, tool)).toMatchObject({ name: 'r.zip' });
      await damage(folderOf(tool));
      expect(await findCached(toolCache, tool)).toBe('damaged');
      await keep(tool, 'r.zip');
      expect(await findCached(toolCache, tool)).toMatchObject({ name: 'r.zip' });
    });
  });
});

test('two jobs, and one job at two APIs, are kept apart; any id makes a plain name', () => {
  const names = [
    cacheToolName(API, 'job-1'),
    cacheToolName(API, 'job-2'),
    cacheToolName(API, 'JOB-1'),
    cacheToolName(new URL('https://other.example'), 'job-1'),
    cacheToolName(new URL('https://api.example/prefix'), 'job-1'),
    cacheToolName(API, '../../結果'),
  ];
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^retrain-results-[0-9a-f]{40}$/);
});
