// All that one run has found out so far: the one source of outputs, summary and annotation; must not know how they look.
import type { ArtifactLibrary, ArtifactRecord } from '../../github/artifact.js';
import type { BaseRecord } from '../../github/report.js';
import type { GateVerdict } from '../../results/gate.js';
import type { ModelReport } from '../../results/model-report.js';
import type { ToolCacheLibrary } from '../../results/results-cache.js';
import type { Parts } from '../parts.js';

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

/** Filled in as the run goes on, so that every way out can tell what is known. */
export interface RunRecord extends BaseRecord {
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
  /** What the results say about the models, if there are results. */
  modelReport: ModelReport | undefined;
  gate: GateVerdict | undefined;
}

/** Libraries that are handed in: one is slow to load, the other is GitHub's own. */
export interface Libraries {
  readonly loadArtifactLibrary: () => Promise<ArtifactLibrary>;
  readonly toolCache: ToolCacheLibrary;
}

/** What the root action's story is handed. */
export type RunParts = Parts<RunRecord> & Libraries;

/** A record of a run of which nothing is known yet. */
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
    modelReport: undefined,
    gate: undefined,
    warnings: [],
  };
}
