// The client of the status check against a real server on loopback.
import '../support/one-realm.js';
import { describe, expect, test } from '@jest/globals';
import { CancelledError, NetworkError } from '../../src/errors.js';
import { createTransport } from '../../src/http/transport.js';
import { endpointUrl } from '../../src/prediction-one/api-call.js';
import { createClient } from '../../src/prediction-one/client.js';
import { answer, brokenOff, type Step, silence, withServer } from '../support/local-server.js';

const KEY = 'key-0123456789abcdef';

async function check(
  steps: Step[],
  options: {
    requestTimeoutMs?: number;
    limitMs?: number;
    signal?: AbortSignal;
    job?: string;
    prefix?: string;
  } = {},
) {
  const {
    requestTimeoutMs = 10_000,
    limitMs = 60_000,
    signal = new AbortController().signal,
    job = 'job-1',
  } = options;
  return withServer(steps, async ({ url, requests }) => {
    const client = createClient({
      apiUrl: new URL(url + (options.prefix ?? '')),
      apiKey: KEY,
      requestTimeoutMs,
      transport: createTransport('unit-test'),
      wallMs: () => Date.UTC(2026, 9, 1),
    });
    const outcome = await client.checkStatus(job, { limitMs, signal }).then(
      value => ({ value, error: undefined }),
      (error: Error) => ({ value: undefined, error }),
    );
    return { ...outcome, requests, host: new URL(url).host };
  });
}

describe('The URL of the status check', () => {
  const API = 'https://api.example';
  test.each([
    { api: API, job: 'abc-1', url: `${API}/v1/external/retrain_jobs/abc-1` },
    { api: `${API}/`, job: 'abc-1', url: `${API}/v1/external/retrain_jobs/abc-1` },
    { api: `${API}/a/b`, job: 'x', url: `${API}/a/b/v1/external/retrain_jobs/x` },
    { api: `${API}/a/b//`, job: 'x', url: `${API}/a/b/v1/external/retrain_jobs/x` },
    { api: `${API}:8443/é`, job: 'x', url: `${API}:8443/%C3%A9/v1/external/retrain_jobs/x` },
    { api: API, job: 'a/b', url: `${API}/v1/external/retrain_jobs/a%2Fb` },
    { api: API, job: '../x', url: `${API}/v1/external/retrain_jobs/..%2Fx` },
    { api: API, job: '..\\x', url: `${API}/v1/external/retrain_jobs/..%5Cx` },
    { api: API, job: 'a?b#c', url: `${API}/v1/external/retrain_jobs/a%3Fb%23c` },
    { api: API, job: '%2e%2e', url: `${API}/v1/external/retrain_jobs/%252e%252e` },
    { api: API, job: 'ジョブ', url: `${API}/v1/external/retrain_jobs/%E3%82%B8%E3%83%A7%E3%83%96` },
    { api: API, job: '😀;a=b', url: `${API}/v1/external/retrain_jobs/%F0%9F%98%80%3Ba%3Db` },
  ])('$api and job $job: the id is exactly one segment', ({ api, job, url }) => {
    const built = endpointUrl(new URL(api), { path: ['retrain_jobs', job] });
    expect(built.href).toBe(url);
    expect(decodeURIComponent(built.pathname.split('/').at(-1) ?? '')).toBe(job);
  });
});

