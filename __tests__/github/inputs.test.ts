// The inputs: what they may be, what each mistake is told as, and their defaults.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { SECRET_INPUTS } from '../../src/actions/api-inputs.js';
import { type Inputs, readInputs } from '../../src/actions/retrain-status-check/inputs.js';
import { maskSecrets } from '../../src/github/input-reader.js';
import { isLoopback } from '../../src/http/loopback.js';
import { printedBy, withInputs } from '../support/inputs.js';
import { PROJECT_ROOT } from '../support/project.js';

const KEY = 'key-0123456789abcdef';
const REQUIRED = { retrain_job_id: 'job-1', api_key: KEY };

function read(inputs: Record<string, string> = {}): Inputs {
  const got = withInputs({ ...REQUIRED, ...inputs }, readInputs);
  if (got.error) throw got.error;
  return got.inputs;
}

function refused(inputs: Record<string, string>): string {
  const got = withInputs({ ...REQUIRED, ...inputs }, readInputs);
  if (got.error === undefined) throw new Error(`Nothing is wrong with ${JSON.stringify(inputs)}.`);
  expect(got.error.code).toBe('invalid_input');
  return got.error.explanation.what;
}

describe('A default', () => {
  const action = parse(readFileSync(join(PROJECT_ROOT, 'action.yml'), 'utf8')) as {
    inputs: Record<string, { default?: string; required?: boolean }>;
  };
  const defaults = Object.entries(action.inputs).flatMap(([name, input]) =>
    input.default === undefined || name in REQUIRED ? [] : [[name, input.default] as const],
  );

  test('of every input in action.yml is the one that the code takes for an empty value', () => {
    expect(read(Object.fromEntries(defaults))).toEqual(read());
    for (const [name, value] of defaults)
      expect({ name, inputs: read({ [name]: value }) }).toEqual({ name, inputs: read() });
    expect(read(Object.fromEntries(defaults.map(([name]) => [name, ' '])))).toEqual(read());
  });

  test('is what the contract says', () => {
    expect(read()).toMatchObject({
      retrainJobId: 'job-1',
      credentials: { apiKey: KEY },
      apiUrl: new URL('https://developer-api.predictionone.sony.biz'),
      wait: true,
      timeoutMs: 3_600_000,
      pollIntervalMs: 30_000,
      maxOutageMs: 600_000,
      requestTimeoutMs: 30_000,
      failureStatuses: [],
      downloadResults: true,
      resultsDirectory: '',
      cacheResults: false,
      uploadArtifact: true,
      artifactName: '',
      artifactRetentionDays: undefined,
      ifArtifactFails: 'error',
      jobSummary: true,
    });
  });
});

describe('A good value', () => {
  test.each<[string, string, Partial<Inputs>]>([
    ['retrain_job_id', '  job-1\n', { retrainJobId: 'job-1' }],
    ['retrain_job_id', 'ジョブ/１?#😀', { retrainJobId: 'ジョブ/１?#😀' }],
    ['retrain_job_id', '...', { retrainJobId: '...' }],
    ['retrain_job_id', '結'.repeat(256), { retrainJobId: '結'.repeat(256) }],
    ['retrain_job_id', '😀'.repeat(256), { retrainJobId: '😀'.repeat(256) }],
    ['api_key', `  ${KEY}\n`, { credentials: { apiKey: KEY } }],
    [
      'api_url',
      'https://developer-api.easy-predictive-analytics.sony.com',
      { apiUrl: new URL('https://developer-api.easy-predictive-analytics.sony.com') },
    ],
    ['api_url', 'https://api.example:8443/prefix/', { apiUrl: new URL('https://api.example:8443/prefix/') }],
    ['api_url', 'http://127.0.0.1:8080', { apiUrl: new URL('http://127.0.0.1:8080') }],
    ['api_url', 'http://localhost/x', { apiUrl: new URL('http://localhost/x') }],
    ['api_url', 'http://[::1]:8080/', { apiUrl: new URL('http://[::1]:8080/') }],
    ['wait', 'true', { wait: true }],
    ['wait', 'False', { wait: false }],
    ['wait', 'FALSE', { wait: false }],
    ['cache_results', 'TRUE', { cacheResults: true }],
    ['cache_results', 'True', { cacheResults: true }],
    ['download_results', 'false', { downloadResults: false }],
    ['upload_artifact', 'false', { uploadArtifact: false }],
    ['job_summary', 'false', { jobSummary: false }],
    ['timeout_minutes', '0.001', { timeoutMs: 60 }],
    ['timeout_minutes', '10080', { timeoutMs: 604_800_000 }],
    ['timeout_minutes', ' 90.5 ', { timeoutMs: 5_430_000 }],
    ['poll_interval_seconds', '0.1', { pollIntervalMs: 100 }],
    ['poll_interval_seconds', '3600', { pollIntervalMs: 3_600_000 }],
    ['max_outage_minutes', '0', { maxOutageMs: 0 }],
    ['max_outage_minutes', '10080', { maxOutageMs: 604_800_000 }],
    ['request_timeout_seconds', '0.1', { requestTimeoutMs: 100 }],
    ['request_timeout_seconds', '3600', { requestTimeoutMs: 3_600_000 }],
    ['failure_statuses', 'a, B c ,,\n  失敗\r\n', { failureStatuses: ['a', 'B c', '失敗'] }],
    ['failure_statuses', 'job_finished_badly', { failureStatuses: ['job_finished_badly'] }],
    ['results_directory', ' out/x ', { resultsDirectory: 'out/x' }],
    ['artifact_name', 'モデル (1).zip', { artifactName: 'モデル (1).zip' }],
    ['artifact_name', 'a'.repeat(200), { artifactName: 'a'.repeat(200) }],
    ['artifact_retention_days', '1', { artifactRetentionDays: 1 }],
    ['artifact_retention_days', '400', { artifactRetentionDays: 400 }],
    ['if_artifact_fails', 'warn', { ifArtifactFails: 'warn' }],
  ])('%s: %j', (name, value, inputs) => {
    expect(read({ [name]: value })).toMatchObject(inputs);
  });
});

