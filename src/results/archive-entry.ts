// What an entry of a ZIP is and where it may go, as pure rules; must not touch the disk.
import { createHash } from 'node:crypto';
import { type Entry, getFileNameLowLevel } from 'yauzl';
import { splitExtension, truncateBytes, windowsName } from './file-name.js';

/** The slice of a ZIP's directory entry that the rules look at. */
export type EntryFacts = Pick<
  Entry,
  'fileNameRaw' | 'extraFields' | 'externalFileAttributes' | 'versionMadeBy' | 'generalPurposeBitFlag'
>;

export type EntryPlan =
  | { readonly kind: 'file' | 'folder'; readonly path: string }
  /** `why` goes on from "the entry 'x' …". */
  | { readonly kind: 'refused'; readonly name: string; readonly why: string };

const MAX_PART_BYTES = 255;
const UTF8_FLAG = 0x800;
const ENCRYPTED_FLAG = 0x1;
const UNIX = 3;
const TYPE_MASK = 0o170000;
const FILE_TYPE = 0o100000;
const FOLDER_TYPE = 0o040000;

/**
 * Where an entry goes below the folder of unpacked files, or why it is refused.
 * @param system `windows` where the path is for its disk; elsewhere names stay as they are, with slashes between them
 */
export function planEntry(entry: EntryFacts, system: 'windows' | 'other'): EntryPlan {
  const name = entryName(entry);
  const parts = name.split('/');
  const refuse = (why: string): EntryPlan => ({ kind: 'refused', name, why });
  if (entry.generalPurposeBitFlag & ENCRYPTED_FLAG) return refuse('is encrypted');
  if (name === '' || /\p{Cc}/u.test(name)) return refuse('has no usable name');
  if (name.startsWith('/') || /^[a-z]:/i.test(name)) return refuse('has an absolute path');
  if (parts.includes('..')) return refuse("leads out of its folder by '..'");
  const type = unixType(entry);
  if (type !== 0 && type !== FILE_TYPE && type !== FOLDER_TYPE) return refuse('is a link or a special file');
  const kept = parts.filter(part => part !== '' && part !== '.');
  if (kept.length === 0) return refuse('has no usable name');
  const isFolder = name.endsWith('/') || type === FOLDER_TYPE;
  return { kind: isFolder ? 'folder' : 'file', path: onDisk(kept, system) };
}

function onDisk(parts: readonly string[], system: 'windows' | 'other'): string {
  return system === 'windows' ? parts.map(windowsName).map(fitting).join('\\') : parts.map(fitting).join('/');
}

/** A part of a path within what disks allow: Japanese names that are legal on Windows may be longer in UTF-8. */
function fitting(part: string): string {
  if (Buffer.byteLength(part) <= MAX_PART_BYTES) return part;
  const { stem, extension } = splitExtension(part);
  const mark = `-${createHash('sha256').update(part).digest('hex').slice(0, 8)}${extension}`;
  return `${truncateBytes(stem, MAX_PART_BYTES - Buffer.byteLength(mark))}${mark}`;
}

/**
 * The name: UTF-8 where its bytes are (flagged, by the Unicode path field, or neither), else Shift_JIS, which is
 * what Japanese Windows writes without a flag. Backslashes count as separators.
 */
export function entryName({
  fileNameRaw,
  extraFields,
}: Pick<EntryFacts, 'fileNameRaw' | 'extraFields'>): string {
  const utf8 = getFileNameLowLevel(UTF8_FLAG, fileNameRaw, extraFields, false);
  if (!utf8.includes('\uFFFD')) return utf8;
  return new TextDecoder('shift_jis').decode(fileNameRaw).replace(/\\/g, '/');
}

/** The file type in the Unix mode that Unix tools keep in the upper half of the attributes (APPNOTE.TXT, 4.4.15). */
function unixType({ versionMadeBy, externalFileAttributes }: EntryFacts): number {
  return versionMadeBy >>> 8 === UNIX ? (externalFileAttributes >>> 16) & TYPE_MASK : 0;
}
