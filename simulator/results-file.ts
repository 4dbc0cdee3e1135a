// Turns what a scenario says about the results file into a file and the headers it is served with; knows no server.
import { RESULTS_CONTENT_TYPE, RESULTS_FILE_NAME } from './assumptions.js';
import { type ByteSource, bufferSource, digestOf, generatedSource } from './byte-source.js';
import type { ResultsSpec, SimulatedResults } from './scenario.js';

const LARGE_BYTES = 64 * 1024 ** 2;
// A date is a strong validator only when it is at least a minute older than the answer.
const LAST_MODIFIED_AGE_MS = 60_000;

/** The results file as the storage serves it. */
export interface ServedFile {
  source: ByteSource;
  fileName: string;
  contentType: string;
  contentDisposition?: string;
  etag?: string;
  lastModified?: string;
  contentMd5?: string;
  acceptRanges: boolean;
  framing: 'length' | 'chunked' | 'close';
}

/** `zipBytes` is the file when the spec names none. */
export function servedFile(spec: ResultsSpec, zipBytes: Buffer): ServedFile {
  const fileName = spec.fileName ?? RESULTS_FILE_NAME;
  const source = sourceOf(spec, zipBytes);
  return {
    source,
    fileName,
    contentType: spec.contentType ?? RESULTS_CONTENT_TYPE,
    contentDisposition:
      spec.contentDisposition === null ? undefined : (spec.contentDisposition ?? attachment(fileName)),
    etag: etagOf(spec, source),
    lastModified: spec.lastModified === false ? undefined : recentDate(),
    contentMd5: contentMd5Of(spec, source),
    acceptRanges: spec.acceptRanges ?? true,
    framing: spec.closeDelimited ? 'close' : spec.chunked ? 'chunked' : 'length',
  };
}

/** The same file as the simulator shows it to tests. */
export function describeResults(file: ServedFile, isGenerated: boolean): SimulatedResults {
  const { source } = file;
  let sha256: string | undefined;
  return {
    fileName: file.fileName,
    sizeBytes: source.sizeBytes,
    bytes: isGenerated ? Buffer.alloc(0) : source.read(0, source.sizeBytes),
    get sha256() {
      sha256 ??= digestOf(source, 'sha256').toString('hex');
      return sha256;
    },
  };
}

/** `attachment` with the name for old and for new readers. */
export function attachment(fileName: string): string {
  const ascii = fileName.replace(/[^\x20-\x7e]/g, '_').replace(/["\\]/g, '\\$&');
  const plain = `attachment; filename="${ascii}"`;
  return ascii === fileName ? plain : `${plain}; filename*=UTF-8''${encodeURIComponent(fileName)}`;
}

function sourceOf(spec: ResultsSpec, zipBytes: Buffer): ByteSource {
  if (spec.sizeBytes !== undefined) return generatedSource(spec.sizeBytes);
  return bufferSource(spec.bytes ?? zipBytes);
}

function etagOf(spec: ResultsSpec, source: ByteSource): string | undefined {
  const kind = spec.etag ?? (spec.sizeBytes !== undefined && spec.sizeBytes > LARGE_BYTES ? 'opaque' : 'md5');
  if (kind === 'none') return undefined;
  if (kind === 'opaque') return `"simulator-${source.sizeBytes}-1"`;
  const md5 = digestOf(source, 'md5').toString('hex');
  return kind === 'weak' ? `W/"${md5}"` : `"${md5}"`;
}

function contentMd5Of(spec: ResultsSpec, source: ByteSource): string | undefined {
  if (spec.contentMd5 === undefined) return undefined;
  const md5 = digestOf(source, 'md5');
  if (spec.contentMd5 === 'wrong') md5[0] = (md5[0] ?? 0) ^ 0xff;
  return md5.toString('base64');
}

function recentDate(): string {
  return new Date(Date.now() - LAST_MODIFIED_AGE_MS).toUTCString();
}