describe('A value that cannot be used stops the action with the input, what it must be and the current value', () => {
  const NUMBERS = [
    'abc',
    '-1',
    '1e3',
    'Infinity',
    'NaN',
    '0x10',
    '1,5',
    '１０',
    '+5',
    '5 min',
    '.',
    '1_000',
    '--1',
  ];
  const BOOLEANS = ['yes', 'no', '1', '0', 'tRUE', 'on', 'null', "'true'", '~'];
  test.each<[string, readonly string[], string]>([
    [
      'retrain_job_id',
      [
        '',
        ' ',
        'a b',
        'a\tb',
        'a\nb',
        'a\u0000b',
        'a\u007fb',
        'a\u0085b',
        'a\u00a0b',
        'a\u3000b',
        '.',
        '..',
        'x'.repeat(257),
        '\ud800',
      ],
      'the id',
    ],
    [
      'timeout_minutes',
      [...NUMBERS, '0', '0.0', '-0', '10080.1', '10081'],
      'a number above 0 and at most 10080',
    ],
    ['poll_interval_seconds', [...NUMBERS, '0', '0.09', '3600.1'], 'a number from 0.1 to 3600'],
    ['max_outage_minutes', [...NUMBERS, '10080.5'], 'a number from 0 to 10080'],
    ['request_timeout_seconds', [...NUMBERS, '0', '0.05', '3601'], 'a number from 0.1 to 3600'],
    ['artifact_retention_days', [...NUMBERS, '0', '401', '1.5', '1.0', '5.'], 'a whole number from 1 to 400'],
    ['wait', BOOLEANS, "'true' or 'false'"],
    ['download_results', BOOLEANS, "'true' or 'false'"],
    ['cache_results', BOOLEANS, "'true' or 'false'"],
    ['upload_artifact', BOOLEANS, "'true' or 'false'"],
    ['job_summary', BOOLEANS, "'true' or 'false'"],
    ['if_artifact_fails', ['Error', 'WARN', 'ignore', 'true'], "'error' or 'warn'"],
    [
      'failure_statuses',
      ['job_finished', 'a,job_finished', 'a\nJOB_FINISHED'],
      "a list without 'job_finished'",
    ],
    [
      'artifact_name',
      [
        'a"b',
        'a:b',
        'a<b',
        'a>b',
        'a|b',
        'a*b',
        'a?b',
        'a\\b',
        'a/b',
        'a\nb',
        'a\rb',
        'a'.repeat(201),
        '結'.repeat(67),
      ],
      'at most 200 bytes',
    ],
    [
      'api_url',
      [
        ...[
          'http://api.example',
          'ftp://api.example',
          'api.example',
          '//api.example',
          'https://',
          'file:///etc/passwd',
        ],
        ...[
          'https://api.example?x=1',
          'https://api.example/?',
          'https://api.example#x',
          'https://api.example/#',
        ],
        ...[
          'https://me@api.example',
          'https://me:word@api.example',
          'https://@api.example',
          'http://localhost@api.example',
        ],
        ...[
          'http://127.0.0.1.api.example',
          'http://localhost.api.example',
          'http://0.0.0.0',
          'http://128.0.0.1',
          'http://[::2]',
        ],
        ...['javascript:alert(1)', 'data:,x'],
      ],
      'an https URL',
    ],
  ])('%s', (name, values, must) => {
    for (const value of values) {
      const what = refused({ [name]: value });
      expect({ value, what }).toMatchObject({
        value,
        what: expect.stringMatching(/^Cannot start as '\w+' must be .+: current value is '.*'\.$/su),
      });
      expect(what).toContain(`'${name}' must be ${must}`);
    }
  });

  test('shows the current value, a long one shortened', () => {
    expect(refused({ wait: 'maybe' })).toMatch(/: current value is 'maybe'\.$/);
    expect(refused({ wait: 'x'.repeat(5_000) }).length).toBeLessThan(300);
  });

  test('all of them at once, so that one run names all mistakes', () => {
    const what = refused({ wait: 'maybe', timeout_minutes: '-1', artifact_name: 'a/b', api_url: 'x' });
    for (const name of ['wait', 'timeout_minutes', 'artifact_name', 'api_url'])
      expect(what).toContain(`'${name}' must be`);
  });

  test('the job id and the wish for a summary are known all the same, where they can be read', () => {
    const got = withInputs({ ...REQUIRED, wait: 'maybe', job_summary: 'false' }, readInputs);
    expect(got).toMatchObject({ retrainJobId: 'job-1', jobSummary: false });
    expect(withInputs({ ...REQUIRED, retrain_job_id: '..', api_key: '' }, readInputs)).toMatchObject({
      retrainJobId: undefined,
      jobSummary: true,
    });
  });
});

