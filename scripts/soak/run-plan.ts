// One real run at random: what the simulator does, which inputs, how it must end; must not run anything.
import type { ArtifactScript, ResultsSpec, StatusScript, StorageScript } from '../../simulator/scenario.js';
import type { Chance } from './chance.js';

export interface RunPlan {
  readonly statusAnswers: StatusScript[];
  readonly storage: StorageScript[];
  readonly artifact: ArtifactScript[];
  readonly results: ResultsSpec;
  readonly inputs: Readonly<Record<string, string>>;
  readonly faults: readonly string[];
  /** What the last answer of the API is. */
  readonly ending: string;
  /** The value of `result` that a run without a cancel must end with. */
  readonly expected: string;
  /** Cancels this long after the first request. */
  readonly cancel: { readonly afterMs: number; readonly signal: 'SIGINT' | 'SIGTERM' } | undefined;
  /** Credentials that the simulator gave away in texts that people may see; filled in while it runs. */
  readonly givenAway: Set<string>;
}

interface Ending {
  readonly name: string;
  readonly result: string;
  readonly answer: StatusScript;
}

interface Named<T> {
  readonly name: string;
  readonly script: T;
}

const ENDINGS: readonly Ending[] = [
  {
    name: 'status of failure',
    result: 'job_failed',
    answer: { status: 'train_failed', message: 'no rows\n::error::x' },
  },
  { name: 'refused key', result: 'auth_error', answer: { httpStatus: 400, message: 'invalid_api_key.' } },
  {
    name: 'unknown job',
    result: 'not_found',
    answer: { httpStatus: 400, message: 'Not found retrain job.' },
  },
  {
    name: 'deleted job',
    result: 'job_deleted',
    answer: { httpStatus: 400, message: 'This job may be deleted.' },
  },
  { name: 'other 4xx', result: 'api_error', answer: { httpStatus: 422 } },
  {
    name: 'redirect',
    result: 'api_error',
    answer: { httpStatus: 302, headers: { location: '/elsewhere' }, body: '' },
  },
  {
    name: 'wrong job',
    result: 'api_error',
    answer: {
      body: ({ downloadUrl }) => ({
        status: 'job_finished',
        download_url: downloadUrl(),
        metadata: { retrain_job_id: 'somebody-elses' },
      }),
    },
  },
  { name: 'job that never ends', result: 'timed_out', answer: { status: 'training' } },
  { name: 'status that only sounds finished', result: 'timed_out', answer: { status: 'completed' } },
];

const STATUS_FAULTS: readonly Named<StatusScript>[] = [
  { name: '5xx', script: { httpStatus: 503, body: '<title>503</title>' } },
  { name: '429 with Retry-After', script: { httpStatus: 429, headers: { 'retry-after': '1' } } },
  { name: 'connection reset', script: { fault: 'reset' } },
  { name: 'body breaks off', script: { status: 'job_finished', fault: 'cut_body' } },
  { name: 'unreadable answer', script: { body: '{"status":' } },
  { name: 'slow answer', script: { status: 'training', delayMs: 300 } },
];

const STORAGE_FAULTS: readonly Named<StorageScript>[] = [
  { name: 'storage: connection reset', script: { fault: 'reset' } },
  { name: 'storage: 503', script: { httpStatus: 503 } },
  { name: 'storage: 403', script: { httpStatus: 403 } },
  { name: 'storage: another range', script: { wrongContentRange: true } },
  { name: 'storage: Range ignored', script: { ignoreRange: true } },
];

const STORAGE_ENDS: readonly Named<StorageScript>[] = [
  { name: 'storage: HTML page', script: { fault: 'html' } },
  { name: 'storage: empty body', script: { fault: 'empty' } },
  { name: 'storage: 400', script: { httpStatus: 400 } },
];

const NAME_TAKEN = {
  code: 'already_exists',
  msg: 'an artifact with this name already exists on the workflow run',
};
const QUOTA = { code: 'permission_denied', msg: 'insufficient usage to create artifact' };

