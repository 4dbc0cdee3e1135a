// Words for what a disk refuses.
import '../support/one-realm.js';
import { expect, test } from '@jest/globals';
import { StorageError } from '../../src/errors.js';
import { freeBytes, requireSpace, writeError } from '../../src/results/disk.js';
import { inTempDirectory } from '../support/temp-directory.js';

const errno = (code: string, message = `${code}: it failed`) => Object.assign(new Error(message), { code });

test.each(['ENOSPC', 'EDQUOT'])('a write that ends with %s names the bytes needed and free', async code => {
  await inTempDirectory(async directory => {
    const told = await writeError(errno(code), directory, 123_456);
    expect(told).toBeInstanceOf(StorageError);
    expect(told).toMatchObject({ code: 'download_error', retryable: false });
    expect(told.message).toMatch(/is full: 123456 bytes needed, \d+ bytes free\./);
    expect(told.message).toContain(directory);
    expect((await writeError(errno(code), directory, undefined)).message).toContain(
      'an unknown number of bytes needed',
    );
  });
});

test('any other write that fails is told with its reason', async () => {
  const told = await writeError(errno('EROFS', 'EROFS: read-only file system'), '/x', 1);
  expect(told).toMatchObject({ code: 'download_error', retryable: false });
  expect(told.message).toContain("'/x': EROFS: read-only file system");
});

test('an error that explains itself stays as it is', async () => {
  const own = new StorageError({ id: 'disk-full', what: 'a', nextStep: 'b' });
  expect(await writeError(own, '/x', 1)).toBe(own);
});

test('space is asked for before it is used', async () => {
  await inTempDirectory(async directory => {
    await requireSpace(directory, 1);
    await expect(requireSpace(directory, Number.MAX_SAFE_INTEGER)).rejects.toMatchObject({
      code: 'download_error',
      message: expect.stringContaining(`${Number.MAX_SAFE_INTEGER} bytes needed`),
    });
    expect(await freeBytes(directory)).toBeGreaterThan(0);
  });
});

test('where a file system says nothing, nothing is forecast', async () => {
  expect(await freeBytes('/does/not/exist')).toBeUndefined();
  await requireSpace('/does/not/exist', Number.MAX_SAFE_INTEGER);
});
