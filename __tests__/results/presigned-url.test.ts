// A presigned URL is a credential.
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { StorageError } from '../../src/errors.js';
import { PresignedUrl } from '../../src/results/presigned-url.js';

const SIGNATURE = 'f00dfeedf00dfeedf00dfeed';
const TEXT = `https://bucket.s3.example/results/model%20a.zip?X-Amz-Credential=AKIAEXAMPLE%2F2026&X-Amz-Signature=${SIGNATURE}&x=1`;

test('never prints itself, whatever prints it', () => {
  const url = PresignedUrl.parse(TEXT, false);
  const shown = 'https://bucket.s3.example/results/model%20a.zip?[redacted]';
  expect(String(url)).toBe(shown);
  expect(`${url}`).toBe(shown);
  expect(JSON.stringify({ url })).toBe(JSON.stringify({ url: shown }));
  expect(inspect(url)).toBe(shown);
  expect(inspect({ deep: [url] }, { showHidden: true, depth: 9 })).not.toContain(SIGNATURE);
  expect(Object.keys(url)).toEqual([]);
  expect(url.reveal().href).toBe(TEXT);
});

test('shows no user info either', () => {
  expect(String(PresignedUrl.parse('https://user:word@s.example/f', false))).toBe('https://s.example/f');
});

test('names what must be hidden: the whole, the query, and the signature and credential in both spellings', () => {
  const secrets = PresignedUrl.parse(TEXT, false).secrets();
  expect(secrets).toEqual(
    expect.arrayContaining([
      TEXT,
      new URL(TEXT).search.slice(1),
      SIGNATURE,
      'AKIAEXAMPLE/2026',
      'AKIAEXAMPLE%2F2026',
    ]),
  );
  expect(secrets).not.toContain('1');
  expect(PresignedUrl.parse(TEXT, false).signatures()).toEqual([SIGNATURE]);
});

describe('The scheme', () => {
  test.each([
    { text: 'https://s.example/f', allowHttp: false, isGood: true },
    { text: 'https://s.example/f', allowHttp: true, isGood: true },
    { text: 'HTTPS://S.EXAMPLE/f', allowHttp: false, isGood: true },
    { text: 'http://s.example/f', allowHttp: true, isGood: true },
    { text: 'http://s.example/f', allowHttp: false, isGood: false },
    { text: 'http://127.0.0.1/f', allowHttp: false, isGood: false },
    { text: 'ftp://s.example/f', allowHttp: true, isGood: false },
    { text: 'file:///etc/passwd', allowHttp: true, isGood: false },
    { text: 'data:text/csv,a', allowHttp: true, isGood: false },
    { text: 'javascript:alert(1)', allowHttp: true, isGood: false },
    { text: '//s.example/f', allowHttp: true, isGood: false },
    { text: '/f', allowHttp: true, isGood: false },
    { text: 'https://', allowHttp: true, isGood: false },
    { text: 'see the screen', allowHttp: true, isGood: false },
  ])('$text, http allowed: $allowHttp → good: $isGood', ({ text, allowHttp, isGood }) => {
    const parse = () => PresignedUrl.parse(text, allowHttp);
    if (isGood) expect(parse().reveal().href).toBe(new URL(text).href);
    else expect(parse).toThrow(StorageError);
  });

  test('is refused without telling path, query or credentials', () => {
    const parse = () => PresignedUrl.parse(`http://user:word@s.example/secret-path?sig=${SIGNATURE}`, false);
    expect(parse).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/secret-path|f00dfeed|word/) }),
    );
  });
});

describe('A redirect', () => {
  const HTTPS = 'https://a.example/x/y?sig=12345678';
  const HTTP = 'http://a.example/x/y?sig=12345678';
  test.each([
    { from: HTTPS, location: 'https://b.example/z', to: 'https://b.example/z' },
    { from: HTTPS, location: '/z?q=1', to: 'https://a.example/z?q=1' },
    { from: HTTPS, location: 'z', to: 'https://a.example/x/z' },
    { from: HTTPS, location: '//b.example/z', to: 'https://b.example/z' },
    { from: HTTP, location: 'https://b.example/z', to: 'https://b.example/z' },
    { from: HTTP, location: 'http://b.example/z', to: 'http://b.example/z' },
    { from: HTTPS, location: 'http://b.example/z', to: undefined },
    { from: HTTPS, location: 'http://a.example/x/y', to: undefined },
    { from: HTTP, location: 'ftp://b.example/z', to: undefined },
    { from: HTTPS, location: 'file:///etc/passwd', to: undefined },
    { from: HTTPS, location: 'https://', to: undefined },
  ])('from $from to $location leads to $to', ({ from, location, to }) => {
    const follow = () => PresignedUrl.parse(from, true).follow(location);
    if (to === undefined) expect(follow).toThrow(StorageError);
    else expect(follow().reveal().href).toBe(to);
  });

  test('keeps the rule: from https by way of https to http is refused even where http was allowed', () => {
    const first = PresignedUrl.parse('http://127.0.0.1/a', true).follow('https://b.example/');
    expect(() => first.follow('http://127.0.0.1/b')).toThrow(StorageError);
  });

  test('is refused without telling path or query', () => {
    const follow = () => PresignedUrl.parse(HTTPS, true).follow('http://b.example/secret-path?sig=abcdefgh');
    expect(follow).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/secret-path|abcdefgh|12345678/) }),
    );
  });
});
