// The errors of sending the training data, as data; must not know how they are met.
import type { Message } from './message.js';

const TRY_AGAIN = 'Re-run the job: the upload starts anew, and the live model is unchanged.';

export const UPLOAD = {
  fault: {
    id: 'upload-storage-fault',
    results: ['upload_error'],
    title: 'The storage for the upload fails for a while',
    what: '{whatTheStorageDid}',
    likelyCause: 'The storage behind the upload_url, or the network to it, is failing.',
    nextStep: TRY_AGAIN,
  },
  gaveUp: {
    id: 'upload-gave-up',
    results: ['upload_error'],
    title: 'The upload keeps failing for max_outage_minutes',
    what: 'The data could not be uploaded; {why}. {whatTheStorageDid}',
    likelyCause: '{causeOfTheLastFailure}',
    nextStep: `${TRY_AGAIN} On a slow line raise request_timeout_seconds, the limit for the answer after the last byte.`,
  },
  refused: {
    id: 'upload-refused',
    results: ['upload_error'],
    title: 'The storage does not take the file',
    what: '{whatTheStorageDid}',
    likelyCause: 'The storage does not take this file: its size or name, or the upload_url itself.',
    nextStep: TRY_AGAIN,
  },
  redirects: {
    id: 'upload-redirects',
    results: ['upload_error'],
    title: 'The storage redirects the upload in a circle',
    what: 'The storage redirected the upload more than 5 times.',
    likelyCause: 'The redirects lead in a circle.',
    nextStep: TRY_AGAIN,
  },
  page: {
    id: 'upload-answered-by-a-page',
    results: ['upload_error'],
    title: 'A page answers the upload',
    what: "The upload was answered with an HTML page (HTTP {httpStatus}) in place of the storage's answer.",
    likelyCause: 'A proxy or a login page answered instead of the storage.',
    nextStep: 'Check that the runner reaches the storage directly (proxy, firewall), then re-run the job.',
  },
  changed: {
    id: 'data-changed',
    results: ['upload_error'],
    title: 'The data file changes while it is being sent',
    what: "The file '{path}' changed while it was being sent: {change}. It was not sent whole.",
    likelyCause: 'Another step or program is still writing the file.',
    nextStep: 'Upload only when the file is finished: re-run the job.',
  },
  notRead: {
    id: 'data-not-read',
    results: ['upload_error'],
    title: 'The data file cannot be read',
    what: "The file '{path}' could not be read: {reason}.",
    likelyCause: 'The disk, or the share it is on, failed or went away.',
    nextStep: TRY_AGAIN,
  },
  diskFull: {
    id: 'upload-disk-full',
    results: ['upload_error'],
    title: 'The disk is full while the two data files are packed',
    what: "The disk of '{directory}' is full: up to {needed} bytes needed for the ZIP, {free} bytes free.",
    likelyCause: 'The two data files are larger than the free space of the runner.',
    nextStep: 'Free space on the runner and re-run the job.',
  },
  notPacked: {
    id: 'data-not-packed',
    results: ['upload_error'],
    title: 'The two data files cannot be packed',
    what: "The ZIP of the two files cannot be written to '{directory}': {reason}.",
    likelyCause: 'The temporary folder of the runner is read-only or went away.',
    nextStep: TRY_AGAIN,
  },
} as const satisfies Record<string, Message>;
