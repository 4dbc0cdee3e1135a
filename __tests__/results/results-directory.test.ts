// The folder of the results, on a real disk.
import '../support/one-realm.js';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { InvalidInputError } from '../../src/errors.js';
import { ArrivingFile } from '../../src/results/arriving-file.js';
import { OwnFiles, prepareResultsDirectory } from '../../src/results/results-directory.js';
import { TemporaryFiles } from '../../src/temporary-files.js';
import { sha256 } from '../support/results-server.js';
import { needsSystem } from '../support/system.js';
import { inTempDirectory } from '../support/temp-directory.js';

needsSystem('linux', '/proc, symbolic links');

describe('The folder', () => {
  test.each([
    { resultsDirectory: '', jobId: 'job-1', path: 'temp/retrain-results/job-1' },
    { resultsDirectory: '', jobId: 'a/../b', path: 'temp/retrain-results/a_.._b-900ea8b7' },
    { resultsDirectory: 'out/deep', jobId: 'job-1', path: 'work/out/deep' },
    { resultsDirectory: './../beside', jobId: 'job-1', path: 'beside' },
    { resultsDirectory: 'ja 結果', jobId: 'job-1', path: 'work/ja 結果' },
  ])(
    'for results_directory "$resultsDirectory" of job $jobId is $path, made where it is missing',
    async ({ resultsDirectory, jobId, path }) => {
      await inTempDirectory(async root => {
        const folders = { temp: join(root, 'temp'), workspace: join(root, 'work') };
        const directory = await prepareResultsDirectory({ resultsDirectory, retrainJobId: jobId }, folders);
        expect(directory).toBe(join(root, path));
        expect(await readdir(directory)).toEqual([]);
      });
    },
  );

  test('keeps what is in it', async () => {
    await inTempDirectory(async root => {
      await writeFile(join(root, 'mine.txt'), 'mine');
      await prepareResultsDirectory(
        { resultsDirectory: root, retrainJobId: 'x' },
        { temp: undefined, workspace: '/' },
      );
      expect(await readdir(root)).toEqual(['mine.txt']);
    });
  });

  test('without results_directory and RUNNER_TEMP is invalid_input', async () => {
    for (const temp of [undefined, '']) {
      const preparing = prepareResultsDirectory(
        { resultsDirectory: '', retrainJobId: 'x' },
        { temp, workspace: '/' },
      );
      await expect(preparing).rejects.toBeInstanceOf(InvalidInputError);
      await expect(preparing).rejects.toThrow(
        /^Cannot .* as 'results_directory' must be .*: current value is ''\./,
      );
    }
  });

  test.each(['a file in the way', 'a file as its parent', 'a NUL in its name'])(
    'that cannot be made is invalid_input: %s',
    async what => {
      await inTempDirectory(async root => {
        await writeFile(join(root, 'file'), '');
        const paths: Record<string, string> = {
          'a file in the way': 'file',
          'a file as its parent': 'file/sub',
          'a NUL in its name': 'a\0b',
        };
        const choice = { resultsDirectory: join(root, paths[what] ?? ''), retrainJobId: 'x' };
        const preparing = prepareResultsDirectory(choice, { temp: root, workspace: root });
        await expect(preparing).rejects.toBeInstanceOf(InvalidInputError);
        await expect(preparing).rejects.toThrow(
          /^Cannot .* as 'results_directory' must be .*: current value is '/,
        );
      });
    },
  );

  // Not even root can write there, so the test means the same whoever runs it.
  test('that exists but cannot be written is invalid_input', async () => {
    const choice = { resultsDirectory: '/proc', retrainJobId: 'x' };
    const preparing = prepareResultsDirectory(choice, { temp: undefined, workspace: '/' });
    await expect(preparing).rejects.toBeInstanceOf(InvalidInputError);
  });
});

