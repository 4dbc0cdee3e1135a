// What a file's first bytes say it is, as a pure rule; must not read the file.

export type ContentKind = 'zip' | 'compressed' | 'markup' | 'other';

const MAGIC: readonly (readonly [bytes: readonly number[], kind: ContentKind])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'zip'],
  [[0x50, 0x4b, 0x05, 0x06], 'zip'],
  [[0x1f, 0x8b], 'compressed'],
  [[0x42, 0x5a, 0x68], 'compressed'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], 'compressed'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'compressed'],
  [[0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], 'compressed'],
];

/** How many of a file's first bytes {@link contentKind} looks at. */
export const SNIFFED_BYTES = 512;

/**
 * The kind of a file by its first bytes; `contentType` decides only whether text that starts with `<` is an
 * HTML or XML page (an error page in place of the file) or a file of the user's.
 */
export function contentKind(firstBytes: Buffer, contentType: string | undefined): ContentKind {
  for (const [bytes, kind] of MAGIC) {
    if (bytes.every((byte, index) => firstBytes[index] === byte)) return kind;
  }
  const text = firstBytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  const isPage = /^<(!doctype\s+html|html[\s>]|\?xml|error>)/i.test(text);
  const isTypedMarkup =
    /^\s*((text|application)\/(x?html|xml)|[^;]*\+xml)/i.test(contentType ?? '') && text.startsWith('<');
  return isPage || isTypedMarkup ? 'markup' : 'other';
}
