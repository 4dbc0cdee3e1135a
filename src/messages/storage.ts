// The errors of fetching and keeping the results file, and of presigned URLs, as data; must not know how they are met.
import type { Message } from './message.js';

const TRY_AGAIN = 'Re-run the job with the same retrain_job_id: the training is done and is not repeated.';
const FAILING = 'The storage behind the download_url, or the network to it, is failing.';
const FOLDER_CHANGED = 'The folder changed while the action was running.';
const SAME_JOB = 'Re-run the job with the same retrain_job_id.';

export const DOWNLOAD = {
  noUrl: {
    id: 'no-download-url',
    results: ['download_error'],
    title: 'The job has finished, but there is no download_url',
    what: "The job had finished, but the API gave no download_url within {elapsed}; its last status is '{status}'.{more?}",
    likelyCause: 'The vendor is still writing the results, or has removed them.',
    nextStep:
      'Re-run the job later with the same retrain_job_id, or set download_results: false if the file is not needed.',
  },
  fault: {
    id: 'storage-fault',
    results: ['download_error'],
    title: 'The storage fails for a while',
    what: '{whatTheStorageDid}',
    likelyCause: FAILING,
    nextStep: TRY_AGAIN,
  },
  gaveUp: {
    id: 'download-gave-up',
    results: ['download_error'],
    title: 'The download makes no progress for max_outage_minutes',
    what: 'The results could not be downloaded; gave up after {minutes} min without progress (max_outage_minutes). {whatTheStorageDid} {haveBytes} of {totalBytes} bytes had arrived.',
    likelyCause: FAILING,
    nextStep: TRY_AGAIN,
  },
  refused: {
    id: 'download-refused',
    results: ['download_error'],
    title: 'The storage does not give the results file',
    what: '{whatTheStorageDid}',
    likelyCause: 'The download_url does not point at a file that can be fetched.',
    nextStep: TRY_AGAIN,
  },
  empty: {
    id: 'results-empty',
    results: ['download_error'],
    title: 'The results file is empty',
    what: 'The results file is empty: the storage sent a body without a byte.',
    likelyCause: 'The vendor has not written the file, or lost it.',
    nextStep: TRY_AGAIN,
  },
  markup: {
    id: 'results-are-a-page',
    results: ['download_error'],
    title: 'A page comes in place of the results file',
    what: 'The storage sent an HTML or XML page in place of the results file.',
    likelyCause:
      'A proxy or a login page answered instead of the storage, or the storage reports an error as a page.',
    nextStep: 'Check that the runner reaches the storage directly (proxy, firewall), then re-run the job.',
  },
  redirects: {
    id: 'download-redirects',
    results: ['download_error'],
    title: 'The storage redirects in a circle',
    what: 'The storage redirected more than 5 times.',
    likelyCause: 'The redirects lead in a circle.',
    nextStep: TRY_AGAIN,
  },
  checksum: {
    id: 'results-checksum',
    results: ['download_error'],
    title: 'The results file does not have its checksum',
    what: 'The results file is not what the storage announced: MD5 {actual}, announced {announced}.',
    likelyCause: 'The file was damaged on the way or at rest, or something on the way rewrites it.',
    nextStep: TRY_AGAIN,
  },
  unproven: {
    id: 'results-unproven',
    results: ['download_error'],
    title: 'Nothing tells whether the results file is whole',
    what: 'The storage sent neither a length nor a checksum, so that a cut cannot be told from the end of the file.',
    likelyCause: 'A proxy on the way strips Content-Length.',
    nextStep: 'Let the runner reach the storage without that proxy (NO_PROXY), then re-run the job.',
  },
} as const satisfies Record<string, Message>;

const PRESIGNED_STEP =
  'The live model is unchanged. Re-run the job, and if it happens again, ask the vendor.';
const MISCONFIGURED = 'The storage, or a proxy in front of it, is misconfigured.';