export function makePlan(chance: Chance): RunPlan {
  const givenAway = new Set<string>();
  const status = chance.some([0, 3], () =>
    chance.one([...STATUS_FAULTS, hostile(givenAway), hostile(givenAway)]),
  );
  const ending = chance.happens(0.45) ? chance.one(ENDINGS) : undefined;
  const sizeBytes = chance.integer(1, 400_000);
  const storageEnd = ending === undefined && chance.happens(0.15) ? [chance.one(STORAGE_ENDS)] : [];
  const storage = ending === undefined ? storageFaults(chance, sizeBytes, storageEnd.length > 0) : [];
  const noUrl =
    ending === undefined && chance.happens(0.15)
      ? [{ name: 'no download_url yet', script: { status: 'job_finished', omitDownloadUrl: true } }]
      : [];
  const upload = chance.one([
    'stored',
    'stored',
    'name taken',
    'quota',
    'quota, warn',
    'not wanted',
    'not wanted',
  ]);
  const mayFail = ending === undefined && storageEnd.length === 0;
  const artifact = mayFail ? artifactScripts(upload) : [];
  const last = ending?.answer ?? { status: 'job_finished' };
  const result =
    storageEnd.length > 0 ? 'download_error' : upload === 'quota' ? 'artifact_error' : 'succeeded';
  return {
    statusAnswers: [...status, ...noUrl].map(({ script }) => script).concat(last),
    storage: [...storage, ...storageEnd].map(({ script }) => script),
    artifact,
    results: resultsOf(chance, sizeBytes),
    inputs: inputsOf(upload, ending?.result),
    faults: [...status, ...noUrl, ...storage, ...storageEnd]
      .map(({ name }) => name)
      .concat(artifact.length > 0 ? `artifact: ${upload}` : []),
    ending: ending?.name ?? 'finished',
    expected: ending?.result ?? result,
    cancel: chance.happens(0.2)
      ? { afterMs: chance.integer(0, 700), signal: chance.one(['SIGINT', 'SIGTERM']) }
      : undefined,
    givenAway,
  };
}

/** A status whose message holds commands, markup, the key and a download URL. */
function hostile(givenAway: Set<string>): Named<StatusScript> {
  const script: StatusScript = {
    body: ({ downloadUrl, request, jobId }) => {
      const url = downloadUrl();
      givenAway.add(new URL(url).searchParams.get('X-Amz-Signature') ?? '');
      const key = String(request.headers['x-api-key']);
      const message = `::set-output name=result::succeeded\n##[error]x\n<img src=x>\u001b[31m ${key} ${url}\nEOF\nresult=succeeded`;
      return { status: 'training\n::warning::y', message, metadata: { retrain_job_id: jobId } };
    },
  };
  return { name: 'hostile texts', script };
}

/** Before an end that must be reached, only faults that surely keep the file from arriving. */
function storageFaults(chance: Chance, sizeBytes: number, isEndAhead: boolean): Named<StorageScript>[] {
  if (isEndAhead) return chance.some([0, 2], () => chance.one(STORAGE_FAULTS.slice(0, 3)));
  return chance.some([0, 3], () => storageFault(chance, sizeBytes));
}

function storageFault(chance: Chance, sizeBytes: number): Named<StorageScript> {
  const how = chance.integer(0, STORAGE_FAULTS.length + 2);
  const afterBytes = chance.integer(0, sizeBytes);
  if (how === STORAGE_FAULTS.length) return { name: 'storage: cut', script: { fault: 'cut', afterBytes } };
  if (how > STORAGE_FAULTS.length) {
    return {
      name: 'storage: cut of a version that is replaced',
      script: { fault: 'cut', afterBytes, etag: '"older"' },
    };
  }
  return STORAGE_FAULTS[how] ?? { name: 'storage: cut', script: { fault: 'cut', afterBytes } };
}

function artifactScripts(upload: string): ArtifactScript[] {
  if (upload === 'name taken') return [{ on: 'CreateArtifact', httpStatus: 409, body: NAME_TAKEN }];
  if (!upload.startsWith('quota')) return [];
  return Array.from({ length: 20 }, () => ({ on: 'CreateArtifact' as const, httpStatus: 403, body: QUOTA }));
}

function resultsOf(chance: Chance, sizeBytes: number): ResultsSpec {
  if (chance.happens(0.3)) return {};
  return {
    sizeBytes,
    fileName: chance.one(['results.zip', '結果.csv', 'r 1.bin']),
    etag: chance.one(['md5', 'opaque', 'weak', 'none']),
    lastModified: chance.happens(0.5),
    chunked: chance.happens(0.3),
    acceptRanges: chance.happens(0.8),
  };
}

function inputsOf(upload: string, ending: string | undefined): Record<string, string> {
  return {
    poll_interval_seconds: '0.1',
    max_outage_minutes: '0.5',
    timeout_minutes: ending === 'timed_out' ? '0.1' : '1',
    request_timeout_seconds: '5',
    upload_artifact: String(upload !== 'not wanted'),
    if_artifact_fails: upload === 'quota, warn' ? 'warn' : 'error',
  };
}
