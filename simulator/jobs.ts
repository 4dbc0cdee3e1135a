// The retrain jobs and where each stands in its time; knows no server, no key and no scenario.
import { randomUUID } from 'node:crypto';
import { AWAITING_UPLOAD_STATUS, FINISHED_STATUS, statusAtShare } from './assumptions.js';

export interface Job {
  id: string;
  /** Whether its data is there; the ready-made job has it from the start. */
  hasData: boolean;
  /** By a clock that never jumps; absent until the job runs. */
  startedAtMs?: number;
  /** Whether a status answer has called it finished. */
  seenFinished: boolean;
}

export interface JobBook {
  find(id: string): Job | undefined;
  /** A new job that waits for its upload. */
  add(): Job;
  /** Called when the upload of a job is complete; a second upload starts it anew. */
  receiveData(id: string): void;
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
    receiveData(id) {
      const job = jobs.get(id);
      if (job !== undefined)
        Object.assign(job, { hasData: true, startedAtMs: performance.now(), seenFinished: false });
    },
    statusOf(job) {
      if (!job.hasData) return AWAITING_UPLOAD_STATUS;
      job.startedAtMs ??= performance.now();
      const elapsedSeconds = (performance.now() - job.startedAtMs) / 1000;
      return jobSeconds > 0 ? statusAtShare(elapsedSeconds / jobSeconds) : FINISHED_STATUS;
    },
  };
}
