// Keeps artifacts and their blocks in temporary files; knows no HTTP.
import { mkdtempSync, readSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { StoredArtifact } from './scenario.js';

const KEPT_AFTER_CLOSE_BYTES = 32 * 1024 ** 2;

interface Segment {
  offset: number;
  sizeBytes: number;
}

/** The stored bytes of one artifact. Blocks may arrive in parallel and in any order. */
export interface Blob {
  contentType?: string;
  sizeBytes: number;
  /** Takes a block of exactly `sizeBytes`; throws when the body is shorter or longer. */
  stage(blockId: string, sizeBytes: number, body: AsyncIterable<Buffer>): Promise<void>;
  /** Makes the named blocks, in this order, the blob. False when one of them is not there. */
  commit(blockIds: readonly string[]): boolean;
  /** Fills the buffer's worth of bytes from `start`; may be shorter at the end. */
  read(start: number, end: number): Buffer;
}

/** One artifact with what only the service sees. */
export interface ArtifactEntry {
  artifact: StoredArtifact;
  blob: Blob;
  createdAt: string;
}

export interface ArtifactStore {
  entries: Map<string, ArtifactEntry>;
  /** In order of creation; the same objects as in the entries. */
  artifacts: StoredArtifact[];
  create(facts: Pick<StoredArtifact, 'name' | 'mimeType' | 'expiresAt'>): Promise<ArtifactEntry>;
  remove(name: string): void;
  close(): Promise<void>;
}

export function createArtifactStore(): ArtifactStore {
  const entries = new Map<string, ArtifactEntry>();
  const artifacts: StoredArtifact[] = [];
  const files: FileHandle[] = [];
  let directory: string | undefined;
  let lastId = 0;
  return {
    entries,
    artifacts,
    async create(facts) {
      directory ??= mkdtempSync(path.join(tmpdir(), 'retrain-simulator-'));
      const id = ++lastId;
      const file = await open(path.join(directory, String(id)), 'w+');
      files.push(file);
      const entry = entryOf({ id, ...facts }, createBlob(file));
      entries.set(facts.name, entry);
      artifacts.push(entry.artifact);
      return entry;
    },
    remove(name) {
      const entry = entries.get(name);
      entries.delete(name);
      if (entry !== undefined) artifacts.splice(artifacts.indexOf(entry.artifact), 1);
    },
    async close() {
      for (const { artifact } of entries.values()) keepSmall(artifact);
      for (const file of files.splice(0)) await file.close();
      if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
}

function entryOf(
  facts: Pick<StoredArtifact, 'id' | 'name' | 'mimeType' | 'expiresAt'>,
  blob: Blob,
): ArtifactEntry {
  const artifact: StoredArtifact = {
    ...facts,
    finalized: false,
    get sizeBytes() {
      return blob.sizeBytes;
    },
    bytes: () => blob.read(0, blob.sizeBytes),
  };
  return { artifact, blob, createdAt: new Date().toISOString() };
}

function keepSmall(artifact: StoredArtifact): void {
  if (artifact.sizeBytes >= KEPT_AFTER_CLOSE_BYTES) return;
  const bytes = artifact.bytes();
  artifact.bytes = () => bytes;
}

function createBlob(file: FileHandle): Blob {
  const staged = new Map<string, Segment>();
  let segments: Segment[] = [];
  let reservedBytes = 0;
  return {
    get sizeBytes() {
      return segments.reduce((total, segment) => total + segment.sizeBytes, 0);
    },
    async stage(blockId, sizeBytes, body) {
      const offset = reservedBytes;
      // The place is reserved before the first byte is awaited: other blocks arrive meanwhile.
      reservedBytes += sizeBytes;
      await writeExactly(file, { offset, sizeBytes }, body);
      staged.set(blockId, { offset, sizeBytes });
    },
    commit(blockIds) {
      const found = blockIds.map(id => staged.get(id)).filter(segment => segment !== undefined);
      if (found.length < blockIds.length) return false;
      segments = found;
      return true;
    },
    read: (start, end) => readSegments(file.fd, segments, { start, end }),
  };
}

async function writeExactly(file: FileHandle, segment: Segment, body: AsyncIterable<Buffer>): Promise<void> {
  let writtenBytes = 0;
  for await (const chunk of body) {
    if (writtenBytes + chunk.length > segment.sizeBytes)
      throw new Error('The block is longer than announced.');
    await file.write(chunk, 0, chunk.length, segment.offset + writtenBytes);
    writtenBytes += chunk.length;
  }
  if (writtenBytes < segment.sizeBytes) throw new Error('The block is shorter than announced.');
}

function readSegments(
  fd: number,
  segments: readonly Segment[],
  span: { start: number; end: number },
): Buffer {
  const result = Buffer.alloc(span.end - span.start);
  let segmentStart = 0;
  for (const segment of segments) {
    const from = Math.max(span.start, segmentStart);
    const to = Math.min(span.end, segmentStart + segment.sizeBytes);
    if (from < to) readSync(fd, result, from - span.start, to - from, segment.offset + from - segmentStart);
    segmentStart += segment.sizeBytes;
  }
  return result;
}
