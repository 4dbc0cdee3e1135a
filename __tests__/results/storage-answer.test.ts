// What to do with an answer of presigned storage.
import { describe, expect, test } from '@jest/globals';
import {
  etagForParts,
  expectedMd5,
  hasKnownEnd,
  judgeAnswer,
  judgeWantedPart,
  validatorOf,
} from '../../src/results/storage-answer.js';

const NOTHING = { haveBytes: 0, totalBytes: undefined, validator: undefined };
const HALF = { haveBytes: 5, totalBytes: 10, validator: '"v1"' };
const HALF_OF_UNKNOWN = { haveBytes: 5, totalBytes: undefined, validator: '"v1"' };
const DATE = 'Thu, 01 Oct 2026 00:00:00 GMT';
const LATER = 'Thu, 01 Oct 2026 00:00:10 GMT';

describe('A whole file (200)', () => {
  test.each([
    { have: NOTHING, headers: { 'content-length': '10' }, totalBytes: 10 },
    { have: NOTHING, headers: {}, totalBytes: undefined },
    { have: NOTHING, headers: { 'content-length': 'ten' }, totalBytes: undefined },
    { have: HALF, headers: { 'content-length': '10' }, totalBytes: 10 },
  ])(
    'with $headers is taken from the first byte, even where a part was asked for',
    ({ have, headers, totalBytes }) => {
      expect(judgeAnswer(200, headers, have)).toEqual({ do: 'take', fromByte: 0, totalBytes });
    },
  );
});

describe('A part (206)', () => {
  test.each([
    {
      what: 'the rest',
      headers: { 'content-range': 'bytes 5-9/10', etag: '"v1"' },
      have: HALF,
      totalBytes: 10,
    },
    {
      what: 'the rest, in other letters',
      headers: { 'content-range': ' Bytes 5-9/10 ' },
      have: HALF,
      totalBytes: 10,
    },
    {
      what: 'the rest, its length said twice',
      headers: { 'content-range': 'bytes 5-9/10', 'content-length': '5' },
      have: HALF,
      totalBytes: 10,
    },
    { what: 'a piece of the rest', headers: { 'content-range': 'bytes 5-7/10' }, have: HALF, totalBytes: 10 },
    {
      what: 'the rest of a whole now known',
      headers: { 'content-range': 'bytes 5-9/10' },
      have: HALF_OF_UNKNOWN,
      totalBytes: 10,
    },
    {
      what: 'the rest of a whole known before',
      headers: { 'content-range': 'bytes 5-9/*' },
      have: HALF,
      totalBytes: 10,
    },
  ])('that is $what is taken', ({ headers, have, totalBytes }) => {
    expect(judgeAnswer(206, headers, have)).toEqual({ do: 'take', fromByte: 5, totalBytes });
  });

  test.each([
    { what: 'without a range', headers: {}, have: HALF },
    { what: 'of another unit', headers: { 'content-range': 'lines 5-9/10' }, have: HALF },
    {
      what: 'of several ranges',
      headers: { 'content-type': 'multipart/byteranges; boundary=x' },
      have: HALF,
    },
    { what: 'that starts before', headers: { 'content-range': 'bytes 4-9/10' }, have: HALF },
    { what: 'that starts after', headers: { 'content-range': 'bytes 6-9/10' }, have: HALF },
    { what: 'from the first byte', headers: { 'content-range': 'bytes 0-9/10' }, have: HALF },
    { what: 'of a longer whole', headers: { 'content-range': 'bytes 5-10/11' }, have: HALF },
    { what: 'of a shorter whole', headers: { 'content-range': 'bytes 5-8/9' }, have: HALF },
    { what: 'beyond its whole', headers: { 'content-range': 'bytes 5-10/10' }, have: HALF },
    { what: 'that ends before it starts', headers: { 'content-range': 'bytes 5-4/10' }, have: HALF },
    {
      what: 'whose length does not fit',
      headers: { 'content-range': 'bytes 5-9/10', 'content-length': '6' },
      have: HALF,
    },
    { what: 'of another version', headers: { 'content-range': 'bytes 5-9/10', etag: '"v2"' }, have: HALF },
    { what: 'of a weak version', headers: { 'content-range': 'bytes 5-9/10', etag: 'W/"v1"' }, have: HALF },
    { what: 'nobody asked for', headers: { 'content-range': 'bytes 0-9/10' }, have: NOTHING },
  ])('$what is wrong: start over', ({ headers, have }) => {
    expect(judgeAnswer(206, headers, have)).toEqual({ do: 'start_over' });
  });
});

