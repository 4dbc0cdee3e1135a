// Trains on what is uploaded, job by job, and puts models into service; knows no server and no way of learning.

import { TRAINING_FAILURES } from './assumptions.js';
import type { JobBook } from './jobs.js';
import { type ServedFile, servedFile } from './results-file.js';
import { modelsAtStart, type Retrained, retrain } from './retraining.js';
import type { ResultsSpec, StoredUpload } from './scenario.js';
import { TrainingRefusal } from './training-refusal.js';
import { readUpload } from './uploaded-tables.js';

export interface TrainingDesk {
  /** Called when the upload of a job is complete; a second upload trains anew. */
  receive(upload: StoredUpload): void;
  /** The results file of the job. */
  fileOf(jobId: string): ServedFile;
  /** Later uploads are compared with this job's model. */
  putIntoService(jobId: string): void;
}

export interface TrainingDeskOptions {
  jobs: JobBook;
  /** Results that the scenario gives itself are those of every job: then nothing is trained. */
  spec: ResultsSpec;
  builtIn: Retrained;
  stop: AbortSignal;
}

interface Outcome {
  retrained: Retrained;
  file: ServedFile;
}

export function createTrainingDesk({ jobs, spec, builtIn, stop }: TrainingDeskOptions): TrainingDesk {
  const inService = modelsAtStart();
  const outcomes = new Map<string, Outcome>();
  const latest = new Map<string, StoredUpload>();
  const hasOwnResults = spec.bytes !== undefined || spec.sizeBytes !== undefined;
  const standard: Outcome = { retrained: builtIn, file: servedFile(spec, builtIn.zipBytes) };
  const outcomeOf = (jobId: string) => outcomes.get(jobId) ?? standard;

  async function train(upload: StoredUpload, bytes: Buffer): Promise<void> {
    const { jobId, fileName } = upload;
    let failure: string | undefined;
    let outcome: Outcome | undefined;
    try {
      const retrained = await retrain(await readUpload(bytes, fileName), inService, stop);
      outcome = { retrained, file: servedFile(spec, retrained.zipBytes) };
    } catch (error) {
      failure = failureOf(error);
    }
    // The simulator has ended, or other data has come meanwhile.
    if (stop.aborted || latest.get(jobId) !== upload) return;
    if (outcome !== undefined) outcomes.set(jobId, outcome);
    jobs.endTraining(jobId, failure);
  }

  return {
    receive(upload) {
      latest.set(upload.jobId, upload);
      outcomes.delete(upload.jobId);
      // Too large to be kept is too large to be trained on: such a job gets the built-in results.
      const isTrained = upload.bytes !== undefined && !hasOwnResults;
      jobs.receiveData(upload.jobId, isTrained);
      if (upload.bytes !== undefined && isTrained) void train(upload, upload.bytes);
    },
    fileOf: jobId => outcomeOf(jobId).file,
    putIntoService(jobId) {
      const { key, model } = outcomeOf(jobId).retrained;
      inService.set(key, model);
    },
  };
}

function failureOf(error: unknown): string {
  if (error instanceof TrainingRefusal) return error.message;
  return `${TRAINING_FAILURES.unexpected} ${error instanceof Error ? error.message : String(error)}`;
}
