// Plays GitHub's runner for one step on this machine: its files, its variables, its view; must not know what the step is.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { marked } from 'marked';
import { runnerView } from './runner-view.js';

const SUMMARY = 'summary.md';

/** Inputs as the runner hands them to a step: `api_url` → `INPUT_API_URL`. */
export function inputVariables(inputs: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]),
  );
}

/**
 * The files that a runner gives to a step, in `folder`, which is emptied first.
 * @returns the step's environment, `given` over what is not told otherwise
 */
export function prepareRunner(folder: string, given: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'temp'), { recursive: true });
  const file = (name: string) => {
    writeFileSync(join(folder, name), '');
    return join(folder, name);
  };
  return {
    GITHUB_WORKSPACE: folder,
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'example/retraining',
    GITHUB_RUN_ID: '1',
    RUNNER_TEMP: join(folder, 'temp'),
    ...given,
    GITHUB_OUTPUT: file('outputs.txt'),
    GITHUB_STEP_SUMMARY: file(SUMMARY),
  };
}

/** Runs the script and shows its log as a runner does. @returns its exit code, null when it died of a signal */
export function runStep(
  script: string,
  env: NodeJS.ProcessEnv,
  nodeArgs: readonly string[] = [],
): Promise<number | null> {
  const child = spawn(process.execPath, [...nodeArgs, script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const view = runnerView(line => console.log(`  ${line}`));
  child.stdout.setEncoding('utf8').on('data', view);
  // Ctrl-C reaches the whole group: the action ends by itself, and its end is what is shown.
  process.on('SIGINT', () => {});
  return new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
}

/** The runner's file format: name, a delimiter, the value, the delimiter (GitHub docs, "Multiline strings"). */
export function readOutputs(path: string): Record<string, string> {
  const text = readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
  const outputs = text.matchAll(/^(\w+)<<(ghadelimiter_[\w-]+)\n([\s\S]*?)\n\2$/gm);
  return Object.fromEntries([...outputs].map(([, name, , value]) => [name, value]));
}

export function tellOutputs(exitCode: number | null, outputs: Readonly<Record<string, string>>): void {
  console.log(`\nExit code ${exitCode}. The outputs:\n`);
  for (const [name, value] of Object.entries(outputs)) console.log(`  ${name.padEnd(18)} ${value}`);
}

/** The job summary as a page to look at. @returns its path */
export function writeSummaryPage(folder: string): string {
  const html = join(folder, 'summary.html');
  writeFileSync(html, page(readFileSync(join(folder, SUMMARY), 'utf8')));
  return html;
}

function page(markdown: string): string {
  const style =
    'body{font:16px/1.5 system-ui;max-width:60em;margin:2em auto}td,th{border:1px solid #ccc;padding:.3em .8em}table{border-collapse:collapse}';
  return `<!doctype html><meta charset="utf-8"><title>Job summary</title><style>${style}</style>${marked.parse(markdown)}`;
}
