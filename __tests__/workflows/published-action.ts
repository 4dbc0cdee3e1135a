// What a runner gets of this repository, and the stand-ins for actions that no test can fetch; knows no workflow.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PROJECT } from '../e2e/action-run.js';

/** All that `uses: OWNER/retrain-status-check…` needs; npm's packages are not among it. */
const PUBLISHED = ['action.yml', 'upload', 'switch', 'simulator/action.yml', 'dist', '.github/workflows'];
const STAND_INS = join(PROJECT, '__tests__/workflows/stand-ins');

/** Action → folder here. */
const REPLACED = {
  'actions/upload-artifact': 'upload-artifact',
  'actions/download-artifact': 'download-artifact',
  'actions/cache': 'cache',
} as const;

/** Every version of an action that the workflows here ask for, and the one that the tests' own callers do. */
function versionsOf(action: string): string[] {
  const examples = readdirSync(join(PROJECT, 'examples')).filter(name => name.endsWith('.yml'));
  const files = ['.github/workflows/retrain.yml', ...examples.map(name => `examples/${name}`)];
  const texts = files.map(path => readFileSync(join(PROJECT, path), 'utf8')).join('\n');
  const found = texts.matchAll(new RegExp(`uses: ${action}(?:/[a-z]+)?@(\\S+)`, 'g'));
  return [...new Set([...found].map(([, version = '']) => version)), CALLERS_VERSION];
}

/** As __tests__/workflows/many-models.test.ts writes it. */
const CALLERS_VERSION = 'v7';

/** Copies the action to `folder`: act packs the whole folder at every step, so it holds nothing else. */
export function publishAction(folder: string): void {
  for (const path of PUBLISHED) {
    const source = join(PROJECT, path);
    if (!existsSync(source)) throw new Error(`'${path}' is not there: the action cannot be published.`);
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(source, join(folder, path), { recursive: true });
  }
}

/** The arguments of act that put local folders in the place of repositories. */
export function localRepositories(published: string): string[] {
  const folders = {
    'OWNER/retrain-status-check@v1': published,
    ...Object.fromEntries(
      Object.entries(REPLACED).flatMap(([action, folder]) =>
        versionsOf(action).map(version => [`${action}@${version}`, join(STAND_INS, folder)]),
      ),
    ),
  };
  return Object.entries(folders).flatMap(([name, folder]) => ['--local-repository', `${name}=${folder}`]);
}

/** What the stand-ins need besides a runner's own variables. */
export function standInVariables(published: string, cacheFolder: string): Record<string, string> {
  return {
    STAND_IN_ARTIFACT_LIBRARY: join(published, 'dist/artifact/index.js'),
    STAND_IN_CACHE: cacheFolder,
  };
}
