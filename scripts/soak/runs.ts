// Hundreds of real runs of the built action, some at a time, each against a simulator of its own; must not judge them.
import { startSimulator } from '../../simulator/index.js';
import { Chance } from './chance.js';
import { problemsOf } from './run-checks.js';
import { makePlan } from './run-plan.js';
import { runStep } from './step-run.js';
import type { Tally } from './tally.js';

const AT_ONCE = 4;

/** Runs the built action `count` times; what is against the contract goes into the tally. */
export async function soakRuns(count: number, seed: number, tally: Tally): Promise<void> {
  let next = 0;
  const work = async () => {
    for (let number = next++; number < count; number = next++)
      await soakRun(new Chance(seed, number), number, tally);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

async function soakRun(chance: Chance, number: number, tally: Tally): Promise<void> {
  const plan = makePlan(chance);
  const { statusAnswers, storage, artifact, results, inputs, cancel } = plan;
  const simulator = await startSimulator({
    apiKey: `soak-key-${number}-${chance.integer(1e8, 9e8)}`,
    jobSeconds: 0,
    scenario: { statusAnswers, storage, artifact, results },
  });
  try {
    const run = await runStep({ simulator, inputs, cancel });
    tally.done('runs');
    tally.verdict(run.outputs.result ?? 'none');
    tally.answer(plan.ending);
    for (const fault of plan.faults) tally.fault(fault);
    if (run.cancelToEndMs !== undefined) tally.fault(`cancel by ${cancel?.signal}`);
    for (const { kind, text } of problemsOf({ plan, run, simulator })) {
      tally.problem(kind, `run ${number} (${[...plan.faults, plan.ending].join(', ')}): ${text}`);
    }
  } finally {
    await simulator.close();
  }
}