describe('Any other answer', () => {
  test.each([
    ...[301, 302, 303, 307, 308].map(status => ({
      status,
      have: NOTHING,
      headers: { location: '/x' },
      verdict: 'follow',
    })),
    ...[301, 302, 304].map(status => ({ status, have: NOTHING, headers: {}, verdict: 'fail' })),
    ...[403, 404, 410].map(status => ({ status, have: NOTHING, headers: {}, verdict: 'refresh' })),
    ...[403, 404, 410].map(status => ({ status, have: HALF, headers: {}, verdict: 'refresh' })),
    ...[408, 425, 429, 500, 502, 503, 504, 599].map(status => ({
      status,
      have: HALF,
      headers: {},
      verdict: 'retry',
    })),
    ...[400, 401, 405, 409, 411, 451].map(status => ({ status, have: HALF, headers: {}, verdict: 'fail' })),
    ...[204, 100].map(status => ({ status, have: NOTHING, headers: {}, verdict: 'fail' })),
    { status: 412, have: HALF, headers: {}, verdict: 'start_over' },
    { status: 412, have: NOTHING, headers: {}, verdict: 'fail' },
    { status: 416, have: HALF, headers: { 'content-range': 'bytes */4' }, verdict: 'start_over' },
    { status: 416, have: NOTHING, headers: {}, verdict: 'fail' },
    { status: 416, have: HALF_OF_UNKNOWN, headers: { 'content-range': 'bytes */5' }, verdict: 'complete' },
    { status: 416, have: HALF_OF_UNKNOWN, headers: { 'content-range': 'bytes */6' }, verdict: 'start_over' },
    { status: 416, have: HALF_OF_UNKNOWN, headers: {}, verdict: 'start_over' },
    { status: 416, have: HALF, headers: { 'content-range': 'bytes */5' }, verdict: 'start_over' },
  ])(
    '$status with $have.haveBytes bytes on disk and $headers: $verdict',
    ({ status, have, headers, verdict }) => {
      expect(judgeAnswer(status, headers, have).do).toBe(verdict);
    },
  );
});

test.each([
  { what: 'a strong ETag', headers: { etag: '"v1"' }, validator: '"v1"' },
  {
    what: 'an ETag before a date',
    headers: { etag: '"v1"', 'last-modified': DATE, date: LATER },
    validator: '"v1"',
  },
  { what: 'no weak ETag', headers: { etag: 'W/"v1"' }, validator: undefined },
  { what: 'no ETag without quotes', headers: { etag: 'v1' }, validator: undefined },
  { what: 'a date well before the answer', headers: { 'last-modified': DATE, date: LATER }, validator: DATE },
  {
    what: 'that date in place of a weak ETag',
    headers: { etag: 'W/"v1"', 'last-modified': DATE, date: LATER },
    validator: DATE,
  },
  {
    what: 'no date of the very same second',
    headers: { 'last-modified': DATE, date: DATE },
    validator: undefined,
  },
  { what: 'no date after the answer', headers: { 'last-modified': LATER, date: DATE }, validator: undefined },
  { what: 'no date without the answer’s own', headers: { 'last-modified': DATE }, validator: undefined },
  { what: 'nothing', headers: {}, validator: undefined },
])('If-Range may carry $what', ({ headers, validator }) => {
  expect(validatorOf(headers)).toBe(validator);
});

test.each([
  { headers: { 'content-length': '0' }, isKnown: true },
  { headers: { 'transfer-encoding': 'chunked' }, isKnown: true },
  { headers: { 'transfer-encoding': 'gzip, Chunked' }, isKnown: true },
  { headers: { 'transfer-encoding': 'gzip' }, isKnown: false },
  { headers: { connection: 'close' }, isKnown: false },
])('the end of a body with $headers is told by its framing: $isKnown', ({ headers, isKnown }) => {
  expect(hasKnownEnd(headers)).toBe(isKnown);
});

