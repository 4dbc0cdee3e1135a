// `npm run workflow-tools`: installs act and actionlint for the workflow tests when they are missing; must not run any workflow.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PROJECT } from './build.js';
import { type GoProgram, goInstall, goProgram, goProgramPath } from './go-programs.js';

const TOOLS = {
  act: { binary: 'act', source: 'github.com/nektos/act@v0.2.89' },
  actionlint: { binary: 'actionlint', source: 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12' },
} as const satisfies Record<string, GoProgram>;

export type WorkflowTool = keyof typeof TOOLS;

/** @returns the tool's path @throws Error that says how to install it */
export function toolPath(name: WorkflowTool): string {
  return goProgram(name, TOOLS[name]);
}

/** A failed installation is told in full, and ends the run by the tool that is still missing. */
function installTools(): void {
  for (const name of Object.keys(TOOLS) as WorkflowTool[]) {
    if (existsSync(goProgramPath(TOOLS[name]))) continue;
    const { args, env } = goInstall(TOOLS[name]);
    console.log(`Installing workflow tools: go ${args.join(' ')}`);
    try {
      execFileSync('go', args, {
        cwd: PROJECT,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
    } catch (error) {
      console.error(error instanceof Error ? error.message : String(error));
    }
    toolPath(name);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    installTools();
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
