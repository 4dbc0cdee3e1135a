// What the first tables of rules found once, each as one case, so that it is never found again.
import './support/one-realm.js';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readInputs } from '../src/actions/retrain-status-check/inputs.js';
import { createLog } from '../src/github/log.js';
import { Redactor } from '../src/github/redact.js';
import { networkError } from '../src/http/network-error.js';
import { readStatusAnswer } from '../src/prediction-one/status-answer.js';
import { statusMeaning } from '../src/prediction-one/status-meaning.js';
import { folderNameForJob, safeFileName } from '../src/results/file-name.js';
import { findCached } from '../src/results/results-cache.js';
import { OwnFiles } from '../src/results/results-directory.js';
import { judgeAnswer } from '../src/results/storage-answer.js';
import { waitUntil } from '../src/waiting/waiter.js';
import { printedBy, withInputs } from './support/inputs.js';
import { sha256 } from './support/results-server.js';
import { inTempDirectory } from './support/temp-directory.js';
import { VirtualClock } from './support/virtual-clock.js';

test('the last look before the deadline does not come before Retry-After is over', async () => {
  const clock = new VirtualClock();
  const began = clock.monotonicMs();
  const starts: number[] = [];
  await waitUntil(
    { timeoutMs: 3_600_000, longestPauseMs: 3_600_000, maxOutageMs: 600_000, checkLimitMs: 30_000 },
    {
      check: async () => {
        const atMs = clock.monotonicMs() - began;
        starts.push(atMs);
        return atMs >= 3_300_000 ? { state: 'RETRY', retryAfterMs: 3_599_500 - atMs } : { state: 'RETRY' };
      },
      clock,
      random: () => 0,
      signal: new AbortController().signal,
    },
  );
  expect(starts.at(-1)).toBeGreaterThanOrEqual(3_599_499);
});

const code = (body: string, status = 400) => {
  try {
    readStatusAnswer({ httpStatus: status, bodyText: body }, 'j');
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'read';
};
test.each([
  ['{"message":"Bad Request","errors":[{"message":"invalid_api_key."}]}', 'auth_error'],
  ['{"message":"Bad Request","error":{"code":4001000204,"message":"Not found retrain job."}}', 'not_found'],
  ['{"errors":["This job may be deleted."]}', 'job_deleted'],
  ['"invalid_api_key."', 'auth_error'],
  ['["invalid_api_key."]', 'auth_error'],
])('a documented message is found wherever it stands: %s', (body, expected) => {
  expect(code(body)).toBe(expected);
});
test('the message of a JSON text is shown', () => {
  try {
    readStatusAnswer({ httpStatus: 500, bodyText: '"upstream is down"' }, 'j');
  } catch (error) {
    expect((error as Error).message).toContain('upstream is down');
    return;
  }
  throw new Error('no');
});
test('a 206 whose Last-Modified is another one is another version', () => {
  const was = 'Thu, 01 Oct 2026 00:00:00 GMT';
  const have = { haveBytes: 5, totalBytes: 10, validator: was };
  expect(
    judgeAnswer(
      206,
      { 'content-range': 'bytes 5-9/10', 'last-modified': 'Thu, 01 Oct 2026 01:00:00 GMT' },
      have,
    ),
  ).toEqual({ do: 'start_over' });
});
test('the end of a part of an unknown whole is not the end of the file', () => {
  const have = { haveBytes: 5, totalBytes: undefined, validator: '"v1"' };
  expect(judgeAnswer(206, { 'content-range': 'bytes 5-7/*' }, have)).not.toMatchObject({ totalBytes: 8 });
});
test.each([`${'a'.repeat(149)}.${'b'.repeat(50)}`, `${'a'.repeat(149)} ${'b'.repeat(50)}`])(
  'a shortened name is safe too',
  name => {
    const safe = safeFileName(name);
    expect(safe).not.toMatch(/[. ]$/);
    expect(safeFileName(safe)).toBe(safe);
  },
);
test.each(['CON.txt', 'nul.a', 'com1.b'])('the folder of job %s is no Windows device', id => {
  expect(folderNameForJob(id)).not.toMatch(/^(con|nul|com1)(\.|$)/i);
});
test('a wrong size in the cache record is damage', async () => {
  await inTempDirectory(async root => {
    await writeFile(join(root, 'r.zip'), 'PK');
    await writeFile(
      join(root, '.retrain-results.json'),
      JSON.stringify({ name: 'r.zip', sizeBytes: 9e15, sha256: sha256(Buffer.from('PK')) }),
    );
    expect(await findCached({ find: () => root, cacheDir: async () => '' }, 'x')).toBe('damaged');
  });
});
test('a path in the cache record cannot stand in for the file that was checked', async () => {
  await inTempDirectory(async root => {
    await writeFile(join(root, 'r.zip'), 'PK');
    await writeFile(
      join(root, '.retrain-results.json'),
      JSON.stringify({ path: '/etc/passwd', name: 'r.zip', sizeBytes: 2, sha256: sha256(Buffer.from('PK')) }),
    );
    expect(await findCached({ find: () => root, cacheDir: async () => '' }, 'x')).toMatchObject({
      path: join(root, 'r.zip'),
    });
  });
});
test.each(['null', '7', '[]', '"x"'])('a record of own files that is %s is as good as none', async text => {
  await inTempDirectory(async root => {
    await mkdir(join(root, 'retrain-results'));
    await writeFile(join(root, 'retrain-results', '.own-files.json'), text);
    await writeFile(join(root, 'r.zip'), 'foreign');
    expect((await new OwnFiles(root).choosePath(root, 'r.zip', 'x')).path).toBe(join(root, 'r-2.zip'));
    await new OwnFiles(root).remember(join(root, 'r.zip'), 'x');
  });
});
test.each([
  'https:me:pass-word@api.example',
  'https:\\\\me:pass-word@api.example',
  'https:/me:pass-word@api.example',
  'https://me:pass/word@api.example',
])('user info of %s is not shown', url => {
  const got = withInputs({ retrain_job_id: 'x', api_key: 'k', api_url: url }, readInputs);
  expect(got.error?.message).not.toMatch(/pass-?\/?word/);
});
test('an invisible character does not hide a key from redaction', () => {
  const redactor = new Redactor();
  redactor.add('key-0123456789');
  expect(printedBy(() => createLog(redactor.redact).info('x key-01\u200b23456789 y'))).not.toContain(
    'key-0123456789',
  );
  expect(printedBy(() => createLog(redactor.redact).info('x key-01\u001b[0m23456789 y'))).not.toContain(
    'key-0123456789',
  );
});
test('percent-encoding in small letters hides no key', () => {
  const redactor = new Redactor();
  redactor.add('ab+cd/efgh=');
  expect(redactor.redact('k=ab%2bcd%2fefgh%3d')).not.toContain('ab%2bcd');
});
test('a list of errors names the first code', () => {
  const told = networkError(
    new AggregateError([Object.assign(new Error('connect ECONNREFUSED ::1:443'), { code: 'ECONNREFUSED' })]),
    new URL('https://a.example'),
  );
  expect(told.message).not.toContain('AggregateError');
});
test('an Arabic letter mark in a file name', () => {
  expect(safeFileName('a\u061cb\u200bc')).not.toMatch(/[\u061c\u200b]/);
});
test('a status with the words times and out is in progress', () => {
  expect(statusMeaning('times_out_of_queue').kind).toBe('in_progress');
});
