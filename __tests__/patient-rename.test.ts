// Renaming where another program may hold the file: Windows waits a little, no other system does.
import { describe, expect, test } from '@jest/globals';
import { patientRename } from '../src/patient-rename.js';

/** Refused `times` times with `code`, then done. */
async function renamed(platform: NodeJS.Platform, code: string, times: number) {
  const pausesMs: number[] = [];
  let tries = 0;
  const rename = async () => {
    tries += 1;
    if (tries <= times) throw Object.assign(new Error(code), { code });
  };
  const sleep = async (durationMs: number) => pausesMs.push(durationMs);
  const error = await patientRename('a', 'b', { platform, rename, sleep }).then(
    () => undefined,
    ({ code }) => code,
  );
  return { tries, error, waitedMs: pausesMs.reduce((sum, one) => sum + one, 0) };
}

describe('On Windows', () => {
  test.each(['EACCES', 'EBUSY', 'EPERM'])('a file that is held (%s) is tried again', async code => {
    expect(await renamed('win32', code, 2)).toEqual({ tries: 3, error: undefined, waitedMs: 150 });
  });

  test('one that is held for ever is told after 3.15 s', async () => {
    expect(await renamed('win32', 'EBUSY', Infinity)).toEqual({ tries: 7, error: 'EBUSY', waitedMs: 3_150 });
  });

  test('any other answer is the last', async () => {
    expect(await renamed('win32', 'ENOENT', Infinity)).toEqual({ tries: 1, error: 'ENOENT', waitedMs: 0 });
  });
});

test.each(['linux', 'darwin'] as const)('on %s the first answer is the last', async platform => {
  expect(await renamed(platform, 'EPERM', Infinity)).toEqual({ tries: 1, error: 'EPERM', waitedMs: 0 });
  expect(await renamed(platform, 'EPERM', 0)).toEqual({ tries: 1, error: undefined, waitedMs: 0 });
});