describe('A check', () => {
  test('asks once, with the key, below the prefix, and reads the answer', async () => {
    const body = '{"status":"job_running","model_id":9007199254740993}';
    const { value, requests } = await check([answer(200, body, { 'retry-after': '12' })], {
      prefix: '/p/',
      job: 'a/b',
    });
    expect(value).toEqual({ status: 'job_running', modelId: '9007199254740993', retryAfterMs: 12_000 });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ method: 'GET', url: '/p/v1/external/retrain_jobs/a%2Fb' });
    expect(requests[0]?.headers).toMatchObject({ 'x-api-key': KEY, accept: 'application/json' });
  });

  test('reads UTF-8 that arrives in pieces', async () => {
    const bytes = Buffer.from('{"status":"学習中"}');
    const { value } = await check([
      (_request, response) => {
        response.write(bytes.subarray(0, 12));
        setTimeout(() => response.end(bytes.subarray(12)), 20);
      },
    ]);
    expect(value?.status).toBe('学習中');
  });

  test('does not follow a redirect, so that the key stays home', async () => {
    const { error, requests } = await check([
      answer(302, '', { location: '/elsewhere' }),
      answer(200, '{"status":"job_finished"}'),
    ]);
    expect(error).toMatchObject({ code: 'api_error', retryable: false });
    expect(requests).toHaveLength(1);
  });

  test('gives up on an answer of more than 1 MiB without reading it all', async () => {
    let sent = 0;
    const flood: Step = (_request, response) => {
      const chunk = Buffer.alloc(256 * 1024, ' ');
      const more = () => {
        while (!response.destroyed && sent < 64 * 1024 * 1024) {
          sent += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    };
    const { error } = await check([flood]);
    expect(error).toMatchObject({ code: 'api_error', retryable: true });
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  test('takes an answer of exactly 1 MiB', async () => {
    const body = '{"status":"s"}'.padEnd(1024 * 1024, ' ');
    expect((await check([answer(200, body)])).value?.status).toBe('s');
    expect((await check([answer(200, `${body} `)])).error).toMatchObject({
      code: 'api_error',
      retryable: true,
    });
  });

  test.each([
    { what: 'no answer at all', step: silence },
    { what: 'a body that stalls', step: brokenOff('{"status":', 'stalled') },
  ])('is cut at its time limit: $what', async ({ step }) => {
    const { error, host } = await check([step], { requestTimeoutMs: 150 });
    expect(error).toMatchObject({ code: 'network_error', retryable: true });
    expect(error).toBeInstanceOf(NetworkError);
    expect(error?.message).toContain(`${host} failed: nothing came within 0.15 s.`);
  });

  test('is cut when the time left to the deadline is shorter', async () => {
    const { error } = await check([silence], { limitMs: 120 });
    expect(error?.message).toContain('nothing came within 0.12 s.');
  });

  test('whose body is cut is a network error, worth another try', async () => {
    const { error } = await check([brokenOff('{"status":"job_fin', 'cut')]);
    expect(error).toMatchObject({ code: 'network_error', retryable: true });
    expect(error?.message).toContain('the connection broke off in the middle of the answer');
  });

  test('whose connection is closed at once is a network error, worth another try', async () => {
    const { error } = await check([request => void request.socket.destroy()]);
    expect(error).toMatchObject({ code: 'network_error', retryable: true });
  });

  const brokenOffWith =
    (status: number): Step =>
    (_request, response) => {
      response.writeHead(status, { 'content-length': '1000' });
      response.write('{"message":', () => response.destroy());
    };

  test('answered with 407 by the API itself, without a proxy, is any other 4xx', async () => {
    const { error } = await check([answer(407, 'login')]);
    expect(error).toMatchObject({ code: 'api_error', retryable: false });
  });

  test.each([
    { status: 302, code: 'api_error' },
    { status: 400, code: 'api_error' },
    { status: 401, code: 'auth_error' },
    { status: 404, code: 'not_found' },
  ])(
    'answered with $status and a body that breaks off ends at once: the status says all',
    async ({ status, code }) => {
      const { error } = await check([brokenOffWith(status)]);
      expect(error).toMatchObject({ code, retryable: false });
    },
  );

  test.each([
    { what: 'waiting for the answer', step: silence },
    { what: 'reading the body', step: brokenOff('{"status":', 'stalled') },
  ])('that is cancelled while $what ends with the reason of the abort', async ({ step }) => {
    const controller = new AbortController();
    const reason = new CancelledError({ id: 'step-cancelled', what: 'Cancelled.', nextStep: 'Resume.' });
    const cancelling: Step = (request, response) => {
      step(request, response);
      setTimeout(() => controller.abort(reason), 50);
    };
    expect((await check([cancelling], { signal: controller.signal })).error).toBe(reason);
  });

  test('never tells the path, the query or the key', async () => {
    for (const step of [answer(407), answer(500, 'x'), brokenOff('{', 'cut'), answer(302)]) {
      const { error } = await check([step], { prefix: '/secret-path', job: 'secret-job' });
      expect(`${error?.message}`).not.toMatch(/secret-path|secret-job|key-0123456789abcdef/);
    }
  });
});
