// The only reader of the root action's inputs: one typed, validated object; must not use any of them.
import { InputReader } from '../../github/input-reader.js';
import { FINISHED_STATUS } from '../../prediction-one/status-meaning.js';
import { type Condition, parseGate } from '../../results/gate-grammar.js';
import type { ReadInputs } from '../action.js';
import {
  type ApiInputs,
  MAX_MINUTES,
  MINUTE_MS,
  readAll,
  readApiInputs,
  readJobId,
  SECONDS,
} from '../api-inputs.js';

export interface Inputs extends ApiInputs {
  readonly retrainJobId: string;
  readonly wait: boolean;
  readonly timeoutMs: number;
  readonly pollIntervalMs: number;
  readonly failureStatuses: readonly string[];
  readonly downloadResults: boolean;
  readonly resultsDirectory: string;
  readonly cacheResults: boolean;
  readonly extractResults: boolean;
  readonly uploadArtifact: boolean;
  /** Empty for the default name. */
  readonly artifactName: string;
  readonly artifactRetentionDays: number | undefined;
  readonly ifArtifactFails: 'error' | 'warn';
  /** All must hold; empty where no gate is wanted. */
  readonly gate: readonly Condition[];
  /** There is a gate, but all of it is comments. */
  readonly isGateSilent: boolean;
}

/** Whoever wrote more wrong lines than this has one misunderstanding, not many. */
const MAX_GATE_PROBLEMS = 5;

/** Reads and validates every input; what is wrong is gathered, so that one run names all mistakes. */
export function readInputs(): ReadInputs<Inputs> {
  const reader = new InputReader();
  const job = readJobId(reader);
  const gate = readGate(reader);
  const inputs: Inputs = {
    retrainJobId: job.id,
    ...readApiInputs(reader),
    wait: reader.boolean('wait', true),
    timeoutMs:
      MINUTE_MS *
      reader.number('timeout_minutes', { fallback: 60, min: 0, aboveMin: true, max: MAX_MINUTES }),
    pollIntervalMs: 1000 * reader.number('poll_interval_seconds', { fallback: 30, ...SECONDS }),
    failureStatuses: readFailureStatuses(reader),
    downloadResults: reader.boolean('download_results', true),
    resultsDirectory: reader.text('results_directory'),
    cacheResults: reader.boolean('cache_results', false),
    extractResults: reader.boolean('extract_results', true),
    uploadArtifact: reader.boolean('upload_artifact', true),
    artifactName: readArtifactName(reader),
    artifactRetentionDays: readRetentionDays(reader),
    ifArtifactFails: reader.choice('if_artifact_fails', ['error', 'warn']),
    gate,
    isGateSilent: gate.length === 0 && reader.text('gate') !== '',
  };
  if (inputs.gate.length > 0 && !inputs.downloadResults) {
    const must = "'true' when 'gate' is given, which reads the metrics from the results file";
    reader.refuse('download_results', must, 'false');
  }
  return readAll(reader, inputs, job.usable);
}

function readGate(reader: InputReader): readonly Condition[] {
  const { conditions, problems } = parseGate(reader.untrimmed('gate'));
  for (const { line, text, must } of problems.slice(0, MAX_GATE_PROBLEMS))
    reader.refuse('gate', `${must} (line ${line})`, text);
  return conditions;
}

function readFailureStatuses(reader: InputReader): string[] {
  const statuses = reader.list('failure_statuses');
  const finished = statuses.find(status => status.toLowerCase() === FINISHED_STATUS);
  if (finished !== undefined)
    reader.refuse(
      'failure_statuses',
      `a list without '${FINISHED_STATUS}', which is success`,
      reader.text('failure_statuses'),
    );
  return statuses;
}

/** The rules of `@actions/artifact` for names (path-and-artifact-name-validation), and no control characters. */
function readArtifactName(reader: InputReader): string {
  const name = reader.text('artifact_name');
  const isLong = Buffer.byteLength(name) > 200;
  if (isLong || /[":<>|*?\\/\p{Cc}]/u.test(name)) {
    reader.refuse(
      'artifact_name',
      'at most 200 bytes without any of " : < > | * ? \\ / or line breaks',
      name,
    );
  }
  return name;
}

function readRetentionDays(reader: InputReader): number | undefined {
  const days = reader.number('artifact_retention_days', { fallback: 0, min: 1, max: 400, whole: true });
  return days === 0 ? undefined : days;
}
