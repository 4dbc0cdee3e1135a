// The inputs end to end: defaults, what is refused before any request, and how people are told.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { needsSystem } from '../support/system.js';
import { annotations, type RetrainRun, retrain } from './action-run.js';

needsSystem('unix', 'modes of files, /dev/null');

const ONLY_STATUS = { download_results: 'false' };

function expectRefused(run: RetrainRun, ...texts: (string | RegExp)[]): void {
  expect(run.outputs).toMatchObject({ result: 'invalid_input', ready_to_switch: 'false' });
  expect(run.exitCode).toBe(1);
  expect(run.simulator.requests).toEqual([]);
  for (const text of texts) expect(run.outputs.error_message).toMatch(text);
  expect(annotations(run, 'error')).toHaveLength(1);
}

/** Values that are refused, by input. */
const REFUSED: Readonly<Record<string, readonly string[]>> = {
  retrain_job_id: ['', 'two words', 'a\tb', 'a\u0001b', '.', '..', 'x'.repeat(257)],
  api_url: [
    'ftp://127.0.0.1',
    'http://example.com',
    'http://127.0.0.1.example.com',
    'example.com',
    'https://example.com/?x=1',
    'https://example.com/#x',
    'https://',
  ],
  wait: ['yes', '1', 'tRUE'],
  timeout_minutes: ['0', '10081', '1e2', 'Infinity', '0x10', '1,5', '-1'],
  poll_interval_seconds: ['0.09', '3601', 'NaN'],
  max_outage_minutes: ['-1', '10081', '+1'],
  request_timeout_seconds: ['0', '3601'],
  failure_statuses: ['job_finished', 'paused, job_finished', 'Job_Finished'],
  download_results: ['on', 'off'],
  cache_results: ['no', '0'],
  upload_artifact: ['y', 'n'],
  artifact_name: ['a:b', 'a/b', 'a\nb', 'a\\b', 'x'.repeat(300)],
  artifact_retention_days: ['0', '1.5'],
  if_artifact_fails: ['ignore', 'Warn'],
  job_summary: ['of', 'none'],
  gate: [
    'AUC',
    'AUC => 0.9',
    'AUC >= previous - 2%',
    '>= 0.9',
    'AUC >= 0.9 0.8',
    'AUC >= 1e-1',
    'A > B >= 1',
  ],
  model_id: ['48211'],
};
const ROUNDS = 7;
const CASES = Object.entries(REFUSED).flatMap(([name, values]) =>
  values.map((value, round) => [name, value, round] as const),
);

/** One run refuses one value of every input at once: all that is wrong is named in one run. */
const rounds = Array.from({ length: ROUNDS }, (_, round) => {
  let run: Promise<RetrainRun> | undefined;
  const wrong = CASES.filter(([, , ofRound]) => ofRound === round).map(([name, value]) => [name, value]);
  return () => {
    run ??= retrain({ inputs: Object.fromEntries(wrong) });
    return run;
  };
});

