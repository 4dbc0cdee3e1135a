// Unpacking a results ZIP: names right, nothing outside, nothing half, broken and hostile archives refused.
import '../support/one-realm.js';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { StorageError } from '../../src/errors.js';
import { moveInto, UNPACK_LIMITS, unpack } from '../../src/results/unpack.js';
import { TemporaryFiles } from '../../src/temporary-files.js';
import { archiveOf, flagged, patched } from '../support/archives.js';
import { inTempDirectory } from '../support/temp-directory.js';

const never = new AbortController().signal;
const TABLE = 'name,value\nAccuracy,0.96\n';

/** What is in the folder of unpacked files, path → text. */
async function unpacked(archive: Buffer, limits = UNPACK_LIMITS): Promise<Record<string, string>> {
  return inTempDirectory(async directory => {
    await writeFile(join(directory, 'results.zip'), archive);
    const temporaryFiles = new TemporaryFiles();
    const from = { archive: join(directory, 'results.zip'), directory };
    const done = await unpack(from, limits, { signal: never, temporaryFiles });
    await moveInto(done, { path: join(directory, 'files'), replaced: false }, temporaryFiles);
    const items = await readdir(join(directory, 'files'), { recursive: true, withFileTypes: true });
    const paths = items.filter(item => item.isFile()).map(item => join(item.parentPath, item.name));
    const texts = await Promise.all(paths.map(async path => [path, await readFile(path, 'utf8')] as const));
    return Object.fromEntries(
      texts.map(([path, text]) => [relative(join(directory, 'files'), path).replaceAll(sep, '/'), text]),
    );
  });
}

/** The error of an archive that is refused; nothing may be left beside it. */
async function refusal(archive: Buffer, limits = UNPACK_LIMITS): Promise<StorageError> {
  return inTempDirectory(async directory => {
    await writeFile(join(directory, 'results.zip'), archive);
    const from = { archive: join(directory, 'results.zip'), directory };
    const error = await unpack(from, limits, { signal: never, temporaryFiles: new TemporaryFiles() }).catch(
      e => e,
    );
    expect(await readdir(directory)).toEqual(['results.zip']);
    expect(error).toBeInstanceOf(StorageError);
    expect(error.code).toBe('download_error');
    return error;
  });
}

describe('A good archive', () => {
  test('comes out whole, folders included', async () => {
    const archive = await archiveOf([
      { name: 'metrics.csv', text: TABLE },
      { name: 'empty/', text: '' },
      { name: 'deep/er/confusion_matrix.csv', text: 'a,b\n', compress: false },
    ]);
    expect(await unpacked(archive)).toEqual({
      'metrics.csv': TABLE,
      'deep/er/confusion_matrix.csv': 'a,b\n',
    });
  });

  test('without entries is an empty folder', async () => {
    expect(await unpacked(await archiveOf([]))).toEqual({});
  });

  test('has names in UTF-8', async () => {
    expect(Object.keys(await unpacked(await archiveOf([{ name: '評価/指標.csv', text: TABLE }])))).toEqual([
      '評価/指標.csv',
    ]);
  });

  test('has names in Shift_JIS, the second byte of ソ included, which is a backslash elsewhere', async () => {
    // 予測ソ.csv as Japanese Windows writes it.
    const shiftJis = Buffer.from([0x97, 0x5c, 0x91, 0xaa, 0x83, 0x5c, 0x2e, 0x63, 0x73, 0x76]);
    const archive = patched(await archiveOf([{ name: 'PLACEH.csv', text: TABLE }]), 'PLACEH.csv', shiftJis);
    expect(Object.keys(await unpacked(archive))).toEqual(['予測ソ.csv']);
  });

  test('has backslashes of Windows tools as separators', async () => {
    const archive = patched(
      await archiveOf([{ name: 'out/metrics.csv', text: TABLE }]),
      'out/metrics',
      'out\\metrics',
    );
    expect(Object.keys(await unpacked(archive))).toEqual(['out/metrics.csv']);
  });

  test('has a name that is too long for this disk shortened, its extension and its own mark kept', async () => {
    const [name = ''] = Object.keys(
      await unpacked(await archiveOf([{ name: `${'評価結果'.repeat(22)}.csv`, text: TABLE }])),
    );
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
    expect(name).toMatch(/^評価結果.*-[0-9a-f]{8}\.csv$/);
  });

  test('replaces our own earlier folder as a whole', async () => {
    await inTempDirectory(async directory => {
      const temporaryFiles = new TemporaryFiles();
      const path = join(directory, 'files');
      for (const name of ['old.csv', 'new.csv']) {
        await writeFile(join(directory, 'results.zip'), await archiveOf([{ name, text: TABLE }]));
        const from = { archive: join(directory, 'results.zip'), directory };
        const done = await unpack(from, UNPACK_LIMITS, { signal: never, temporaryFiles });
        await moveInto(done, { path, replaced: name === 'new.csv' }, temporaryFiles);
      }
      expect(await readdir(path)).toEqual(['new.csv']);
      expect((await readdir(directory)).sort()).toEqual(['files', 'results.zip']);
    });
  });
});