describe('A secret', () => {
  test('that is missing says so', () => {
    expect(refused({ api_key: '' })).toMatch(
      /^Cannot start as 'api_key' must be .*secret.*: current value is ''\.$/,
    );
    expect(refused({ api_key: ' \n' })).toContain("'api_key' must be");
  });

  test.each([`${KEY}\nsecond line`, `${KEY}\u0000`, `${KEY}日本`, `${KEY}\u007f`, `a\u0001${KEY}`])(
    'that no header can carry (%j) is refused without being shown',
    key => {
      const what = refused({ api_key: key });
      expect(what).toMatch(/^Cannot start as 'api_key' must be .*: current value is not shown\.$/);
      expect(what).not.toContain(KEY);
    },
  );

  test('of user info, query or fragment in api_url is not shown', () => {
    for (const url of [
      'https://me:pass-word@api.example/x',
      'https://api.example/?token=pass-word',
      'https://api.example/#pass-word',
      'https://pass-word@api.example',
    ]) {
      expect(refused({ api_url: url })).not.toContain('pass-word');
    }
  });

  test('is registered with the runner, as it is sent, and nothing else is printed', () => {
    let secrets: string[] = [];
    const printed = printedBy(() => {
      secrets = withInputs({ ...REQUIRED, api_key: ` ${KEY}\n`, secret_key: 'secret-0123456789' }, () =>
        maskSecrets(SECRET_INPUTS),
      );
    });
    expect(secrets).toEqual([KEY, 'secret-0123456789']);
    expect(printed.trim().split(/\r?\n/)).toEqual([`::add-mask::${KEY}`, '::add-mask::secret-0123456789']);
    expect(printedBy(() => withInputs({ retrain_job_id: 'x' }, () => maskSecrets(SECRET_INPUTS)))).toBe('');
  });
});

test.each([
  { url: 'http://localhost', is: true },
  { url: 'http://LOCALHOST:1', is: true },
  { url: 'http://127.0.0.1', is: true },
  { url: 'http://127.9.9.9', is: true },
  { url: 'http://127.1', is: true },
  { url: 'http://[::1]', is: true },
  { url: 'http://[0:0:0:0:0:0:0:1]', is: true },
  { url: 'http://127.0.0.1.example', is: false },
  { url: 'http://localhost.example', is: false },
  { url: 'http://10.0.0.1', is: false },
  { url: 'http://0.0.0.0', is: false },
])('$url is loopback: $is', ({ url, is }) => {
  expect(isLoopback(new URL(url))).toBe(is);
});