/** Of a download_url and of an upload_url alike. */
export const PRESIGNED = {
  noUrl: {
    id: 'presigned-url-unreadable',
    results: ['download_error', 'upload_error'],
    title: 'The download_url or upload_url is not a URL',
    what: "The API's {field} is not a URL.",
    likelyCause: 'The API changed, or something answered in its place.',
    nextStep: PRESIGNED_STEP,
  },
  notHttps: {
    id: 'presigned-url-not-https',
    results: ['download_error', 'upload_error'],
    title: 'The download_url or upload_url is not https',
    what: 'The {field} must be https: it is {scheme} to {host}.',
    likelyCause: 'A proxy rewrites the answers of the API, or the API is not the vendor’s.',
    nextStep: PRESIGNED_STEP,
  },
  redirectToNoUrl: {
    id: 'storage-redirects-nowhere',
    results: ['download_error', 'upload_error'],
    title: 'The storage redirects to something that is not a URL',
    what: 'The storage redirected to something that is not a URL.',
    likelyCause: MISCONFIGURED,
    nextStep: PRESIGNED_STEP,
  },
  redirectNotFollowed: {
    id: 'storage-redirect-not-followed',
    results: ['download_error', 'upload_error'],
    title: 'The storage redirects from https to another scheme',
    what: 'The storage redirected from {from} to {to} ({host}), which is not followed.',
    likelyCause: MISCONFIGURED,
    nextStep: PRESIGNED_STEP,
  },
} as const satisfies Record<string, Message>;

/** The folder of the results and its disk. */
export const DISK = {
  full: {
    id: 'disk-full',
    results: ['download_error'],
    title: 'The disk is full',
    what: "The disk of '{directory}' is full: {needed} bytes needed, {free} bytes free.",
    likelyCause: 'The results file is larger than the free space of the runner.',
    nextStep: 'Free space, or set results_directory to a larger disk, and re-run the job.',
  },
  notWritten: {
    id: 'results-not-written',
    results: ['download_error'],
    title: 'The results cannot be written',
    what: "The results cannot be written to '{directory}': {reason}.",
    likelyCause: 'The folder or its disk became read-only or went away while the action was running.',
    nextStep: 'Set results_directory to a folder that the runner may write and re-run the job.',
  },
  noNameFree: {
    id: 'no-name-free',
    results: ['download_error'],
    title: 'No name is free for the results',
    what: "No name is free for the results in '{directory}': '{name}' and 998 more like it belong to others.",
    likelyCause: 'Many runs, or other programs, store files of this name in the same folder.',
    nextStep: 'Set results_directory to an empty folder and re-run the job.',
  },
  fileNotNamed: {
    id: 'results-not-named',
    results: ['download_error'],
    title: 'The results cannot be given their final name',
    what: "The results could not be given their final name in '{directory}': {reason}.",
    likelyCause: FOLDER_CHANGED,
    nextStep: SAME_JOB,
  },
  folderNotNamed: {
    id: 'unpacked-results-not-named',
    results: ['download_error'],
    title: 'The unpacked results cannot be given their final name',
    what: "The unpacked results could not be given their final name in '{directory}': {reason}.",
    likelyCause: FOLDER_CHANGED,
    nextStep: SAME_JOB,
  },
} as const satisfies Record<string, Message>;

const LOOK_FIRST =
  'Do not switch before you have looked at the file; set extract_results: false to keep it packed.';

export const UNPACKING = {
  entryRefused: {
    id: 'zip-entry-refused',
    results: ['download_error'],
    title: 'The ZIP holds an entry that may not be unpacked',
    what: "The results file cannot be unpacked safely: the entry '{entry}' {reason}.",
    likelyCause: 'The file is not the vendor’s, or was made to do harm.',
    nextStep: LOOK_FIRST,
  },
  tooLarge: {
    id: 'zip-too-large',
    results: ['download_error'],
    title: 'The ZIP holds more than may be unpacked',
    what: 'The results file cannot be unpacked safely: it holds {content}.',
    likelyCause: 'The file is not the vendor’s, or was made to fill the disk.',
    nextStep: LOOK_FIRST,
  },
  broken: {
    id: 'zip-broken',
    results: ['download_error'],
    title: 'The ZIP is broken',
    what: 'The results file cannot be unpacked: {reason}',
    likelyCause: 'The archive is damaged, or made by a tool that breaks the format.',
    nextStep: LOOK_FIRST,
  },
} as const satisfies Record<string, Message>;
