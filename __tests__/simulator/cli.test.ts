// The simulator as a program: options, complaints, output and end; knows no scenario's content.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { readCommand } from '../../simulator/cli-options.js';
import { SCENARIOS } from '../../simulator/index.js';
import { needsSystem } from '../support/system.js';

needsSystem('unix', 'signals');

const PROGRAM = fileURLToPath(new URL('../../simulator/cli.js', import.meta.url));

function run(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [PROGRAM, ...args], (error, stdout, stderr) => {
      resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

describe('options', () => {
  test('a port gives the other servers the next two', () => {
    expect(readCommand(['--port', '8100', '--job-seconds', '2.5'])).toMatchObject({
      kind: 'start',
      options: { scenario: 'success', apiPort: 8100, storagePort: 8101, artifactPort: 8102, jobSeconds: 2.5 },
    });
  });

  test('without a port all are chosen by the system', () => {
    expect(readCommand([])).toMatchObject({ options: { apiPort: 0, storagePort: 0, artifactPort: 0 } });
  });

  test.each([
    [['--port', '65534'], "'--port' must be a whole number from 0 to 65533: current value is '65534'"],
    [['--port', '1e3'], "'--port' must be a whole number from 0 to 65533: current value is '1e3'"],
    [['--job-seconds', 'soon'], "'--job-seconds' must be a number from 0 to 604800: current value is 'soon'"],
    [
      ['--api-key', 'a b'],
      "'--api-key' must be printable ASCII characters without spaces: current value is not",
    ],
  ])('%j is refused', (args, message) => {
    expect(() => readCommand(args)).toThrow(new Error(message));
  });
});

describe('the program', () => {
  test('--help shows every option, --list every scenario', async () => {
    const { stdout } = await run('--help');
    for (const option of ['--scenario', '--list', '--port', '--job-seconds', '--api-key', '--verbose']) {
      expect(stdout).toContain(option);
    }
    const list = await run('--list');
    expect(list.stdout.trim().split('\n').length).toBe(SCENARIOS.length);
  });

  test('a typo ends it with one clear line and exit code 1', async () => {
    const { exitCode, stderr } = await run('--scenario', 'sucess');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^Cannot start the simulator as '--scenario' must be one of success, .*: current value is 'sucess'\n$/,
    );
  });

  test.each([
    [['--senario', 'success'], "Unknown option '--senario'"],
    [['success'], "Unexpected argument 'success'"],
    [['--port', '--list'], "Option '--port' argument is ambiguous"],
  ])('%j ends it with one line without advice', async (args, complaint) => {
    const stderr = `Cannot start the simulator as ${complaint}\n`;
    expect(await run(...args)).toMatchObject({ exitCode: 1, stderr });
  });

  test('a taken port ends it with one clear line, though another server had started', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const { exitCode, stderr } = await run('--port', String(port - 1));
    taken.close();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^Cannot start the simulator as listen EADDRINUSE: .*\n$/);
  });

  test('prints what a workflow needs, logs requests without whole signatures, and ends on SIGINT', async () => {
    const child = spawn(process.execPath, [PROGRAM, '--verbose', '--job-seconds', '0', '--api-key', 'k-1']);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    const seen = async (pattern: RegExp) => {
      while (!pattern.test(output)) await once(child.stdout, 'data');
      return String(pattern.exec(output)?.[1]);
    };
    await seen(/export ACTIONS_RUNTIME_TOKEN=(\S+)\n/);
    expect(output).toMatch(/export ACTIONS_RESULTS_URL=http:\/\/127\.0\.0\.1:\d+\/\n/);
    const url = `${await seen(/api_url\s+(\S+)/)}/v1/external/retrain_jobs/${await seen(/retrain_job_id\s+(\S+)/)}`;
    const body = (await (await fetch(url, { headers: { 'x-api-key': 'k-1' } })).json()) as {
      download_url: string;
    };
    await (await fetch(body.download_url)).arrayBuffer();
    await seen(/(storage {2}GET .* 200)\n/);
    const signature = String(new URL(body.download_url).searchParams.get('X-Amz-Signature'));
    expect(output).toContain(`X-Amz-Signature=${signature.slice(0, 4)}...`);
    expect(output).not.toContain(signature.slice(0, 10));
    child.kill('SIGINT');
    const [exitCode, signal] = await once(child, 'exit');
    expect([exitCode, signal]).toEqual([0, null]);
  });
});
