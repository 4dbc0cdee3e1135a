// What hostile runs found once, end to end: silence, switched protocols, pages as files, secrets in disguise.
import { createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { QUICK, retrain, runAction } from './action-run.js';
import { API_KEY, JOB_ID, silentServer, withServer } from './servers.js';

const BASE = { ...QUICK, retrain_job_id: JOB_ID, api_key: API_KEY, upload_artifact: 'false' };

describe('silence', () => {
  test.concurrent('of a proxy that accepts CONNECT and never answers ends with the deadline', async () => {
    await withServer(silentServer(), async port => {
      const run = await runAction({
        env: { HTTPS_PROXY: `http://127.0.0.1:${port}` },
        inputs: {
          ...BASE,
          api_url: 'https://api.test.invalid',
          timeout_minutes: '0.03',
          request_timeout_seconds: '30',
          max_outage_minutes: '5',
        },
      });
      expect(run.outputs).toMatchObject({ result: 'timed_out', ready_to_switch: 'false' });
    });
  });

  test.concurrent('of such a proxy is a network error once the outage has lasted long enough', async () => {
    await withServer(silentServer(), async port => {
      const run = await runAction({
        env: { HTTPS_PROXY: `http://127.0.0.1:${port}` },
        inputs: { ...BASE, api_url: 'https://api.test.invalid', request_timeout_seconds: '0.3' },
      });
      expect(run.outputs.result).toBe('network_error');
      expect(run.outputs.error_message).toContain(`127.0.0.1:${port}`);
    });
  });

  test.concurrent('of the artifact service ends after max_outage_minutes without progress', async () => {
    const run = await retrain({
      scenario: {
        statusAnswers: [{ status: 'job_finished' }],
        artifact: [{ fault: 'hang' }, { fault: 'hang' }],
      },
      inputs: { max_outage_minutes: '0', request_timeout_seconds: '1' },
      watchdogMs: 30_000,
    });
    expect(run.outputs).toMatchObject({ result: 'artifact_error', ready_to_switch: 'false' });
    expect(run.outputs.results_file).toBeDefined();
  });
});

test.concurrent.each(['upgrade: x\r\nconnection: upgrade\r\n', ''])(
  'an answer that switches protocols is a fault of the network, and tried again (headers %j)',
  async headers => {
    let connections = 0;
    const switching = createServer(socket => {
      connections += 1;
      socket.on('error', () => {});
      socket.once('data', () => socket.write(`HTTP/1.1 101 Switching\r\n${headers}\r\n`));
    });
    await withServer(switching, async port => {
      const inputs = { ...BASE, api_url: `http://127.0.0.1:${port}`, request_timeout_seconds: '0.3' };
      const run = await runAction({ inputs: { ...inputs, max_outage_minutes: '0.02' } });
      expect(run.outputs.result).toBe('network_error');
      expect(connections).toBeGreaterThan(1);
    });
  },
);

test.concurrent.each([
  '<h1>403 Forbidden</h1>',
  '<!-- login --><html></html>',
  '<ListBucketResult xmlns="x"/>',
])('a page in place of the file is no result, whatever its type says: %s', async page => {
  const run = await retrain({
    scenario: {
      statusAnswers: [{ status: 'job_finished' }],
      results: { bytes: Buffer.from(page), contentType: 'application/octet-stream', fileName: 'results.zip' },
    },
    inputs: { upload_artifact: 'false' },
  });
  expect(run.outputs).toMatchObject({ result: 'download_error', ready_to_switch: 'false' });
});

test.concurrent('a job that runs again when a fresh download_url is asked for ends soon, and says so', async () => {
  const run = await retrain({
    scenario: {
      statusAnswers: [{ status: 'job_finished', downloadUrlSeconds: 0 }, { status: 'job_running' }],
    },
    inputs: { upload_artifact: 'false', timeout_minutes: '0.05' },
  });
  expect(run.outputs).toMatchObject({
    result: 'download_error',
    ready_to_switch: 'false',
    status: 'job_running',
  });
  expect(run.outputs.error_message).toContain("its last status is 'job_running'");
});

test.concurrent('a key in the name of the file is in no output, log or summary, and the path is right', async () => {
  const key = 'simulator-api-key-0123456789';
  const run = await retrain({
    scenario: {
      statusAnswers: [{ status: 'job_finished' }],
      results: { contentDisposition: `attachment; filename="a-${key}.zip"` },
    },
    inputs: { upload_artifact: 'false' },
    during: async action => {
      await action.logShows('Ready to switch');
    },
  });
  const told = [run.log, run.summary, JSON.stringify(run.outputs)]
    .join('\n')
    .replaceAll(`::add-mask::${key}`, '');
  expect(told).not.toContain(key);
  expect(run.outputs.results_file).toMatch(/a-_+\.zip$/);
});
