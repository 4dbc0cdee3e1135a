// Rule 11 end to end: the process ends by itself as soon as its work is done.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { nowMs, PROJECT, QUICK, type RetrainOptions, retrain, runAction } from './action-run.js';
import { API_KEY, httpServer, JOB_ID, statusAnswer, withServer } from './servers.js';

/** The promise is a second; the rest is room for a busy machine. A dangling socket or timer costs 5 s and more. */
const AT_ONCE_MS = 2_500;

describe('rule 11: nothing left behind', () => {
  test.concurrent.each<[string, string, RetrainOptions]>([
    ['a success with an artifact', 'succeeded', {}],
    ['a success without results', 'succeeded', { inputs: { download_results: 'false' } }],
    ['a success without an artifact', 'succeeded', { inputs: { upload_artifact: 'false' } }],
    [
      'a zipped artifact',
      'succeeded',
      { scenario: { results: { bytes: Buffer.from('a,b\n'), fileName: 'a.csv' } } },
    ],
    ['pending', 'pending', { scenario: 'timeout', inputs: { wait: 'false' } }],
    [
      'pending although poll_interval_seconds is long',
      'pending',
      { scenario: 'timeout', inputs: { wait: 'false', poll_interval_seconds: '3600' } },
    ],
    ['a refused key', 'auth_error', { scenario: 'auth-error' }],
    ['a failed job', 'job_failed', { scenario: 'failed' }],
    [
      'a deadline far behind a Retry-After',
      'timed_out',
      { scenario: { statusAnswers: [{ status: 'training', headers: { 'retry-after': '9999' } }] } },
    ],
    ['a broken download', 'download_error', { scenario: { storage: [{ fault: 'empty' }] } }],
    ['a refused artifact', 'artifact_error', { scenario: 'artifact-quota' }],
  ])('%s ends at once', async (_name, result, options) => {
    const run = await retrain(options);
    expect(run.outputs.result).toBe(result);
    expect(run.lingeredMs).toBeLessThan(AT_ONCE_MS);
    expect(run.diedOf).toBeNull();
  });

  test.concurrent('an answer over 1 MiB that never ends does not hold the process', async () => {
    let lastAtMs = 0;
    const server = httpServer((_request, response) => {
      lastAtMs = nowMs();
      response.writeHead(200);
      const pump = () => {
        while (!response.destroyed && response.write(Buffer.alloc(64 * 1024, 32)));
      };
      response.on('drain', pump);
      pump();
    });
    await withServer(server, async port => {
      const inputs = { ...QUICK, retrain_job_id: JOB_ID, api_key: API_KEY, max_outage_minutes: '0' };
      const run = await runAction({ inputs: { ...inputs, api_url: `http://127.0.0.1:${port}` } });
      expect(run.outputs.result).toBe('api_error');
      expect(run.endedAtMs - lastAtMs).toBeLessThan(AT_ONCE_MS);
    });
  });

  test.concurrent('unread bodies of redirects and of other answers of storage do not hold the process', async () => {
    let lastAtMs = 0;
    const server = httpServer((request, response) => {
      lastAtMs = nowMs();
      if (request.url?.startsWith('/v1/')) {
        const host = request.headers.host;
        response.end(statusAnswer({ download_url: `http://${host}/hop` }));
      } else if (request.url === '/hop') {
        // Never ended: the body goes on for ever.
        response.writeHead(302, { location: '/file.csv' }).write('moved');
      } else response.end('metric,value\n');
    });
    await withServer(server, async port => {
      const inputs = { ...QUICK, retrain_job_id: JOB_ID, api_key: API_KEY, upload_artifact: 'false' };
      const run = await runAction({ inputs: { ...inputs, api_url: `http://127.0.0.1:${port}` } });
      expect(run.outputs.result).toBe('succeeded');
      expect(run.endedAtMs - lastAtMs).toBeLessThan(AT_ONCE_MS);
    });
  });

  test.concurrent('the log is whole although the process ends at once', async () => {
    const run = await retrain();
    expect(run.stdout).toContain(String(run.outputs.artifact_url));
    expect(run.stdout.endsWith('\n')).toBe(true);
    expect(run.commands.filter(({ name }) => name === 'endgroup')).toHaveLength(2);
    expect(run.stderr).toBe('');
  });

  test('one process.exit, in the entry file; nowhere else', () => {
    const folder = join(PROJECT, 'src');
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
      name.endsWith('.ts'),
    );
    const exits = sources.flatMap(name => {
      const calls = readFileSync(join(folder, name), 'utf8').match(/process\.exit\(/g) ?? [];
      return calls.map(() => name);
    });
    expect(exits.filter(name => name.includes('/'))).toEqual([]);
    expect(exits.length).toBeLessThanOrEqual(1);
  });

  test('a signal that comes while the action is still loading is a cancel with outputs', () => {
    const folder = mkdtempSync(join(tmpdir(), 'early-'));
    const output = join(folder, 'output');
    writeFileSync(output, '');
    copyFileSync(join(PROJECT, 'dist/index.js'), join(folder, 'index.js'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    const main = JSON.stringify(join(PROJECT, 'dist/main.js'));
    const slow = `process.kill(process.pid, 'SIGINT'); await new Promise(done => setTimeout(done, 100));`;
    writeFileSync(join(folder, 'main.js'), `${slow} await import(${main});`);
    const env = { PATH: process.env.PATH, GITHUB_OUTPUT: output, RUNNER_TEMP: folder };
    const inputs = {
      INPUT_RETRAIN_JOB_ID: JOB_ID,
      INPUT_API_KEY: API_KEY,
      INPUT_API_URL: 'http://127.0.0.1:9',
    };
    const child = spawnSync(process.execPath, [join(folder, 'index.js')], { env: { ...env, ...inputs } });
    expect(child.status).toBe(1);
    expect(readFileSync(output, 'utf8')).toMatch(/^result<<(\S+)\ncancelled\n\1$/m);
    rmSync(folder, { recursive: true });
  });

  test('a bundle that breaks while it loads is a failure', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'broken-'));
    const broken = join(folder, 'index.js');
    const bundle = readFileSync(join(PROJECT, 'dist/main.js'), 'utf8');
    copyFileSync(join(PROJECT, 'dist/index.js'), broken);
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(
      join(folder, 'main.js'),
      `${bundle.slice(0, bundle.lastIndexOf(';'))};throw new Error('broken');`,
    );
    const child = spawnSync(process.execPath, [broken], {
      env: { PATH: process.env.PATH, INPUT_WAIT: 'maybe' },
    });
    expect(child.status).toBe(1);
    rmSync(folder, { recursive: true });
  });
});
