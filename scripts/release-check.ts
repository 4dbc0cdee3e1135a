// `npm run release-check`: all that stands in the way of a release, listed; must not change any file.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PROJECT } from './build.js';
import { readChangelog } from './changelog.js';
import { checkDist } from './checks.js';
import { releaseProblems, type Texts, tagProblem, type Use, usesOf } from './release-rules.js';

const HELP = `Lists all that stands in the way of a release; exit code 1 when there is anything.

  npm run release-check                    versions, pins, the OWNER placeholder, the lock, dist
  npm run release-check -- --tag v1.0.0    also that the versions are the tag's, and the changelog has its day
  --pins          also asks GitHub whether each pinned SHA is its version's (needs network and git)
  --allow-owner   leaves the OWNER placeholder alone
`;

/** Tests and these rules name the placeholder on purpose; dist is made from the sources. */
const MAY_SAY_OWNER = /^(__tests__|dist|scripts)\//;
const TEXT = /\.(md|yml|yaml|ts|json)$/;

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      tag: { type: 'string' },
      pins: { type: 'boolean' },
      'allow-owner': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const files = git('ls-files', '-z').split('\0').filter(Boolean);
  const workflows = textsOf(files.filter(file => /^\.github\/workflows\/.*\.yml$/.test(file)));
  const problems = releaseProblems({
    tag: values.tag,
    packageJson: read('package.json'),
    packageLock: read('package-lock.json'),
    changelog: readChangelog(),
    workflows,
    texts: textsOf(files.filter(file => TEXT.test(file) && !MAY_SAY_OWNER.test(file))),
    isOwnerAllowed: values['allow-owner'] ?? false,
  });
  if (values.pins) problems.push(...usesOf(workflows).flatMap(checkTag));
  problems.push(...(await distProblems()));
  for (const problem of problems) console.log(`✗ ${problem}`);
  console.log(problems.length === 0 ? 'Ready to release.' : `${problems.length} to mend before a release.`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

async function distProblems(): Promise<string[]> {
  try {
    await checkDist();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function checkTag(use: Use): string[] {
  const tag = `refs/tags/${use.comment}`;
  return tagProblem(use, git('ls-remote', `https://github.com/${use.repository}`, tag, `${tag}^{}`));
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: PROJECT, encoding: 'utf8' });
}

function read(file: string): string {
  return readFileSync(join(PROJECT, file), 'utf8');
}

function textsOf(files: readonly string[]): Texts {
  return Object.fromEntries(files.map(file => [file, read(file)]));
}