describe('an input that cannot be read stops the action before any request', () => {
  test.concurrent.each(CASES)(
    '%s: %j, with a message that names the input, what it must be and the current value',
    async (name, value, round) => {
      const run = await rounds[round]?.();
      if (run === undefined) throw new Error('no such round');
      expectRefused(run, `Cannot start as '${name}' must be `);
      const [, after = ''] = run.outputs.error_message?.split(`'${name}' must be `) ?? [];
      const [own = ''] = after.split('Cannot start as');
      // Long values are shortened, line breaks shown as spaces, and what follows ? or # may be a secret.
      const shown =
        value
          .slice(0, 100)
          .replace(/[?#].*/s, '')
          .split(/[\s\u0001,]+/)
          .at(-1) ?? '';
      expect(own).toContain('current value is ');
      expect(own).toContain(shown);
    },
  );

  test.concurrent('an empty api_key is refused', async () => {
    expectRefused(await retrain({ inputs: { api_key: ' ' } }), "'api_key'", 'secret');
  });

  test.concurrent.each(['line\nbreak-secret', 'key-\u65e5\u672c-secret', 'key\u0001-secret'])(
    'an api_key that cannot be a header is refused without being echoed (%j)',
    async api_key => {
      const run = await retrain({ inputs: { api_key } });
      expectRefused(run, "'api_key'");
      const told = run.log + run.stderr + run.summary + JSON.stringify(run.outputs);
      for (const part of ['secret', '日本'])
        expect(told.replace('from a secret', '').replace(/the secret does/g, '')).not.toContain(`-${part}`);
    },
  );

  test.concurrent('user info in api_url is refused without being echoed', async () => {
    const run = await retrain({ inputs: { api_url: 'https://user:pass-word-0815@example.com' } });
    expectRefused(run, "'api_url'", 'user info');
    expect(run.log + run.summary + JSON.stringify(run.outputs)).not.toContain('pass-word-0815');
  });

  test.concurrent('secret_key beside api_key is refused without being echoed', async () => {
    const run = await retrain({ inputs: { secret_key: 'secret-value-0815', model_id: '48211' } });
    expectRefused(run, "'secret_key'", 'exactly one');
    expect(run.log + run.summary + JSON.stringify(run.outputs)).not.toContain('secret-value-0815');
    expect(run.commands).toContainEqual({ name: 'add-mask', properties: {}, message: 'secret-value-0815' });
  });

  test.concurrent('all that is wrong is named in one run', async () => {
    const run = await retrain({ inputs: { wait: 'x', job_summary: 'x', timeout_minutes: 'x', api_key: '' } });
    expectRefused(run, "'wait'", "'job_summary'", "'timeout_minutes'", "'api_key'");
  });

  test.concurrent('a results_directory that cannot be created is refused', async () => {
    const run = await retrain({
      inputs: { results_directory: 'file/out' },
      prepare: ({ workspace }) => writeFileSync(join(workspace, 'file'), ''),
    });
    expectRefused(run, "'results_directory'", 'file/out');
  });

  test.concurrent('a results_directory that cannot be written is refused', async () => {
    const isRoot = process.getuid?.() === 0;
    // Nothing stops root but what no folder is.
    const run = await retrain({
      inputs: { results_directory: isRoot ? '/dev/null' : '.' },
      prepare: ({ workspace }) => chmodSync(workspace, isRoot ? 0o755 : 0o555),
    });
    expectRefused(run, "'results_directory'");
  });

  test.concurrent('no RUNNER_TEMP to fall back on is refused', async () => {
    expectRefused(await retrain({ env: { RUNNER_TEMP: undefined } }), "'results_directory'", 'RUNNER_TEMP');
  });

  test.concurrent('no RUNNER_TEMP is no matter with a results_directory', async () => {
    const run = await retrain({ env: { RUNNER_TEMP: undefined }, inputs: { results_directory: 'out' } });
    expect(run.outputs.result).toBe('succeeded');
  });

  test.concurrent('no RUNNER_TEMP is no matter without a download', async () => {
    const run = await retrain({ env: { RUNNER_TEMP: undefined }, inputs: ONLY_STATUS });
    expect(run.outputs.result).toBe('succeeded');
  });
});

describe('an input that can be read', () => {
  test.concurrent.each([
    ['true', 'succeeded'],
    ['True', 'succeeded'],
    ['TRUE', 'succeeded'],
    ['', 'succeeded'],
    ['false', 'pending'],
    ['False', 'pending'],
    ['FALSE', 'pending'],
  ])('wait: %j is a YAML 1.2 core boolean: %s', async (wait, result) => {
    const run = await retrain({
      scenario: { statusAnswers: [{ status: 'training' }, {}] },
      inputs: { ...ONLY_STATUS, wait },
    });
    expect(run.outputs.result).toBe(result);
    expect(run.exitCode).toBe(0);
  });

  test.concurrent('an empty value means the default', async () => {
    const names = [
      'wait',
      'timeout_minutes',
      'poll_interval_seconds',
      'max_outage_minutes',
      'request_timeout_seconds',
    ];
    const more = [
      'download_results',
      'cache_results',
      'upload_artifact',
      'if_artifact_fails',
      'job_summary',
      'api_url',
    ];
    const empty = Object.fromEntries([...names, ...more].map(name => [name, '']));
    const run = await retrain({
      inputs: { ...empty, api_url: '' },
      env: { HTTPS_PROXY: 'http://127.0.0.1:9', INPUT_MAX_OUTAGE_MINUTES: '0' },
    });
    expect(run.outputs.result).toBe('network_error');
    expect(run.outputs.error_message).toContain('developer-api.predictionone.sony.biz');
    expect(run.outputs.results_directory).toMatch(/temp\/retrain-results\//);
  });

  test.concurrent('values are trimmed', async () => {
    const simulator = { jobId: 'job-1', apiKey: 'trimmed-key-01' };
    const inputs = {
      retrain_job_id: ' job-1\n',
      api_key: '\ttrimmed-key-01 \n',
      wait: ' true ',
      timeout_minutes: ' .5 ',
    };
    const run = await retrain({ simulator, inputs: { ...ONLY_STATUS, ...inputs } });
    expect(run.outputs).toMatchObject({ result: 'succeeded', retrain_job_id: 'job-1' });
  });

  test.concurrent.each([
    'ジョブ-１',
    'a/b',
    '..%2F..%2f',
    'a?b#c',
    '%00',
    'x'.repeat(256),
    '🚀',
    '...',
    'a+b&c=d;e',
  ])('the job id %s is sent as exactly one percent-encoded path segment', async jobId => {
    const run = await retrain({ simulator: { jobId }, inputs: ONLY_STATUS });
    expect(run.outputs).toMatchObject({ result: 'succeeded', retrain_job_id: jobId });
    expect(run.status[0]?.path).toBe(`/v1/external/retrain_jobs/${encodeURIComponent(jobId)}`);
  });

  test.concurrent.each(['/proxy/one', '/proxy/one/', '/'])(
    'a path prefix and trailing slash of api_url (%s) are kept right',
    async path => {
      const apiPathPrefix = path.replace(/\/$/, '');
      const probe = await retrain({ simulator: { apiPathPrefix }, inputs: ONLY_STATUS });
      const api_url = new URL(probe.simulator.apiUrl).origin + path;
      const apiPort = Number(new URL(api_url).port);
      const run = await retrain({
        simulator: { apiPathPrefix, apiPort },
        inputs: { ...ONLY_STATUS, api_url },
      });
      expect(run.outputs.result).toBe('succeeded');
      expect(run.status[0]?.path).toMatch(new RegExp(`^${apiPathPrefix}/v1/external/retrain_jobs/`));
    },
  );

  test.concurrent('http is allowed for loopback by name', async () => {
    const probe = await retrain({ inputs: ONLY_STATUS });
    const { port } = new URL(probe.simulator.apiUrl);
    const run = await retrain({
      simulator: { apiPort: Number(port) },
      inputs: { ...ONLY_STATUS, api_url: `http://localhost:${port}` },
    });
    expect(run.outputs.result).toBe('succeeded');
  });

  test.concurrent('wait: false does one check and stops with pending while the job runs', async () => {
    const run = await retrain({ scenario: 'timeout', inputs: { wait: 'false' } });
    expect(run.outputs).toMatchObject({ result: 'pending', ready_to_switch: 'false', status_checks: '1' });
    expect(run.status).toHaveLength(1);
    expect(run.exitCode).toBe(0);
    expect(run.outputs.results_file).toBeUndefined();
  });

  test.concurrent('wait: false takes the results of a job that is finished', async () => {
    const run = await retrain({ inputs: { wait: 'false' } });
    expect(run.outputs).toMatchObject({ result: 'succeeded', ready_to_switch: 'true' });
    expect(run.simulator.artifacts).toHaveLength(1);
  });

  test.concurrent('wait: false makes a failed job a failure', async () => {
    const run = await retrain({
      scenario: { statusAnswers: [{ status: 'failed' }] },
      inputs: { wait: 'false' },
    });
    expect(run.outputs.result).toBe('job_failed');
  });

  test.concurrent('poll_interval_seconds counts from the start of one check to the start of the next, shortened by jitter by at most 10%', async () => {
    const statusAnswers = [...Array<object>(4).fill({ status: 'training', delayMs: 400 }), {}];
    const run = await retrain({
      scenario: { statusAnswers },
      inputs: { ...ONLY_STATUS, poll_interval_seconds: '0.5' },
    });
    expect(run.status).toHaveLength(5);
    const meanMs = ((run.status[4]?.startedAtMs ?? 0) - (run.status[0]?.startedAtMs ?? 0)) / 4;
    expect(meanMs).toBeGreaterThanOrEqual(440);
    expect(meanMs).toBeLessThan(800);
  });

  test.concurrent.each([
    ['github-hosted', '351', 1],
    ['github-hosted', '350', 0],
    ['self-hosted', '351', 0],
  ])(
    'on a %s runner timeout_minutes %s gives %i warnings',
    async (RUNNER_ENVIRONMENT, timeout_minutes, count) => {
      const run = await retrain({ inputs: { ...ONLY_STATUS, timeout_minutes }, env: { RUNNER_ENVIRONMENT } });
      expect(run.outputs.result).toBe('succeeded');
      const warnings = annotations(run, 'warning');
      expect(warnings).toHaveLength(count);
      if (count > 0) expect(warnings[0]).toContain('360');
    },
  );

  test.concurrent('extract_results and inputs that nobody knows are no error', async () => {
    const run = await retrain({ inputs: { ...ONLY_STATUS, extract_results: 'false', no_such_input: 'x' } });
    expect(run.outputs.result).toBe('succeeded');
  });
});
