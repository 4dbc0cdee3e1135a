// Thousands of waits through the real code path on virtual clocks, each judged by the oracle; must not judge itself.

import type { Inputs } from '../../src/actions/retrain-status-check/inputs.js';
import { emptyRecord } from '../../src/actions/retrain-status-check/run-record.js';
import { JobWatch } from '../../src/actions/retrain-status-check/wait-for-job.js';
import { ExplainedError, messageOf } from '../../src/errors.js';
import type { Log } from '../../src/github/log.js';
import { createClient } from '../../src/prediction-one/client.js';
import { TemporaryFiles } from '../../src/temporary-files.js';
import { Chance } from './chance.js';
import type { Tally } from './tally.js';
import { violations } from './wait-oracle.js';
import { ENDS, FAILURE_STATUS_LISTED, FAULTS, GOOD, makeStep, type Step } from './wait-steps.js';
import { type SeenCheck, type WaitScript, WaitWorld } from './wait-world.js';

const API_KEY = 'soak-key-0123456789';
const HANG_MS = 20_000;
const MINUTE_MS = 60_000;
const SILENT: Log = {
  info: () => {},
  debug: () => {},
  warning: () => {},
  error: () => {},
  group: (_name, work) => work(),
};

/** Runs `count` waits; what is against the contract goes into the tally. */
export async function soakWaits(count: number, seed: number, tally: Tally): Promise<void> {
  for (let number = 0; number < count; number += 1) await soakWait(new Chance(seed, number), number, tally);
}

async function soakWait(chance: Chance, number: number, tally: Tally): Promise<void> {
  const script = makeScript(chance);
  const world = new WaitWorld(script);
  const verdict = await orHang(wait(script, world, chance.random));
  const { checks, cancelledAtMs } = world;
  tally.done('waits');
  tally.verdict(verdict);
  for (const check of checks) countCheck(check, tally);
  if (cancelledAtMs !== undefined) tally.fault('cancel');
  if (verdict === 'hang' || world.ranAway || /never ends/.test(verdict))
    return tally.problem('hangs', `wait ${number}`);
  for (const text of violations({ script, checks, verdict, cancelledAtMs, endMs: world.awakeMs() }))
    tally.problem('wrong verdicts', `wait ${number}: ${text}`);
}

function countCheck({ kind, wasSuspended, gapAtMs }: SeenCheck, tally: Tally): void {
  if (kind in GOOD || kind in ENDS) tally.answer(kind);
  else tally.fault(kind);
  if (wasSuspended) tally.fault('machine suspended in a check');
  if (gapAtMs !== undefined) tally.fault('machine suspended in a pause');
}

async function wait(script: WaitScript, world: WaitWorld, random: () => number): Promise<string> {
  const { clock, transport } = world;
  const inputs = inputsOf(script);
  const { apiUrl, requestTimeoutMs } = inputs;
  const client = createClient({ apiUrl, apiKey: API_KEY, requestTimeoutMs, transport, wallMs: clock.wallMs });
  const watch = new JobWatch(
    inputs,
    { client, beganMs: clock.monotonicMs() },
    {
      env: {},
      clock,
      random,
      signal: world.signal,
      loadArtifactLibrary: () => Promise.reject(new Error('no artifact is stored here')),
      toolCache: { find: () => '', cacheDir: async () => '' },
      transport,
      log: SILENT,
      record: emptyRecord(),
      temporaryFiles: new TemporaryFiles(),
      tempDirectory: '',
      redact: text => text,
      hide: () => {},
    },
  );
  try {
    const { isFinished } = await watch.untilFinished(() => {});
    return isFinished ? 'succeeded' : 'pending';
  } catch (error) {
    return error instanceof ExplainedError ? error.code : `not explained: ${messageOf(error)}`;
  }
}

async function orHang(verdict: Promise<string>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const hang = new Promise<string>(resolve => {
    timer = setTimeout(() => resolve('hang'), HANG_MS);
  });
  try {
    return await Promise.race([verdict, hang]);
  } finally {
    clearTimeout(timer);
  }
}

function makeScript(chance: Chance): WaitScript {
  const jobId = chance.one(['job-1', 'ジョブ 7', '00123', 'a/b']);
  const longestPauseMs = chance.one([100, 2_000, 10_000, 30_000, 30_000, 120_000]);
  // Ten checks a second for hours would take longer to play than all other waits together.
  const longestMinutes = longestPauseMs < 2_000 ? 3 : chance.happens(0.1) ? 600 : 60;
  const timeoutMs = chance.integer(1, longestMinutes) * MINUTE_MS;
  return {
    jobId,
    wait: chance.happens(0.95),
    timeoutMs,
    longestPauseMs,
    maxOutageMs: chance.one([0, 1, 5, 10, 10, 60]) * MINUTE_MS,
    requestTimeoutMs: chance.one([5_000, 30_000, 30_000, 60_000]),
    steps: [...middleSteps(chance, jobId), lastStep(chance, jobId)],
    sleeps: new Map(
      chance.happens(0.3) ? chance.some([1, 3], () => [chance.integer(0, 40), happening(chance)]) : [],
    ),
  };
}

function middleSteps(chance: Chance, jobId: string): Step[] {
  const faultShare = chance.one([0, 0.1, 0.3, 0.6, 0.95]);
  return chance.some([0, 25], () => {
    if (chance.happens(0.01)) return makeStep(ENDS, chance, jobId);
    return makeStep(chance.happens(faultShare) ? FAULTS : GOOD, chance, jobId);
  });
}

function lastStep(chance: Chance, jobId: string): Step {
  const share = chance.random();
  if (share < 0.4) return { ...makeStep({ finished: pickFinished }, chance, jobId) };
  if (share < 0.7) return makeStep(ENDS, chance, jobId);
  // What repeats for ever must not put the machine to sleep each time: no deadline would ever be reached.
  if (share < 0.85) return { ...makeStep(FAULTS, chance, jobId), suspendedMs: 0 };
  if (share < 0.95) return { ...makeStep(GOOD, chance, jobId), suspendedMs: 0 };
  return {
    kind: 'cancel in a check',
    meaning: { is: 'cancel' },
    takesMs: chance.integer(0, 900),
    suspendedMs: 0,
  };
}

const pickFinished: (typeof ENDS)[string] = (chance, jobId) => {
  const make = ENDS.finished;
  if (make === undefined) throw new Error('There is no step that finishes.');
  return make(chance, jobId);
};

function happening(chance: Chance): { how: 'suspend' | 'stop' | 'cancel'; durationMs: number } {
  return {
    how: chance.one(['suspend', 'stop', 'suspend', 'stop', 'cancel']),
    durationMs: chance.integer(91_000, 9_000_000),
  };
}

function inputsOf(script: WaitScript): Inputs {
  return {
    retrainJobId: script.jobId,
    credentials: { apiKey: API_KEY },
    gate: [],
    isGateSilent: false,
    apiUrl: new URL('https://api.example'),
    wait: script.wait,
    timeoutMs: script.timeoutMs,
    pollIntervalMs: script.longestPauseMs,
    maxOutageMs: script.maxOutageMs,
    requestTimeoutMs: script.requestTimeoutMs,
    failureStatuses: [FAILURE_STATUS_LISTED],
    downloadResults: false,
    resultsDirectory: '',
    extractResults: false,
    cacheResults: false,
    uploadArtifact: false,
    artifactName: '',
    artifactRetentionDays: undefined,
    ifArtifactFails: 'error',
    jobSummary: false,
  };
}
