// What is done about each answer of storage to a PUT.
import { expect, test } from '@jest/globals';
import { judgePut } from '../../src/training-data/put-answer.js';

const location = 'https://elsewhere.example/';

test.each<[statuses: readonly number[], headers: Record<string, string>, todo: string]>([
  [[200, 201, 204], {}, 'done'],
  [[202, 203, 205, 206, 299], {}, 'fail'],
  [[307, 308], { location }, 'follow'],
  [[307, 308], {}, 'fail'],
  [[300, 301, 302, 303, 304], { location }, 'fail'],
  [[403, 404, 410], {}, 'refresh'],
  [[408, 425, 429, 500, 502, 503, 504, 599], {}, 'retry'],
  [[400, 401, 405, 409, 411, 412, 413, 418], {}, 'fail'],
])('HTTP %j with %j: %s', (statuses, headers, todo) => {
  for (const status of statuses) expect([status, judgePut(status, headers).do]).toEqual([status, todo]);
});

test('an error told with a good status proves nothing', () => {
  expect(judgePut(200, {}, 'InternalError').do).toBe('retry');
});

test('S3’s RequestTimeout is a 400 that passes', () => {
  expect(judgePut(400, {}, 'RequestTimeout').do).toBe('retry');
  expect(judgePut(400, {}, 'EntityTooLarge').do).toBe('fail');
});
