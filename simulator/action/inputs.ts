// Reads the action's inputs into options or says all that is wrong with them; knows no server and no process.
import * as core from '@actions/core';
import { MOST_JOB_SECONDS, readNumber } from '../number-option.js';
import type { SimulatorOptions } from '../scenario.js';
import { resolveScenario, type ScenarioName } from '../scenarios.js';

export type ActionInputs = Required<Pick<SimulatorOptions, 'jobSeconds'>> &
  Pick<SimulatorOptions, 'modelId'> & { scenario: ScenarioName };

const DEFAULT_SCENARIO = 'success';
const DEFAULT_JOB_SECONDS = '10';

/** Reads the inputs; an empty one means its default. Throws one error with a sentence for every input that is wrong. */
export function readInputs(): ActionInputs {
  const problems: string[] = [];
  const attempt = <T>(read: () => T, fallback: T): T => {
    try {
      return read();
    } catch (error) {
      problems.push(`Cannot start as ${(error as Error).message}.`);
      return fallback;
    }
  };
  const inputs: ActionInputs = {
    scenario: attempt(readScenario, DEFAULT_SCENARIO),
    jobSeconds: attempt(readJobSeconds, Number(DEFAULT_JOB_SECONDS)),
    modelId: attempt(readModelId, undefined),
  };
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return inputs;
}

function readScenario(): ScenarioName {
  const name = (core.getInput('scenario') || DEFAULT_SCENARIO) as ScenarioName;
  resolveScenario(name, 'scenario');
  return name;
}

function readJobSeconds(): number {
  const text = core.getInput('job_seconds') || DEFAULT_JOB_SECONDS;
  return readNumber({ name: 'job_seconds', text, highest: MOST_JOB_SECONDS, whole: false });
}

function readModelId(): string | undefined {
  const text = core.getInput('model_id');
  if (/^\d*$/.test(text)) return text === '' ? undefined : text;
  throw new Error(`'model_id' must be digits: current value is '${text}'`);
}
