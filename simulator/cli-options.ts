// Reads the command line into options or one clear complaint; knows no server and prints nothing.
import { parseArgs } from 'node:util';
import { MOST_JOB_SECONDS, readNumber } from './number-option.js';
import type { SimulatorOptions } from './scenario.js';
import { resolveScenario, SCENARIOS, type ScenarioName } from './scenarios.js';

const LAST_USABLE_PORT = 65_533;

export type Command =
  | { kind: 'help' }
  | { kind: 'list' }
  | { kind: 'start'; options: SimulatorOptions; verbose: boolean };

export const HELP = `Plays the vendor's retrain API, its storage and GitHub's artifact service on 127.0.0.1.

Usage: npm run simulator -- [options]

What is uploaded is really trained on: a CSV, a TSV, or a ZIP with train_src/<file> and eval_src/<file>. The last column
is the target. Each job's results compare its model with the one in service, which a model switch replaces.

  --scenario NAME    what happens (default success; see --list)
  --list             show the scenarios and end
  --port N           port of the API; storage and artifact service take N+1 and N+2 (default: any free ports)
  --job-seconds N    how long a job takes (default 10)
  --api-key KEY      the key that is accepted (default simulator-api-key-0123456789)
  --verbose          log every request, signatures shortened
  --help             show this text and end
`;

/** The scenarios, one a line. */
export function listText(): string {
  const widest = Math.max(...SCENARIOS.map(one => one.name.length));
  return SCENARIOS.map(one => `${one.name.padEnd(widest)}  ${one.description}\n`).join('');
}

/** Reads the arguments. Throws an error whose message is one line that names the option and its value. */
export function readCommand(args: string[]): Command {
  const { values } = parseArgs({
    args,
    options: {
      scenario: { type: 'string', default: 'success' },
      list: { type: 'boolean' },
      port: { type: 'string', default: '0' },
      'job-seconds': { type: 'string', default: '10' },
      'api-key': { type: 'string' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return { kind: 'help' };
  if (values.list) return { kind: 'list' };
  const port = readNumber({ name: '--port', text: values.port, highest: LAST_USABLE_PORT, whole: true });
  const options: SimulatorOptions = {
    scenario: readScenario(values.scenario),
    apiPort: port,
    storagePort: port === 0 ? 0 : port + 1,
    artifactPort: port === 0 ? 0 : port + 2,
    jobSeconds: readNumber({
      name: '--job-seconds',
      text: values['job-seconds'],
      highest: MOST_JOB_SECONDS,
      whole: false,
    }),
    apiKey: readKey(values['api-key']),
  };
  return { kind: 'start', options, verbose: values.verbose };
}

function readScenario(name: string): ScenarioName {
  resolveScenario(name as ScenarioName);
  return name as ScenarioName;
}

function readKey(key: string | undefined): string | undefined {
  if (key === undefined || /^[\x21-\x7e]+$/.test(key)) return key;
  throw new Error("'--api-key' must be printable ASCII characters without spaces: current value is not");
}
