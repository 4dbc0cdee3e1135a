// `npm run soak`: thousands of waits on virtual clocks, hundreds of real runs, faults at random; must not know any rule.
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { soakRuns } from './soak/runs.js';
import { Tally } from './soak/tally.js';
import { soakWaits } from './soak/waits.js';

const SHOWN_PROBLEMS = 50;
const HELP = `Waits and runs with random faults, each checked against the contract.

  npm run soak                       10,000 waits on virtual clocks, 200 runs of dist/
  npm run soak -- --waits N --runs N
  npm run soak -- --seed N           the same waits and runs again
`;

await main();

async function main(): Promise<void> {
  const options = readOptions();
  if (options === undefined) return;
  const { waits, runs, seed } = options;
  console.log(`Seed ${seed}: ${waits} waits, ${runs} runs.`);
  const tally = new Tally();
  const startedMs = performance.now();
  await soakWaits(waits, seed, tally);
  await soakRuns(runs, seed, tally);
  console.log(`\n${tally.table()}\n\n${Math.round((performance.now() - startedMs) / 1000)} s`);
  for (const { kind, text } of tally.problems.slice(0, SHOWN_PROBLEMS)) console.log(`${kind}: ${text}`);
  process.exitCode = tally.problems.length === 0 ? 0 : 1;
}

function readOptions(): { waits: number; runs: number; seed: number } | undefined {
  try {
    const { values } = parseArgs({
      options: {
        waits: { type: 'string', default: '10000' },
        runs: { type: 'string', default: '200' },
        seed: { type: 'string', default: String(randomInt(1, 1_000_000)) },
        help: { type: 'boolean' },
      },
    });
    if (!values.help)
      return { waits: whole('waits', values), runs: whole('runs', values), seed: whole('seed', values) };
    console.log(HELP);
  } catch (error) {
    console.error(`Cannot start the soak: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
  return undefined;
}

function whole(name: 'waits' | 'runs' | 'seed', values: Readonly<Record<string, unknown>>): number {
  const text = String(values[name]);
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`'--${name}' must be a whole number: current value is '${text}'`);
}
