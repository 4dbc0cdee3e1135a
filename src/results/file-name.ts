// Safe names for files, folders and artifacts, as pure rules; must not touch the disk.
import { createHash } from 'node:crypto';
import { parse } from 'content-disposition';

/** Leaves room for the marks that partial files and second names get, within the 255 bytes of most file systems. */
const MAX_NAME_BYTES = 150;
const RESERVED = /[<>:"/\\|?*\p{Cc}\p{Cf}\u2028\u2029]/gu;
const WINDOWS_RESERVED = /[<>:"/\\|?*\p{Cc}]/gu;
const WINDOWS_DEVICES = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)/i;

/**
 * The name under which results are kept: from Content-Disposition (RFC 6266), else the URL's last segment, made
 * safe; `results` where both say nothing.
 */
export function resultsFileName(contentDisposition: string | undefined, url: URL): string {
  const candidates = [dispositionName(contentDisposition), lastSegment(url)];
  for (const candidate of candidates) {
    const name = candidate === undefined ? '' : safeFileName(candidate);
    if (name !== '') return name;
  }
  return 'results';
}

/** `name` without path, control and reserved characters, hidden or device names, at most 150 bytes; may be empty. */
export function safeFileName(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? '';
  const cleaned = base.replace(RESERVED, '_').trim().replace(/^\.+/, '_');
  const short = shorten(WINDOWS_DEVICES.test(cleaned) ? `_${cleaned}` : cleaned).replace(/[. ]+$/, '');
  return /^_*$/.test(short) ? '' : short;
}

/**
 * A job id as a folder name: the id itself where that is safe and short, else made so and ended with `-` and 8
 * hex digits of the id's SHA-256, so that two ids never share a folder.
 */
export function folderNameForJob(retrainJobId: string): string {
  const safe = retrainJobId
    .replace(/[^\p{L}\p{N}._-]/gu, '_')
    .replace(/^[.-]+/, '_')
    .replace(/\.+$/, '_');
  const short = truncateBytes(WINDOWS_DEVICES.test(safe) ? `_${safe}` : safe, 80);
  return short === retrainJobId
    ? short
    : `${short}-${createHash('sha256').update(retrainJobId).digest('hex').slice(0, 8)}`;
}

/**
 * A part of a path as Windows can hold it: reserved characters, and dots and spaces at its end, become `_`, and a
 * device's name gets one in front. A colon would name a hidden stream of another file (Microsoft, "Naming Files").
 */
export function windowsName(part: string): string {
  const cleaned = part.replace(WINDOWS_RESERVED, '_').replace(/[. ]+$/, end => '_'.repeat(end.length));
  return WINDOWS_DEVICES.test(cleaned) ? `_${cleaned}` : cleaned;
}

/** The name with a mark before its extension: `results.zip`, `-2` → `results-2.zip`. */
export function withMark(name: string, mark: string): string {
  const { stem, extension } = splitExtension(name);
  return `${stem}${mark}${extension}`;
}

/** The extension with its dot, in its own letter case; empty where there is none. `.tar.gz` counts as one. */
export function splitExtension(name: string): { stem: string; extension: string } {
  const [, stem, extension] = /^(.+?)((?:\.tar)?\.[\p{L}\p{N}]{1,10})$/su.exec(name) ?? [];
  return stem === undefined || extension === undefined ? { stem: name, extension: '' } : { stem, extension };
}

function dispositionName(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  try {
    return parse(latin1AsUtf8(header)).parameters.filename;
  } catch {
    // A header that breaks RFC 6266 says nothing: the URL has a name too.
    return undefined;
  }
}

/** Node reads header bytes as Latin-1, while many servers send UTF-8. */
function latin1AsUtf8(header: string): string {
  const text = Buffer.from(header, 'latin1').toString('utf8');
  return text.includes('\uFFFD') ? header : text;
}

function lastSegment(url: URL): string {
  const segment = url.pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(segment);
  } catch {
    // Not UTF-8: the encoded form is as good a name as any.
    return segment;
  }
}

function shorten(name: string): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  const { stem, extension } = splitExtension(name);
  return truncateBytes(stem, MAX_NAME_BYTES - Buffer.byteLength(extension)) + extension;
}

/** The longest start of `text` within `maxBytes` of UTF-8 that ends at a whole character. */
export function truncateBytes(text: string, maxBytes: number): string {
  let sizeBytes = 0;
  let kept = '';
  for (const character of text) {
    sizeBytes += Buffer.byteLength(character);
    if (sizeBytes > maxBytes) break;
    kept += character;
  }
  return kept;
}