describe('A part for one of several connections', () => {
  const WANTED = { fromByte: 5, endByte: 8, totalBytes: 10, etag: '"v1"' };
  const GOOD = { 'content-range': 'bytes 5-7/10', etag: '"v1"', 'content-length': '3' };
  test.each([
    { what: 'the one that was asked for', status: 206, headers: GOOD, does: 'take' },
    {
      what: 'its beginning',
      status: 206,
      headers: { ...GOOD, 'content-range': 'bytes 5-5/10', 'content-length': '1' },
      does: 'take',
    },
    {
      what: 'one that starts elsewhere',
      status: 206,
      headers: { ...GOOD, 'content-range': 'bytes 4-6/10' },
      does: 'give_up',
    },
    {
      what: 'one that is too long',
      status: 206,
      headers: { ...GOOD, 'content-range': 'bytes 5-8/10', 'content-length': '4' },
      does: 'give_up',
    },
    {
      what: 'one of another whole',
      status: 206,
      headers: { ...GOOD, 'content-range': 'bytes 5-7/11' },
      does: 'give_up',
    },
    {
      what: 'one of an unknown whole',
      status: 206,
      headers: { ...GOOD, 'content-range': 'bytes 5-7/*' },
      does: 'give_up',
    },
    { what: 'one of another version', status: 206, headers: { ...GOOD, etag: '"v2"' }, does: 'give_up' },
    { what: 'one under a weak ETag', status: 206, headers: { ...GOOD, etag: 'W/"v1"' }, does: 'give_up' },
    { what: 'one without an ETag', status: 206, headers: { ...GOOD, etag: undefined }, does: 'give_up' },
    {
      what: 'one of another length',
      status: 206,
      headers: { ...GOOD, 'content-length': '2' },
      does: 'give_up',
    },
    { what: 'one without a range', status: 206, headers: { etag: '"v1"' }, does: 'give_up' },
    {
      what: 'the whole of the same version',
      status: 200,
      headers: { etag: '"v1"', 'content-length': '10' },
      does: 'give_up',
    },
    ...[400, 401, 412, 416].map(status => ({ what: 'nothing', status, headers: {}, does: 'give_up' })),
    ...[403, 404, 410].map(status => ({ what: 'refused', status, headers: {}, does: 'refresh' })),
    ...[429, 503].map(status => ({ what: 'too much', status, headers: {}, does: 'yield' })),
    ...[408, 500, 502].map(status => ({ what: 'a passing fault', status, headers: {}, does: 'retry' })),
    { what: 'elsewhere', status: 307, headers: { location: '/x' }, does: 'follow' },
  ])('$status, $what: $does', ({ status, headers, does }) => {
    expect(judgeWantedPart(status, headers, WANTED).do).toBe(does);
  });

  test.each([
    { what: 'a strong ETag and a length', headers: {}, have: HALF, etag: '"v1"' },
    { what: 'ranges in bytes', headers: { 'accept-ranges': 'bytes' }, have: HALF, etag: '"v1"' },
    { what: 'no ranges', headers: { 'accept-ranges': 'None' }, have: HALF, etag: undefined },
    { what: 'no length', headers: {}, have: { ...HALF, totalBytes: undefined }, etag: undefined },
    { what: 'a date', headers: {}, have: { ...HALF, validator: DATE }, etag: undefined },
    { what: 'no validator', headers: {}, have: { ...HALF, validator: undefined }, etag: undefined },
  ])('may be asked for under $etag where there is $what', ({ headers, have, etag }) => {
    expect(etagForParts(headers, have)).toBe(etag);
  });
});

describe('The MD5 that a file must have', () => {
  const HEX = '900150983cd24fb0d6963f7d28e17f72';
  const BASE64 = 'kAFQmDzST7DWlj99KOF/cg==';
  test.each([
    { what: 'Content-MD5 of a whole file', status: 200, headers: { 'content-md5': BASE64 }, md5: [HEX] },
    { what: 'Content-MD5 of a part', status: 206, headers: { 'content-md5': BASE64 }, md5: [] },
    { what: 'Content-MD5 in hex', status: 200, headers: { 'content-md5': HEX }, md5: [] },
    { what: 'an ETag of 32 hex digits', status: 200, headers: { etag: `"${HEX}"` }, md5: [HEX] },
    {
      what: 'such an ETag in capitals',
      status: 200,
      headers: { etag: `"${HEX.toUpperCase()}"` },
      md5: [HEX],
    },
    { what: 'such an ETag without quotes', status: 200, headers: { etag: HEX }, md5: [HEX] },
    { what: 'a weak ETag', status: 200, headers: { etag: `W/"${HEX}"` }, md5: [] },
    { what: 'the ETag of several parts', status: 200, headers: { etag: `"${HEX}-3"` }, md5: [] },
    { what: 'an ETag of 31 digits', status: 200, headers: { etag: `"${HEX.slice(1)}"` }, md5: [] },
    { what: 'an ETag of 33 digits', status: 200, headers: { etag: `"${HEX}0"` }, md5: [] },
    { what: 'an ETag with another letter', status: 200, headers: { etag: `"${HEX.slice(1)}g"` }, md5: [] },
    {
      what: 'S3’s own encryption',
      status: 200,
      headers: { etag: `"${HEX}"`, 'x-amz-server-side-encryption': 'AES256' },
      md5: [HEX],
    },
    {
      what: 'KMS',
      status: 200,
      headers: { etag: `"${HEX}"`, 'x-amz-server-side-encryption': 'aws:kms' },
      md5: [],
    },
    {
      what: 'KMS twice',
      status: 200,
      headers: { etag: `"${HEX}"`, 'x-amz-server-side-encryption': 'aws:kms:dsse' },
      md5: [],
    },
    {
      what: 'a key of the customer',
      status: 200,
      headers: { etag: `"${HEX}"`, 'x-amz-server-side-encryption-customer-algorithm': 'AES256' },
      md5: [],
    },
    {
      what: 'Content-MD5 under KMS',
      status: 200,
      headers: { 'content-md5': BASE64, etag: `"${HEX}"`, 'x-amz-server-side-encryption': 'aws:kms' },
      md5: [HEX],
    },
    { what: 'nothing', status: 200, headers: {}, md5: [] },
  ])('$what: $md5', ({ status, headers, md5 }) => {
    expect(expectedMd5(status, headers)).toEqual(md5);
  });
});
