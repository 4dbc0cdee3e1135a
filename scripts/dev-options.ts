// What `npm run dev` is asked for: its arguments and its .env file against an action.yml; must not run anything.
import { parseArgs, parseEnv } from 'node:util';

/** The actions: name → folder with its action.yml, and its compiled entry. */
export const ACTIONS = {
  retrain: { folder: '.', entry: 'lib/src/index.js' },
  upload: { folder: 'upload', entry: 'lib/src/upload.js' },
  switch: { folder: 'switch', entry: 'lib/src/switch.js' },
} as const;
export type DevAction = keyof typeof ACTIONS;

/** The inputs that an action.yml knows, with their defaults. */
export type KnownInputs = Readonly<Record<string, { readonly default?: unknown }>>;

export interface DevArguments {
  readonly action: DevAction;
  /** By the names of action.yml. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Undefined: no simulator. */
  readonly scenario: string | undefined;
  /** Undefined: `.env` where there is one. */
  readonly envFile: string | undefined;
  readonly jobSeconds: string | undefined;
  /** Waits for a debugger at the first line. */
  readonly isInspected: boolean;
}

const OWN_OPTIONS = {
  simulator: { type: 'boolean' },
  inspect: { type: 'boolean' },
  scenario: { type: 'string' },
  'env-file': { type: 'string' },
  'job-seconds': { type: 'string' },
} as const;

/**
 * Reads the command line; an input may be written `--retrain-job-id=…` or `--retrain_job_id=…`.
 * @param inputsOf the inputs of an action's action.yml
 * @throws Error of one line that lists what is known
 */
export function readDevArguments(
  args: readonly string[],
  inputsOf: (action: DevAction) => KnownInputs,
): DevArguments {
  const [action = '', ...rest] = args;
  if (!Object.hasOwn(ACTIONS, action)) {
    const names = Object.keys(ACTIONS).join(', ');
    throw new Error(
      `Cannot start as the first argument must be one of ${names}: current value is '${action}'.`,
    );
  }
  const known = inputsOf(action as DevAction);
  const names = Object.keys(known);
  const options = Object.fromEntries(
    names.flatMap(name => [name, name.replaceAll('_', '-')].map(one => [one, { type: 'string' as const }])),
  );
  const { tokens } = parseArgs({
    args: rest,
    options: { ...options, ...OWN_OPTIONS },
    strict: false,
    tokens: true,
  });
  const given = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind !== 'option')
      throw unknown(action, token.kind === 'positional' ? token.value : '--', names);
    const isOwn = Object.hasOwn(OWN_OPTIONS, token.name);
    const name = isOwn ? token.name : token.name.replaceAll('-', '_');
    if (!isOwn && !names.includes(name)) throw unknown(action, token.rawName, names);
    if (token.value === undefined && name !== 'simulator' && name !== 'inspect')
      throw new Error(`Cannot start as '${token.rawName}' must have a value: current value is ''.`);
    given.set(name, token.value ?? '');
  }
  const isSimulated = given.has('simulator') || given.has('scenario') || given.has('job-seconds');
  return {
    action: action as DevAction,
    inputs: Object.fromEntries([...given].filter(([name]) => names.includes(name))),
    scenario: isSimulated ? (given.get('scenario') ?? 'success') : undefined,
    envFile: given.get('env-file'),
    jobSeconds: given.get('job-seconds'),
    isInspected: given.has('inspect'),
  };
}

function unknown(action: string, option: string, names: readonly string[]): Error {
  const inputs = names.map(name => `--${name.replaceAll('_', '-')}`).join(', ');
  const own = Object.keys(OWN_OPTIONS).map(name => `--${name}`);
  return new Error(
    `Cannot start as '${option}' is no input of '${action}'. Its inputs: ${inputs}. Also: ${own.join(', ')}.`,
  );
}

/**
 * The variables of a .env file: `INPUT_*` for the action, and `GITHUB_*`, `RUNNER_*`, `ACTIONS_*`, proxies and the like.
 * @throws Error for an `INPUT_*` that the action does not know
 */
export function readEnvFile(text: string, action: DevAction, known: KnownInputs): Record<string, string> {
  const variables = parseEnv(text) as Record<string, string>;
  const names = Object.keys(known).map(name => `INPUT_${name.toUpperCase()}`);
  const wrong = Object.keys(variables).find(name => name.startsWith('INPUT_') && !names.includes(name));
  if (wrong === undefined) return variables;
  throw new Error(
    `Cannot start as '${wrong}' in the .env file is no input of '${action}'. Its inputs: ${names.join(', ')}.`,
  );
}
