// The README keeps its promises: its workflow works, its tables are the action's, its links lead somewhere.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { FAILED_STATUS } from '../../simulator/assumptions.js';
import { startSimulator } from '../../simulator/index.js';
import { needsSystem } from '../support/system.js';
import { anchors } from './anchors.js';
import { PROJECT, readmeJob, runJob } from './workflow.js';

needsSystem('unix', 'bash');

const DOCS = [
  'README.ja.md',
  'RELEASE.md',
  'docs/troubleshooting.md',
  'docs/gate.md',
  'docs/scaling.md',
  'examples/README.md',
  'README.md',
  'upload/README.md',
  'switch/README.md',
  'simulator/README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'docs/architecture.md',
  'docs/api-contract.md',
  'docs/decisions.md',
  'docs/reliability.md',
  'docs/troubleshooting.md',
  'SECURITY.md',
  'RELEASE.md',
];
const read = (name: string) => readFileSync(join(PROJECT, name), 'utf8');

describe('the workflow that the README shows', () => {
  test('uploads the data, waits for the model and switches to it', async () => {
    const simulator = await startSimulator({ jobSeconds: 0.2 });
    try {
      const results = await runJob(readmeJob(), simulator);
      const jobId = results.get('upload')?.outputs.retrain_job_id;
      expect(results.get('retrain')?.outputs).toMatchObject({ result: 'succeeded', retrain_job_id: jobId });
      expect(results.get('Switch the live model')).toMatchObject({ ran: true, exitCode: 0 });
      expect(simulator.uploads.map(upload => upload.fileName)).toEqual(['train.zip']);
      expect(results.get('retrain')?.outputs.gate_report).toContain('"passed":true');
      expect(simulator.switchedJobIds).toEqual([jobId]);
    } finally {
      await simulator.close();
    }
  });

  test('resumes a job that it is started with, without another upload', async () => {
    const simulator = await startSimulator({ jobSeconds: 0.2 });
    try {
      const results = await runJob(readmeJob(), { ...simulator, resumedJobId: simulator.jobId });
      expect(results.get('upload')?.ran).toBe(false);
      expect(results.get('retrain')?.outputs).toMatchObject({
        result: 'succeeded',
        retrain_job_id: simulator.jobId,
      });
      expect(simulator.switchedJobIds).toEqual([simulator.jobId]);
      expect(simulator.uploads).toEqual([]);
    } finally {
      await simulator.close();
    }
  });

  test('does not switch when training failed', async () => {
    const simulator = await startSimulator({ scenario: { statusAnswers: [{ status: FAILED_STATUS }] } });
    try {
      const results = await runJob(readmeJob(), simulator);
      expect(results.get('retrain')).toMatchObject({
        exitCode: 1,
        outputs: { result: 'job_failed', ready_to_switch: 'false' },
      });
      expect(results.get('Switch the live model')?.ran).toBe(false);
      expect(simulator.switchedJobIds).toEqual([]);
    } finally {
      await simulator.close();
    }
  });

  test('stops at the upload when the key is wrong, and shows the answer', async () => {
    const simulator = await startSimulator();
    try {
      const results = await runJob(readmeJob(), { ...simulator, apiKey: 'another-key-0123456789' });
      expect(results.get('upload')).toMatchObject({ exitCode: 1, ran: true });
      expect(results.get('upload')?.log).toContain('invalid_api_key.');
      expect(results.get('retrain')?.ran).toBe(false);
    } finally {
      await simulator.close();
    }
  });
});

describe('the documents', () => {
  test('name every value of `result` that action.yml names, and no other', () => {
    const manifest = parse(read('action.yml'));
    const named = new Set(
      manifest.outputs.result.description.match(/[a-z]+_[a-z]+|succeeded|pending|cancelled/g),
    );
    const rows = [...read('README.md').matchAll(/^\| `(\w+)` \| [^|\n]+ \| [^|\n]+ \|$/gm)].map(
      ([, name]) => name ?? '',
    );
    const explained = rows.filter(
      name => !Object.hasOwn(manifest.inputs, name) && !Object.hasOwn(manifest.outputs, name),
    );
    expect(new Set(explained)).toEqual(named);
  });

  test.each(DOCS)('%s links only to files and headings that are there', name => {
    const text = read(name);
    const links = [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link]) => link ?? '');
    const missing = links.filter(link => {
      const [path = '', anchor] = link.split('#');
      const file = path === '' ? name : join(dirname(name), path);
      if (!existsSync(join(PROJECT, file))) return true;
      return anchor !== undefined && !anchors(read(file)).includes(decodeURIComponent(anchor));
    });
    expect(missing).toEqual([]);
  });

  test('the commands of the README are the ones that CI runs', () => {
    const ci = read('.ci/run');
    for (const command of ['npm ci', 'npm run demo', 'npm test']) {
      expect(read('README.md')).toContain(command);
      expect(ci).toMatch(new RegExp(`^${command}$`, 'm'));
    }
  });

  test('every file that the architecture page names is there', () => {
    const named = [...read('docs/architecture.md').matchAll(/`((?:src|simulator|scripts)\/[\w./-]+\.ts)`/g)];
    expect(named.length).toBeGreaterThan(15);
    expect(named.map(([, path]) => path ?? '').filter(path => !existsSync(join(PROJECT, path)))).toEqual([]);
  });

  test('every test that the reliability page names is there', () => {
    const page = read('docs/reliability.md');
    const named = [...page.matchAll(/`(__tests__\/[\w./-]+\.test\.ts)` “([^”]+)”/g)];
    expect(named.length).toBeGreaterThan(40);
    const missing = named.filter(([, file = '', name = '']) => {
      return !existsSync(join(PROJECT, file)) || !read(file).includes(`'${name}'`);
    });
    expect(missing.map(([all]) => all)).toEqual([]);
    // A fault without a test is a promise without one.
    const rows = page
      .split('\n')
      .filter(line => /^\| (?!Fault|---)/.test(line) && line.split('|').length === 5);
    expect(rows.filter(row => !/`__tests__\/[\w./-]+` “/.test(row))).toEqual([]);
  });
});
