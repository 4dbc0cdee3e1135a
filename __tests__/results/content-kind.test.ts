// What a file's first bytes say.
import { expect, test } from '@jest/globals';
import { contentKind } from '../../src/results/content-kind.js';

test.each([
  { what: 'a ZIP', bytes: 'PK\u0003\u0004rest', type: undefined, kind: 'zip' },
  { what: 'an empty ZIP', bytes: 'PK\u0005\u0006', type: 'text/html', kind: 'zip' },
  { what: 'gzip', bytes: '\u001f\u008b\u0008', type: 'text/csv', kind: 'compressed' },
  { what: 'bzip2', bytes: 'BZh91', type: undefined, kind: 'compressed' },
  { what: 'xz', bytes: '\u00fd7zXZ\u0000', type: undefined, kind: 'compressed' },
  { what: 'zstd', bytes: '\u0028\u00b5\u002f\u00fd', type: undefined, kind: 'compressed' },
  { what: '7z', bytes: "7z\u00bc\u00af'\u001c", type: undefined, kind: 'compressed' },
  { what: 'half of a signature', bytes: 'PK\u0003', type: undefined, kind: 'other' },
  { what: 'nothing', bytes: '', type: 'text/html', kind: 'other' },
  { what: 'CSV', bytes: 'metric,value\nAUC,0.9', type: 'text/csv', kind: 'other' },
  { what: 'CSV sent as HTML', bytes: 'metric,value\nAUC,0.9', type: 'text/html', kind: 'other' },
  { what: 'CSV with a page in a cell', bytes: 'a,b\n<html>,1', type: 'text/csv', kind: 'other' },
  { what: 'CSV that starts with <', bytes: '<5,ok', type: 'text/csv', kind: 'other' },
  { what: 'an HTML page', bytes: '<!DOCTYPE html><html>', type: undefined, kind: 'markup' },
  { what: 'an HTML page without a doctype', bytes: '<html lang="ja">', type: 'text/plain', kind: 'markup' },
  {
    what: 'an HTML page behind blanks and a BOM',
    bytes: '\u00ef\u00bb\u00bf\r\n  <HTML>',
    type: undefined,
    kind: 'markup',
  },
  { what: 'an error of S3', bytes: '<?xml version="1.0"?><Error>', type: 'application/xml', kind: 'markup' },
  { what: 'an error of S3 without a prologue', bytes: '<Error><Code>', type: undefined, kind: 'markup' },
  { what: 'a page by its type', bytes: '<div>Login</div>', type: 'text/html; charset=utf-8', kind: 'markup' },
  { what: 'XML by its type', bytes: '<feed>', type: 'application/atom+xml', kind: 'markup' },
  { what: 'markup of no known type', bytes: '<div>', type: 'application/octet-stream', kind: 'markup' },
  { what: 'a comment before a page', bytes: '<!-- x --><html>', type: undefined, kind: 'markup' },
  { what: 'a heading', bytes: '<h1>403 Forbidden</h1>', type: 'application/octet-stream', kind: 'markup' },
  {
    what: 'an XML answer of storage',
    bytes: '<ListBucketResult xmlns="s3">',
    type: undefined,
    kind: 'markup',
  },
  { what: 'a table whose first column is a tag', bytes: '<id>,value', type: 'text/csv', kind: 'other' },
  { what: 'a table that compares', bytes: '<5,yes', type: 'application/octet-stream', kind: 'other' },
])('$what, sent as $type: $kind', ({ bytes, type, kind }) => {
  expect(contentKind(Buffer.from(bytes, 'latin1'), type)).toBe(kind);
});
