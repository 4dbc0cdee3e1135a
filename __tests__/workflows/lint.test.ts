// GitHub's own checker and actionlint read every action.yml, example and workflow; faults put in on purpose show that they look.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { validate } from '@actions/languageservice';
import { describe, expect, test } from '@jest/globals';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parse } from 'yaml';
import { toolPath } from '../../scripts/workflow-tools.js';
import { PROJECT } from '../e2e/action-run.js';

const ACTIONS = ['action.yml', 'upload/action.yml', 'switch/action.yml', 'simulator/action.yml'];
const EXAMPLES = readdirSync(join(PROJECT, 'examples')).filter(name => name.endsWith('.yml'));
const OWN = readdirSync(join(PROJECT, '.github/workflows'));
const WORKFLOWS = [
  ...OWN.map(name => `.github/workflows/${name}`),
  ...EXAMPLES.map(name => `examples/${name}`),
];

/** Pages that show whole workflows. */
const PAGES = ['README.md', 'README.ja.md', 'simulator/README.md'];

const read = (path: string) => readFileSync(join(PROJECT, path), 'utf8');

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

let documents = 0;

/** What GitHub's own language service complains about, a fault a line; it tells by the path what kind of file it is. */
async function complaints(path: string, text: string): Promise<string[]> {
  // It remembers a document by its address.
  documents += 1;
  const document = TextDocument.create(`file:///${documents}/${path}`, 'github-actions', 1, text);
  const found = await validate(document, {
    actionsMetadataProvider: { fetchActionMetadata: ownAction },
    fileProvider: { getFileContent: ownWorkflow },
  });
  return found
    .map(({ message, range }) => `line ${range.start.line + 1}: ${message}`)
    .filter(complaint => !ELSEWHERE.test(complaint));
}

/** Actions of others are not here to be looked at. */
const ELSEWHERE = /Unable to resolve action `(actions|github|ossf)\//;

/** The reusable workflow, so that a caller's inputs and outputs are checked too. */
async function ownWorkflow(reference: { path: string; repository?: string }) {
  if (reference.repository !== 'retrain-status-check')
    throw new Error(`No such workflow: '${reference.path}'`);
  return { name: reference.path, content: read(reference.path) };
}

/** The inputs of our own actions, so that a workflow with an unknown or missing one is found. */
async function ownAction({ owner, name, path = '' }: { owner: string; name: string; path?: string }) {
  if (`${owner}/${name}` !== 'OWNER/retrain-status-check') return undefined;
  return parse(read(join(path, 'action.yml')));
}

/** What actionlint complains about; empty when all is well. */
function lint(text: string): string {
  try {
    execFileSync(toolPath('actionlint'), ['-no-color', '-oneline', '-'], { cwd: PROJECT, input: text });
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer };
    return `${stdout}${stderr}`;
  }
}

describe('action.yml', () => {
  test.each(ACTIONS)('%s is as GitHub wants it', async path => {
    expect(await complaints(path, read(path))).toEqual([]);
  });

  test.each([
    ['a runtime that GitHub does not have', 'using: node24', 'using: node99'],
    ['an icon that is none', /icon: .*/, 'icon: retraining'],
    ['a colour that is none', /color: .*/, 'color: pink'],
    ['no name', /^name: .*\n/m, ''],
    ['no description', /^description: .*\n/m, ''],
    ['no main', / {2}main: .*/, ''],
    ['a misspelt key', 'inputs:', 'inpust:'],
    ['a truth that is none', 'required: true', 'required: perhaps'],
  ])('finds %s', async (_, right, wrong) => {
    const text = read('action.yml').replace(right, wrong);
    expect(text).not.toBe(read('action.yml'));
    expect(await complaints('action.yml', text)).not.toEqual([]);
  });
});

describe('workflows', () => {
  test.each(WORKFLOWS)('%s is without complaint of actionlint and of GitHub', async path => {
    expect(lint(read(path))).toBe('');
    expect(await complaints(`.github/workflows/${basename(path)}`, read(path))).toEqual([]);
  });

  test.each(PAGES)('those in %s are without complaint of actionlint and of GitHub', async page => {
    const blocks = [...read(page).matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block]) => block ?? '');
    const workflows = blocks.filter(block => /^jobs:/m.test(block));
    expect(workflows.length).toBeGreaterThan(0);
    expect(workflows.map(lint).join('')).toBe('');
    for (const workflow of workflows)
      expect(await complaints('.github/workflows/readme.yml', workflow)).toEqual([]);
  });

  test.each([
    ['an output that no job has', 'needs.retrain.outputs.ready_to_switch', 'needs.retrain.outputs.ready'],
    ['a permission that is none', 'contents: read', 'contents: look'],
    ['an unclosed expression', "ready_to_switch == 'true'", "ready_to_switch == 'true"],
  ])('actionlint finds %s', (_, right, wrong) => {
    const text = read('examples/gate-with-approval.yml');
    expect(text).toContain(right);
    expect(lint(text.replace(right, wrong))).not.toBe('');
  });

  test('an input that the action does not have is found', async () => {
    const text = read('examples/resume.yml').replace('retrain_job_id: ${{', 'retrain_job: ${{');
    expect((await complaints('.github/workflows/resume.yml', text)).join('\n')).toMatch(/retrain_job/);
  });

  test('the table of examples names each of them', () => {
    const named = [...read('examples/README.md').matchAll(/\]\(([\w-]+\.yml)\)/g)].map(([, name]) => name);
    expect([...new Set(named)].sort()).toEqual([...EXAMPLES].sort());
  });

  test('no script takes an expression as text: values reach it by its environment only', () => {
    const scripts = WORKFLOWS.flatMap(path =>
      Object.values(parse(read(path)).jobs as Record<string, { steps?: { run?: string }[] }>).flatMap(
        ({ steps = [] }) => steps.map(({ run = '' }) => ({ path, run })),
      ),
    );
    expect(scripts.filter(({ run }) => run !== '').length).toBeGreaterThan(5);
    expect(scripts.filter(({ run }) => run.includes('${{'))).toEqual([]);
  });

  test.each(WORKFLOWS)('%s says its permissions and bounds every job of its own', path => {
    const { permissions, jobs } = parse(read(path));
    expect(permissions).toBeDefined();
    const own = Object.values(jobs as Record<string, object>).filter(job => !('uses' in job));
    expect(own.every(job => 'timeout-minutes' in job)).toBe(true);
  });

  test.each(OWN)('%s leaves no token in a checkout, and knows no pull_request_target', name => {
    const text = read(`.github/workflows/${name}`);
    const { on, jobs } = parse(text);
    expect(on).not.toHaveProperty('pull_request_target');
    const steps = Object.values(jobs as Record<string, { steps?: Step[] }>).flatMap(job => job.steps ?? []);
    const checkouts = steps.filter(({ uses = '' }) => uses.startsWith('actions/checkout@'));
    expect(checkouts.filter(step => step.with?.['persist-credentials'] !== false)).toEqual([]);
  });

  test('a model goes live only after a person said so, where an approval is promised', () => {
    const { jobs } = parse(read('examples/gate-with-approval.yml'));
    expect(jobs.switch).toMatchObject({ needs: 'retrain', environment: 'production' });
    expect(parse(read('.github/workflows/retrain.yml')).jobs.switch.environment).toContain(
      'inputs.environment',
    );
  });
});
