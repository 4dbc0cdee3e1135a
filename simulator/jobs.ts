// The retrain jobs and where each stands in its time; knows no server, no key and no scenario.
import { randomUUID } from 'node:crypto';
import {
  AWAITING_UPLOAD_STATUS,
  FAILED_STATUS,
  FINISHED_STATUS,
  statusAtShare,
  TIMELINE,
} from './assumptions.js';

export interface Job {
  id: string;
  /** Whether its data is there; the ready-made job has it from the start. */
  hasData: boolean;
  /** By a clock that never jumps; absent until the job runs. */
  startedAtMs?: number;
  /** Whether a status answer has called it finished. */
  seenFinished: boolean;
  /** Whether its model is being fitted: it cannot end before, however short its time is. */
  isTraining?: boolean;
  /** Why it cannot end well, in the API's words. */
  failure?: string;
}

export interface JobBook {
  find(id: string): Job | undefined;
  /** A new job that waits for its upload. */
  add(): Job;
  /** Called when the upload of a job is complete; a second upload starts it anew. */
  receiveData(id: string, isTraining: boolean): void;
  /** Called when its model is fitted, or cannot be. */
  endTraining(id: string, failure: string | undefined): void;
  /** The built-in status now; the first look at the ready-made job starts it. */
  statusOf(job: Job): string;
  /** Ids of jobs whose model was put into service. */
  switchedJobIds: string[];
}

/** Makes the book with its ready-made job. */
export function createJobBook(readyJobId: string, jobSeconds: number): JobBook {
  const jobs = new Map<string, Job>([[readyJobId, { id: readyJobId, hasData: true, seenFinished: false }]]);
  return {
    switchedJobIds: [],
    find: id => jobs.get(id),
    add() {
      const job: Job = { id: randomUUID(), hasData: false, seenFinished: false };
      jobs.set(job.id, job);
      return job;
    },
    receiveData(id, isTraining) {
      const job = jobs.get(id);
      if (job === undefined) return;
      const startedAtMs = performance.now();
      Object.assign(job, { hasData: true, startedAtMs, seenFinished: false, isTraining, failure: undefined });
    },
    endTraining(id, failure) {
      const job = jobs.get(id);
      if (job !== undefined) Object.assign(job, { isTraining: false, failure });
    },
    statusOf(job) {
      if (!job.hasData) return AWAITING_UPLOAD_STATUS;
      job.startedAtMs ??= performance.now();
      const elapsedSeconds = (performance.now() - job.startedAtMs) / 1000;
      const status = jobSeconds > 0 ? statusAtShare(elapsedSeconds / jobSeconds) : FINISHED_STATUS;
      return status === FINISHED_STATUS ? endOf(job) : status;
    },
  };
}

function endOf(job: Job): string {
  if (job.isTraining === true) return TIMELINE.at(-1)?.status ?? FINISHED_STATUS;
  return job.failure === undefined ? FINISHED_STATUS : FAILED_STATUS;
}