describe('A file of that name', () => {
  const BYTES = Buffer.from('the results');
  const SHA = sha256(BYTES);

  async function choose(
    prepare: (paths: { directory: string; file: string; own: OwnFiles }) => Promise<unknown>,
  ) {
    return inTempDirectory(async root => {
      const directory = join(root, 'out');
      await mkdir(directory);
      const own = new OwnFiles(join(root, 'temp'));
      await prepare({ directory, file: join(directory, 'r.zip'), own });
      // A later run knows only what is on disk.
      const { path, taken } = await new OwnFiles(join(root, 'temp')).choosePath(directory, 'r.zip', SHA);
      return { path: path.slice(directory.length + 1), taken: taken?.slice(directory.length + 1) };
    });
  }

  test.each([
    { what: 'not there', prepare: async () => {}, path: 'r.zip', taken: undefined },
    {
      what: 'somebody else’s',
      prepare: ({ file }: P) => writeFile(file, 'foreign'),
      path: 'r-2.zip',
      taken: 'r.zip',
    },
    {
      what: 'the same bytes',
      prepare: ({ file }: P) => writeFile(file, BYTES),
      path: 'r.zip',
      taken: undefined,
    },
    {
      what: 'our own earlier one',
      prepare: async ({ file, own }: P) => {
        await writeFile(file, 'earlier');
        await own.remember(file, sha256(Buffer.from('earlier')));
      },
      path: 'r.zip',
      taken: undefined,
    },
    {
      what: 'our own earlier one, changed by somebody since',
      prepare: async ({ file, own }: P) => {
        await writeFile(file, 'earlier and more');
        await own.remember(file, sha256(Buffer.from('earlier')));
      },
      path: 'r-2.zip',
      taken: 'r.zip',
    },
    { what: 'a folder', prepare: ({ file }: P) => mkdir(file), path: 'r-2.zip', taken: 'r.zip' },
    { what: 'a link to the same bytes', prepare: link, path: 'r-2.zip', taken: 'r.zip' },
    {
      what: 'a dangling link',
      prepare: ({ file }: P) => symlink('/does/not/exist', file),
      path: 'r-2.zip',
      taken: 'r.zip',
    },
    {
      what: 'somebody else’s, and so is the second',
      prepare: async ({ file, directory }: P) => {
        await writeFile(file, 'a');
        await writeFile(join(directory, 'r-2.zip'), 'b');
      },
      path: 'r-3.zip',
      taken: 'r.zip',
    },
  ])('that is $what: the results go to $path', async ({ prepare, path, taken }) => {
    expect(await choose(prepare)).toEqual({ path, taken });
  });

  type P = { directory: string; file: string; own: OwnFiles };
  async function link({ directory, file }: P) {
    await writeFile(join(directory, 'target'), BYTES);
    await symlink('target', file);
  }

  test('is somebody else’s where nothing can be remembered, or the record is damaged', async () => {
    await inTempDirectory(async root => {
      const file = join(root, 'r.zip');
      await writeFile(file, 'earlier');
      const digest = sha256(Buffer.from('earlier'));
      await new OwnFiles(undefined).remember(file, digest);
      expect((await new OwnFiles(undefined).choosePath(root, 'r.zip', SHA)).taken).toBe(file);
      const own = new OwnFiles(root);
      await own.remember(file, digest);
      const records = await readdir(join(root, 'retrain-results'));
      await writeFile(join(root, 'retrain-results', records[0] ?? ''), '{"half');
      expect((await own.choosePath(root, 'r.zip', SHA)).taken).toBe(file);
    });
  });

  test('of one folder does not forget those of another', async () => {
    await inTempDirectory(async root => {
      const own = new OwnFiles(join(root, 'temp'));
      for (const name of ['a.zip', 'b.zip']) {
        await writeFile(join(root, name), name);
        await own.remember(join(root, name), sha256(Buffer.from(name)));
      }
      expect(await own.choosePath(root, 'a.zip', SHA)).toEqual({ path: join(root, 'a.zip') });
      expect(await own.choosePath(root, 'b.zip', SHA)).toEqual({ path: join(root, 'b.zip') });
    });
  });
});

describe('A file that is not finished', () => {
  async function arriving(directory: string, temporaryFiles: TemporaryFiles, bytes: Buffer) {
    const file = await ArrivingFile.create(directory, temporaryFiles);
    await file.begin({ 'content-length': String(bytes.length) }, bytes.length);
    await file.take(bytes);
    return file;
  }

  test('gets its final name only when it is whole, and replaces what had it', async () => {
    await inTempDirectory(async root => {
      await writeFile(join(root, 'r.csv'), 'earlier and longer than the new one');
      const file = await arriving(root, new TemporaryFiles(), Buffer.from('new'));
      expect(await readFile(join(root, 'r.csv'), 'utf8')).toBe('earlier and longer than the new one');
      expect(await file.verify()).toEqual({ sha256: sha256(Buffer.from('new')), sizeBytes: 3 });
      await file.finish(join(root, 'r.csv'));
      expect(await readFile(join(root, 'r.csv'), 'utf8')).toBe('new');
      expect(await readdir(root)).toEqual(['r.csv']);
    });
  });

  test.each(['discarded by itself', 'cleared away at the end'])('leaves nothing when it is %s', async how => {
    await inTempDirectory(async root => {
      const temporaryFiles = new TemporaryFiles();
      const file = await arriving(root, temporaryFiles, Buffer.alloc(2_000_000));
      expect(await readdir(root)).toHaveLength(1);
      if (how === 'discarded by itself') await file.discard();
      else temporaryFiles.removeAll();
      expect(await readdir(root)).toEqual([]);
      if (how !== 'discarded by itself') await file.discard();
    });
  });

  test('is not touched by a clearing away once it is finished', async () => {
    await inTempDirectory(async root => {
      const temporaryFiles = new TemporaryFiles();
      const file = await arriving(root, temporaryFiles, Buffer.from('x'));
      await file.finish(join(root, 'x'));
      temporaryFiles.removeAll();
      expect(await readdir(root)).toEqual(['x']);
    });
  });

  test('is a download_error where its folder is gone', async () => {
    await expect(ArrivingFile.create('/does/not/exist', new TemporaryFiles())).rejects.toMatchObject({
      code: 'download_error',
    });
  });
});
