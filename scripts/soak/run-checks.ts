// What must hold after every real run: verdict, outputs, secrets, files, sockets; must not run anything.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Simulator } from '../../simulator/scenario.js';
import type { RunPlan } from './run-plan.js';
import type { StepRun } from './step-run.js';
import type { Problem, ProblemKind } from './tally.js';

interface Ended {
  readonly plan: RunPlan;
  readonly run: StepRun;
  readonly simulator: Simulator;
}

const CANCEL_LIMIT_MS = 2_000;
/** The exit of the process itself, and four of them on two cores. */
const MACHINE_SLACK_MS = 2_000;
const COMMANDS = new Set(['add-mask', 'debug', 'group', 'endgroup', 'warning', 'error', 'notice']);
const ESTABLISHED = '01';

export function problemsOf(ended: Ended): Problem[] {
  const checks: Record<ProblemKind, (ended: Ended) => string[]> = {
    'wrong verdicts': one => [...verdictProblems(one), ...outputProblems(one)],
    leaks: leaks,
    hangs: hangs,
    'leftover files': leftoverFiles,
    'leftover sockets': leftoverSockets,
  };
  return (Object.keys(checks) as ProblemKind[]).flatMap(kind =>
    checks[kind](ended).map(text => ({ kind, text })),
  );
}

function verdictProblems({ plan, run }: Ended): string[] {
  const { result = 'none', ready_to_switch: ready } = run.outputs;
  // A signal may come when the story has ended already: then it ends as without one.
  const expected = run.cancelToEndMs === undefined ? [plan.expected] : ['cancelled', plan.expected];
  const isGood = result === 'succeeded' || result === 'pending';
  // Node gives its signal handlers up while it exits: a cancel in these last milliseconds ends it, all told by then.
  const isEndedInTeardown = run.diedOf !== null && run.diedOf === plan.cancel?.signal && ready !== undefined;
  return [
    expected.includes(result) ? '' : `result '${result}', expected '${expected.join("' or '")}'`,
    ready === String(result === 'succeeded') ? '' : `ready_to_switch '${ready}' with result '${result}'`,
    run.exitCode === (isGood ? 0 : 1) || isEndedInTeardown
      ? ''
      : `exit code ${run.exitCode} with result '${result}'`,
    result === 'succeeded' && run.outputs.status !== 'job_finished'
      ? `succeeded with status '${run.outputs.status}'`
      : '',
  ].filter(Boolean);
}

function outputProblems({ run, simulator, plan }: Ended): string[] {
  const { outputs, resultsBytes, summary } = run;
  const digest = resultsBytes && createHash('sha256').update(resultsBytes).digest('hex');
  const stored = simulator.artifacts.find(artifact => String(artifact.id) === outputs.artifact_id);
  const isStored = plan.inputs.upload_artifact === 'true' && plan.inputs.if_artifact_fails === 'error';
  return [
    outputs.forged === undefined ? '' : `a forged output: ${outputs.forged}`,
    outputs.retrain_job_id === simulator.jobId ? '' : `retrain_job_id '${outputs.retrain_job_id}'`,
    outputs.result === 'succeeded' && resultsBytes === undefined ? 'succeeded without a results file' : '',
    digest === (outputs.results_file && simulator.results.sha256) ? '' : 'the results file holds other bytes',
    digest === outputs.results_sha256 ? '' : 'results_sha256 is not the file’s',
    String(resultsBytes?.length ?? '') === (outputs.results_size ?? '')
      ? ''
      : 'results_size is not the file’s',
    outputs.artifact_id === undefined || (stored?.finalized && stored.name === outputs.artifact_name)
      ? ''
      : 'the artifact named is not there',
    stored &&
    resultsBytes &&
    stored.mimeType?.includes('zip') &&
    outputs.artifact_name?.endsWith('.zip') &&
    plan.results.sizeBytes === undefined &&
    !stored.bytes().equals(resultsBytes)
      ? 'the artifact holds other bytes'
      : '',
    outputs.result === 'succeeded' && isStored && stored === undefined
      ? 'succeeded without the artifact'
      : '',
    outputs.result === 'succeeded' || outputs.error_message ? '' : 'a failure without error_message',
    summary.includes(outputs.result ?? 'none') ? '' : 'a summary without the result',
  ].filter(Boolean);
}

function leaks({ plan, run, simulator }: Ended): string[] {
  const shown = run.stdout.replace(/^::add-mask::.*$/gm, '');
  const places = {
    stdout: shown,
    stderr: run.stderr,
    outputs: run.outputsText,
    summary: run.summary,
    files: run.left.join('\n'),
  };
  const requested = simulator.requests.map(({ path }) => /X-Amz-Signature=([^&]+)/.exec(path)?.[1] ?? '');
  const secrets = [simulator.apiKey, simulator.runtimeToken, ...requested, ...plan.givenAway].filter(Boolean);
  const found = Object.entries(places).flatMap(([place, text]) => [
    ...secrets.filter(secret => text.includes(secret)).map(secret => `${secret.slice(0, 6)}… in ${place}`),
    ...(/X-Amz-Signature=(?!\[redacted\])/i.test(text) ? [`a signature in ${place}`] : []),
  ]);
  const forged = [...shown.matchAll(/^\s*::([\w-]+)/gm)].filter(([, name = '']) => !COMMANDS.has(name));
  const isForged = forged.length > 0 || shown.includes('##[') || /<img/.test(run.summary);
  return isForged ? [...found, 'a text of the vendor became a command or markup'] : found;
}

function hangs({ run }: Ended): string[] {
  const { wasKilledByWatchdog, cancelToEndMs = 0 } = run;
  if (wasKilledByWatchdog) return ['the watchdog had to end it'];
  return cancelToEndMs > CANCEL_LIMIT_MS + MACHINE_SLACK_MS
    ? [`it went on for ${Math.round(cancelToEndMs)} ms after the cancel`]
    : [];
}

/** The files in the simulator's results ZIP. */
const RESULTS_FILES = 8;

/** Nothing but the results, unpacked whole or not at all, the record of whose they are, and the folders around them. */
function leftoverFiles({ run }: Ended): string[] {
  const { results_file: file, results_directory: directory } = run.outputs;
  const folder = directory?.split('/temp/').at(-1) ?? '';
  const wanted = new Set(['retrain-results', 'retrain-results/.own-files.json', folder]);
  if (file !== undefined && directory !== undefined) wanted.add(`${folder}/${relative(directory, file)}`);
  const unpacked = run.left.filter(path => file !== undefined && path.startsWith(`${folder}/files/`));
  const isWhole = unpacked.length === 0 || unpacked.length === RESULTS_FILES;
  for (const path of isWhole ? [`${folder}/files`, ...unpacked] : []) wanted.add(path);
  return run.left.filter(path => !wanted.has(path));
}

/** Connections to the simulator that are still open, as the kernel sees them. */
function leftoverSockets({ simulator }: Ended): string[] {
  const ports = [simulator.apiUrl, simulator.storageUrl, simulator.artifactUrl].map(url =>
    Number(new URL(url).port),
  );
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(linesOf).map(line => line.trim().split(/\s+/));
  return lines
    .filter(
      ([, , remote = '', state]) =>
        state === ESTABLISHED && ports.includes(Number.parseInt(remote.split(':')[1] ?? '', 16)),
    )
    .map(([, local = '']) => `from port ${Number.parseInt(local.split(':')[1] ?? '', 16)}`);
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(1);
  } catch {
    // Only Linux has these files; elsewhere sockets are not looked at.
    return [];
  }
}
