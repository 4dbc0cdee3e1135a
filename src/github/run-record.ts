// All that one run has found out so far: the one source of outputs, summary and annotation; must not know how they look.
import type { ExplainedError, Result } from '../errors.js';

export interface StatusChange {
  /** As the API gave it. */
  readonly status: string;
  /** When it was first seen, in milliseconds since 1970. */
  readonly atWallMs: number;
  /** Time since the wait began. */
  readonly waitedMs: number;
}

export interface ResultsRecord {
  readonly file: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly fromCache: boolean;
}

export interface ArtifactRecord {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly digest: string;
}

/** Filled in as the run goes on, so that every way out can tell what is known. */
export interface RunRecord {
  result: Result | undefined;
  error: ExplainedError | undefined;
  retrainJobId: string | undefined;
  status: string | undefined;
  modelId: string | undefined;
  message: string | undefined;
  resultsDirectory: string | undefined;
  results: ResultsRecord | undefined;
  /** Absolute path of the folder with the unpacked files. */
  extractedDirectory: string | undefined;
  artifact: ArtifactRecord | undefined;
  elapsedMs: number | undefined;
  statusChecks: number;
  readonly timeline: StatusChange[];
  /** Things that did not stop the run but that people should know, whole sentences. */
  readonly warnings: string[];
}

export function emptyRecord(): RunRecord {
  return {
    result: undefined,
    error: undefined,
    retrainJobId: undefined,
    status: undefined,
    modelId: undefined,
    message: undefined,
    resultsDirectory: undefined,
    results: undefined,
    extractedDirectory: undefined,
    artifact: undefined,
    elapsedMs: undefined,
    statusChecks: 0,
    timeline: [],
    warnings: [],
  };
}
