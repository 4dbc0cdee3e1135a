// Reads what a results file says about the models, from the disk; must not know what the tables mean, the gate or GitHub.
import { open, stat } from 'node:fs/promises';
import { basename, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { messageOf } from '../errors.js';
import { planEntry } from './archive-entry.js';
import type { ContentKind } from './content-kind.js';
import type { ModelReport, ReadingProblem } from './model-report.js';
import { listed, quoted } from './quoted.js';
import { problem, understood, type WantedFile } from './understood.js';
import { nearest, type Role, roleOf } from './wanted-files.js';

/** More entries are no results: the same limit as for unpacking. */
const MAX_ENTRIES = 100_000;
const MAX_FILE_MIB = 4;
const MAX_FILE_BYTES = MAX_FILE_MIB * 1024 * 1024;
/** Files of one name at one depth that are worth comparing. */
const MAX_TWINS = 10;
const MAX_PATHS = 300;

interface Candidate {
  readonly path: string;
  readonly entry: Entry;
  /** Why it may not be read, going on from its name. */
  readonly refused: string | undefined;
}

interface Contents {
  readonly wanted: ReadonlyMap<Role, WantedFile>;
  readonly problems: readonly ReadingProblem[];
  readonly paths: readonly string[];
}

/**
 * What the results file at `path` says; `name` is the one it was given by the vendor, `kind` what its bytes say. In
 * memory there is at most one wanted file of each role, each up to 4 MiB. Nothing wrong with the file is an error.
 * @throws the signal's reason
 */
export async function readModelReport(
  file: { readonly path: string; readonly kind: ContentKind; readonly name: string },
  signal: AbortSignal,
): Promise<ModelReport> {
  signal.throwIfAborted();
  const { wanted, problems, paths } = await contentsOf(file, signal).catch((error: unknown): Contents => {
    signal.throwIfAborted();
    return { wanted: new Map(), problems: [unreadable(basename(file.name), error)], paths: [] };
  });
  const report = understood(wanted);
  // Large tables held the process busy, deaf to a cancel; two turns of its loop and it is heard.
  for (let turn = 0; turn < 2; turn++) await setImmediate();
  signal.throwIfAborted();
  return { ...report, problems: [...problems, ...report.problems], files: paths };
}

async function contentsOf(
  file: { readonly path: string; readonly kind: ContentKind; readonly name: string },
  signal: AbortSignal,
): Promise<Contents> {
  if (file.kind === 'zip') return archiveContents(file.path, signal);
  const path = basename(file.name);
  const role = file.kind === 'other' ? roleOf(path) : undefined;
  if (role === undefined) return { wanted: new Map(), problems: [], paths: [] };
  const { size } = await stat(file.path);
  if (size > MAX_FILE_BYTES) return { wanted: new Map(), problems: [tooLarge(path)], paths: [path] };
  const handle = await open(file.path);
  try {
    const bytes = await handle.readFile({ signal });
    return { wanted: new Map([[role, { path, bytes }]]), problems: [], paths: [path] };
  } finally {
    await handle.close();
  }
}

async function archiveContents(archive: string, signal: AbortSignal): Promise<Contents> {
  const zip = await openPromise(archive, { lazyEntries: true, decodeStrings: false, autoClose: false });
  try {
    if (zip.entryCount > MAX_ENTRIES) throw new Error(`it holds ${zip.entryCount} entries`);
    const { candidates, paths } = await listing(zip, signal);
    const wanted = new Map<Role, WantedFile>();
    const problems: ReadingProblem[] = [];
    for (const [role, files] of candidates) {
      const found = await theOne(zip, nearest(files), signal);
      if ('text' in found) problems.push(found);
      else wanted.set(role, found);
    }
    return { wanted, problems, paths };
  } finally {
    zip.close();
  }
}

/** All entries are seen before any is read: a broken directory of the archive means that nothing in it counts. */
async function listing(
  zip: ZipFile,
  signal: AbortSignal,
): Promise<{ candidates: ReadonlyMap<Role, readonly Candidate[]>; paths: readonly string[] }> {
  const candidates = new Map<Role, Candidate[]>();
  const paths: string[] = [];
  for await (const entry of zip.eachEntry()) {
    signal.throwIfAborted();
    const plan = planEntry(entry);
    if (plan.kind === 'folder') continue;
    const path = plan.kind === 'refused' ? plan.name : plan.path.split(sep).join('/');
    if (paths.length < MAX_PATHS) paths.push(path);
    const role = roleOf(path);
    if (role === undefined) continue;
    const refused = plan.kind === 'refused' ? plan.why : undefined;
    const ofRole = candidates.get(role) ?? [];
    ofRole.push({ path, entry, refused });
    candidates.set(role, ofRole);
  }
  return { candidates, paths };
}

/** The one file that counts, or the problem with it: several count as one only when their bytes are the same. */
async function theOne(
  zip: ZipFile,
  files: readonly Candidate[],
  signal: AbortSignal,
): Promise<WantedFile | ReadingProblem> {
  const [first, ...twins] = files;
  if (first === undefined) throw new Error('a role has at least one file');
  const differ = problem(
    first.path,
    `could not be understood: which of these counts is not clear: ${listed(files.map(({ path }) => quoted(path)))}.`,
  );
  if (twins.length >= MAX_TWINS) return differ;
  const found = await read(zip, first, signal);
  if ('text' in found) return found;
  for (const twin of twins) {
    const other = await read(zip, twin, signal);
    if ('text' in other) return other;
    if (!other.bytes.equals(found.bytes)) return differ;
  }
  return found;
}

async function read(
  zip: ZipFile,
  { path, entry, refused }: Candidate,
  signal: AbortSignal,
): Promise<(WantedFile & { bytes: Buffer }) | ReadingProblem> {
  if (refused !== undefined) return problem(path, `could not be read: it ${refused}.`);
  if (entry.uncompressedSize > MAX_FILE_BYTES) return tooLarge(path);
  try {
    const chunks: Buffer[] = [];
    let crc = 0;
    // The size that an entry declares is held against its bytes by the ZIP library.
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      signal.throwIfAborted();
      crc = crc32(chunk, crc);
      chunks.push(chunk);
    }
    if (crc !== entry.crc32) throw new Error('its bytes do not have their CRC-32');
    return { path, bytes: Buffer.concat(chunks) };
  } catch (error) {
    signal.throwIfAborted();
    return unreadable(path, error);
  }
}

function tooLarge(path: string): ReadingProblem {
  return problem(path, `could not be understood: it is larger than ${MAX_FILE_MIB} MiB.`);
}

function unreadable(path: string, error: unknown): ReadingProblem {
  return problem(path, `could not be read: ${messageOf(error).slice(0, 300).replace(/\.$/, '')}.`);
}