describe('A hostile archive is refused', () => {
  test.each([
    { what: 'an absolute path', from: 'xtmp/evil.csv', to: '/tmp/evil.csv', why: 'absolute path' },
    { what: 'a drive', from: 'xx/evil.csv', to: 'C:/evil.csv', why: 'absolute path' },
    { what: 'a path that leads out', from: 'xx/evil.csv', to: '../evil.csv', why: "'..'" },
    { what: 'one that leads out by a backslash', from: 'xx/evil.csv', to: '..\\evil.csv', why: "'..'" },
    { what: 'one that leads out further in', from: 'ab/xx/evil.csv', to: 'ab/../evil.csv', why: "'..'" },
    { what: 'a control character', from: 'xevil.csv', to: '\nevil.csv', why: 'no usable name' },
  ])('for $what', async ({ from, to, why }) => {
    const archive = patched(await archiveOf([{ name: from, text: TABLE }]), from, to);
    expect((await refusal(archive)).message).toContain(why);
  });

  test.each([
    ['a symbolic link', 0o120777],
    ['a device', 0o060644],
    ['a pipe', 0o010644],
  ])('for %s', async (_what, mode) => {
    const archive = await archiveOf([{ name: 'link', text: '/etc/passwd', mode }]);
    expect((await refusal(archive)).message).toContain('is a link or a special file');
  });

  test('for more entries than may be', async () => {
    const archive = await archiveOf(['a', 'b', 'c'].map(name => ({ name, text: name })));
    expect((await refusal(archive, { ...UNPACK_LIMITS, maxEntries: 2 })).message).toContain('3 entries');
  });

  test('for more bytes than may be, over all entries together', async () => {
    const archive = await archiveOf(['a', 'b'].map(name => ({ name, text: 'x'.repeat(600) })));
    expect((await refusal(archive, { ...UNPACK_LIMITS, maxBytes: 1_000 })).message).toContain('more bytes');
  });

  test('for the documented bounds of 100,000 entries and 20 GiB', () => {
    expect(UNPACK_LIMITS).toEqual({ maxEntries: 100_000, maxBytes: 20 * 2 ** 30 });
  });

  test('for being encrypted', async () => {
    const archive = flagged(await archiveOf([{ name: 'a.csv', text: TABLE }]), 1);
    expect((await refusal(archive)).message).toContain('is encrypted');
  });

  test('for two entries of one name', async () => {
    const archive = patched(
      await archiveOf([
        { name: 'a.csv', text: TABLE },
        { name: 'b.csv', text: TABLE },
      ]),
      'b.csv',
      'a.csv',
    );
    expect((await refusal(archive)).message).toContain('the same name');
  });
});

describe('A broken archive is reported', () => {
  test('when it is cut', async () => {
    const archive = await archiveOf([{ name: 'a.csv', text: TABLE }]);
    expect((await refusal(archive.subarray(0, archive.length - 30))).message).toContain('cannot be unpacked');
  });

  test('when a byte of stored data is another one', async () => {
    const archive = patched(
      await archiveOf([{ name: 'a.csv', text: TABLE, compress: false }]),
      '0.96',
      '0.69',
    );
    expect((await refusal(archive)).message).toContain('CRC-32');
  });

  test('when compressed data is damaged', async () => {
    const archive = await archiveOf([{ name: 'a.csv', text: TABLE.repeat(100) }]);
    archive.fill(0xff, 40, 60);
    expect((await refusal(archive)).message).toContain('cannot be unpacked');
  });
});

test('A cancel while unpacking leaves nothing', async () => {
  await inTempDirectory(async directory => {
    await writeFile(join(directory, 'results.zip'), await archiveOf([{ name: 'a.csv', text: TABLE }]));
    const signal = AbortSignal.abort(new Error('cancelled'));
    const from = { archive: join(directory, 'results.zip'), directory };
    await expect(
      unpack(from, UNPACK_LIMITS, { signal, temporaryFiles: new TemporaryFiles() }),
    ).rejects.toThrow('cancelled');
    expect(await readdir(directory)).toEqual(['results.zip']);
  });
});
