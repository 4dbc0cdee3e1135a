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

/** Types that say a file of the user's, whose first line may well start with `<`. */
const TABLE_TYPE = /^\s*text\/(csv|tab-separated-values)/i;

/**
 * The kind of a file by its first bytes. Text that starts like HTML or XML is a page in place of the file, whatever
 * its type says; in a file that is typed as a table only what no table starts with counts as one.
 */
export function contentKind(firstBytes: Buffer, contentType: string | undefined): ContentKind {
  for (const [bytes, kind] of MAGIC) {
    if (bytes.every((byte, index) => firstBytes[index] === byte)) return kind;
  }
  const text = firstBytes.toString('utf8').trimStart();
  const isPage = /^<(!doctype\s|!--|html[\s>]|\?xml|error>)/i.test(text);
  const isTag = /^<[!?/a-z]/i.test(text) && !TABLE_TYPE.test(contentType ?? '');
  return isPage || isTag ? 'markup' : 'other';
}
