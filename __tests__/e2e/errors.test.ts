// Rule 2 end to end: how errors are told apart, which ones are retried, and what people are told.
import { describe, expect, test } from '@jest/globals';
import type { StatusScript } from '../../simulator/index.js';
import { VENDOR } from '../../src/messages/vendor.js';
import { entriesOf } from '../support/catalogue.js';
import { annotations, QUICK, type RetrainRun, retrain, runAction } from './action-run.js';
import {
  API_KEY,
  connectProxy,
  httpsServer,
  JOB_ID,
  statusAnswer,
  withCertificate,
  withServer,
} from './servers.js';

const ONLY_STATUS = { download_results: 'false' };
const FOREVER = 1_000;

function answering(...statusAnswers: StatusScript[]): Promise<RetrainRun> {
  return retrain({ scenario: { statusAnswers }, inputs: ONLY_STATUS });
}

function expectFinal(run: RetrainRun, result: string): void {
  expect(run.outputs).toMatchObject({ result, ready_to_switch: 'false', status_checks: '1' });
  expect(run.status).toHaveLength(1);
  expect(run.exitCode).toBe(1);
}

describe('errors that stop at once', () => {
  test.concurrent.each([
    ['invalid_api_key.', 'auth_error'],
    ['Inactive_credential.', 'auth_error'],
    ['Not_found_credential.', 'auth_error'],
    ['Not found retrain job.', 'not_found'],
    ['This job may be deleted.', 'job_deleted'],
    ['Something else is wrong.', 'api_error'],
  ])('the message "%s" with HTTP 400 is %s', async (message, result) => {
    const run = await answering({ httpStatus: 400, message });
    expectFinal(run, result);
    expect(run.outputs.error_code).toBe('4001000204');
    expect(run.outputs.error_message).toContain(message);
  });

  test.concurrent.each([
    [401, 'auth_error'],
    [403, 'auth_error'],
    [404, 'not_found'],
    [400, 'api_error'],
    [410, 'api_error'],
    [422, 'api_error'],
  ])('HTTP %i without a known message is %s', async (httpStatus, result) => {
    expectFinal(await answering({ httpStatus, body: '' }), result);
  });

  test.concurrent.each([
    ['Not found retrain job.', 401, 'not_found'],
    ['invalid_api_key.', 404, 'auth_error'],
    ['This job may be deleted.', 500, 'job_deleted'],
    ['Inactive_credential.', 503, 'auth_error'],
  ])('the message "%s" goes before HTTP %i: %s', async (message, httpStatus, result) => {
    expectFinal(await answering({ httpStatus, message }), result);
  });
});

describe('the shape of an error body', () => {
  test.concurrent.each<[string, unknown]>([
    ['flat, the code as text', { code: '4001000204', error: 'BAD', message: 'Not found retrain job.' }],
    ['flat, the code as a number', { code: 4001000204, error: 'BAD', message: 'Not found retrain job.' }],
    ['nested', { error: { code: 4001000204, message: 'Not found retrain job.' } }],
    ['nested in a list', { errors: [{ code: '4001000204', message: 'Not found retrain job.' }] }],
    ['plain text', 'Not found retrain job.'],
    ['HTML', '<html><head><title>Oops</title></head><body><p>Not found retrain job.</p></body></html>'],
  ])('a body that is %s is understood', async (_shape, body) => {
    expectFinal(await answering({ httpStatus: 400, body: body as object }), 'not_found');
  });

  test.concurrent('an error body with HTTP 200 whose code starts with 4 is an error as a 4xx', async () => {
    expectFinal(await answering({ body: { code: 4001000204, error: 'X', message: 'No.' } }), 'api_error');
    expectFinal(await answering({ body: { code: '401', message: 'No.' } }), 'auth_error');
  });

  test.concurrent('any other error body with HTTP 200 is one as a 5xx: it is retried', async () => {
    const run = await answering(
      { body: { code: '5001000201', message: 'Sorry.' } },
      { body: { message: 'Hm.' } },
      {},
    );
    expect(run.outputs).toMatchObject({ result: 'succeeded', status_checks: '3' });
  });

  test.concurrent('an answer that has a status is an answer, whatever else it says', async () => {
    const body = { code: '4001000204', error: 'X', message: 'invalid_api_key.', status: 'training' };
    const run = await answering({ body }, {});
    expect(run.outputs).toMatchObject({ result: 'succeeded', status_checks: '2' });
  });
});

describe('faults that are retried', () => {
  test.concurrent.each<[string, StatusScript]>([
    ['408', { httpStatus: 408 }],
    ['425', { httpStatus: 425 }],
    ['429', { httpStatus: 429 }],
    ['500', { httpStatus: 500 }],
    ['502', { httpStatus: 502, body: '<html>Bad Gateway</html>' }],
    ['599', { httpStatus: 599 }],
    ['an HTML page with HTTP 200', { body: '<html><title>Login</title></html>' }],
    ['an empty body', { body: '' }],
    ['JSON without a status', { body: {} }],
    ['a status that is no text', { body: { status: 7 } }],
    ['a body that breaks off', { fault: 'cut_body' }],
    ['a connection reset', { fault: 'reset' }],
    ['an answer over 1 MiB', { body: { status: 'job_finished', pad: 'x'.repeat(1024 * 1024) } }],
  ])('%s is retried', async (_name, script) => {
    const run = await answering(script, script, {});
    expect(run.outputs).toMatchObject({ result: 'succeeded', status_checks: '3' });
    expect(run.outputs.error_message).toBeUndefined();
  });

  test.concurrent('an answer that does not come within request_timeout_seconds is retried', async () => {
    const run = await retrain({
      scenario: { statusAnswers: [{ fault: 'hang' }, { fault: 'stall_body' }, {}] },
      inputs: { ...ONLY_STATUS, request_timeout_seconds: '0.4', max_outage_minutes: '0.1' },
    });
    expect(run.outputs).toMatchObject({ result: 'succeeded', status_checks: '3' });
  });

  test.concurrent('giving up gives network_error when no HTTP answer came last', async () => {
    const run = await answering({ httpStatus: 503 }, { fault: 'reset' });
    expect(run.outputs).toMatchObject({ result: 'network_error', ready_to_switch: 'false' });
    expect(Number(run.outputs.status_checks)).toBeGreaterThan(3);
  });

  test.concurrent('giving up gives api_error when an HTTP answer came last', async () => {
    const run = await answering({ fault: 'reset' }, { httpStatus: 503 });
    expect(run.outputs).toMatchObject({ result: 'api_error', error_code: '5001000201' });
    expect(run.outputs.error_message).toContain('max_outage_minutes');
  });

  test.concurrent('unreadable answers alone end as api_error', async () => {
    const run = await answering({ body: '<html>Login</html>' });
    expect(run.outputs.result).toBe('api_error');
  });

  test.concurrent('giving up never comes earlier than max_outage_minutes', async () => {
    const run = await answering({ httpStatus: 503 });
    expect(Number(run.outputs.elapsed_seconds)).toBeGreaterThanOrEqual(1.2);
    expect(Number(run.outputs.elapsed_seconds)).toBeLessThan(3);
  });

  test.concurrent('any good answer resets the outage', async () => {
    const faults = Array<StatusScript>(11).fill({ httpStatus: 503 });
    const run = await retrain({
      scenario: { statusAnswers: [...faults, { status: 'training' }, ...faults, { status: 'training' }, {}] },
      inputs: { ...ONLY_STATUS, max_outage_minutes: '0.03' },
    });
    expect(run.outputs).toMatchObject({ result: 'succeeded', status_checks: '25' });
  });

  test.concurrent('max_outage_minutes 0 gives up at the first fault', async () => {
    const run = await retrain({
      scenario: { statusAnswers: [{ httpStatus: 503 }, {}] },
      inputs: { ...ONLY_STATUS, max_outage_minutes: '0' },
    });
    expectFinal(run, 'api_error');
  });

  test.concurrent('the deadline gives timed_out, during an outage too', async () => {
    const run = await retrain({
      scenario: { statusAnswers: Array<StatusScript>(FOREVER).fill({ httpStatus: 503 }) },
      inputs: { ...ONLY_STATUS, timeout_minutes: '0.02', max_outage_minutes: '5' },
    });
    expect(run.outputs).toMatchObject({ result: 'timed_out', ready_to_switch: 'false' });
    expect(run.outputs.error_message).toContain('503');
    expect(run.outputs.error_message).not.toContain('Training takes longer');
  });
});

describe('faults of the network that need a hand', () => {
  const inputs = { ...QUICK, ...ONLY_STATUS, retrain_job_id: JOB_ID, api_key: API_KEY };

  test.concurrent('a refused proxy login ends at once as network_error that names the proxy', async () => {
    const asked: string[] = [];
    await withServer(
      connectProxy(() => 1, asked, 'right:login'),
      async port => {
        const run = await runAction({
          inputs: { ...inputs, api_url: 'https://api.test.invalid' },
          env: { HTTPS_PROXY: `http://wrong:pass-word-0815@127.0.0.1:${port}` },
        });
        expect(run.outputs).toMatchObject({ result: 'network_error', status_checks: '1' });
        expect(run.outputs.error_message).toContain(`127.0.0.1:${port}`);
        expect(run.outputs.error_message).toContain('407');
        expect(asked).toEqual(['api.test.invalid:443']);
        expect(run.log + run.summary + run.outputs.error_message).not.toContain('pass-word-0815');
      },
    );
  });

  test.concurrent('a certificate that cannot be verified ends at once and names NODE_EXTRA_CA_CERTS', async () => {
    await withCertificate(async certificate => {
      const server = httpsServer(certificate, (_request, response) => response.end(statusAnswer()));
      await withServer(server, async port => {
        const api_url = `https://127.0.0.1:${port}`;
        const refused = await runAction({ inputs: { ...inputs, api_url } });
        expect(refused.outputs).toMatchObject({ result: 'network_error', status_checks: '1' });
        expect(refused.outputs.error_message).toContain('NODE_EXTRA_CA_CERTS');
        const env = { NODE_EXTRA_CA_CERTS: certificate.certPath };
        const trusted = await runAction({ inputs: { ...inputs, api_url }, env });
        expect(trusted.outputs.result).toBe('succeeded');
      });
    });
  });

  test.concurrent('a certificate of the storage that cannot be verified ends at once too', async () => {
    await withCertificate(async certificate => {
      const server = httpsServer(certificate, (_request, response) => response.end('metric,value\n'));
      await withServer(server, async port => {
        const body = { status: 'job_finished', download_url: `https://127.0.0.1:${port}/metrics.csv` };
        const scenario = { statusAnswers: [{ body }] };
        const refused = await retrain({ scenario });
        expect(refused.outputs).toMatchObject({ result: 'network_error', status: 'job_finished' });
        expect(refused.outputs.error_message).toContain('NODE_EXTRA_CA_CERTS');
        const trusted = await retrain({ scenario, env: { NODE_EXTRA_CA_CERTS: certificate.certPath } });
        expect(trusted.outputs.result).toBe('succeeded');
      });
    });
  });

  test.concurrent('a name that does not resolve is retried', async () => {
    const run = await runAction({ inputs: { ...inputs, api_url: 'https://no-such-host.test.invalid' } });
    expect(run.outputs.result).toBe('network_error');
    expect(Number(run.outputs.status_checks)).toBeGreaterThan(1);
    expect(run.outputs.error_message).toContain('no-such-host.test.invalid');
  });

  test.concurrent('a refused connection is retried and ends as network_error', async () => {
    const port = await withServer(
      httpsServer({ cert: '', key: '', certPath: '' }, () => {}),
      async free => free,
    );
    const run = await runAction({ inputs: { ...inputs, api_url: `http://127.0.0.1:${port}` } });
    expect(run.outputs.result).toBe('network_error');
    expect(run.outputs.error_message).toContain('ECONNREFUSED');
    expect(Number(run.outputs.status_checks)).toBeGreaterThan(1);
  });
});

describe('what people are told', () => {
  test.concurrent.each<[string, Parameters<typeof retrain>[0]]>([
    ['auth_error', { scenario: 'auth-error' }],
    ['not_found', { scenario: 'not-found' }],
    ['job_deleted', { scenario: 'deleted' }],
    ['job_failed', { scenario: 'failed' }],
    ['api_error', { scenario: { statusAnswers: [{ httpStatus: 418 }] } }],
    ['network_error', { scenario: { statusAnswers: [{ fault: 'reset' }] } }],
    ['timed_out', { scenario: 'timeout', inputs: { timeout_minutes: '0.005' } }],
    ['download_error', { scenario: { storage: [{ fault: 'empty' }] } }],
    ['artifact_error', { scenario: 'artifact-quota' }],
    ['invalid_input', { inputs: { wait: 'maybe' } }],
  ])('the message of %s says what happened, the likely cause and what to do', async (result, options) => {
    const run = await retrain(options);
    expect(run.outputs.result).toBe(result);
    expect(run.summary).toContain('**What happened:**');
    expect(run.summary).toContain('**Likely cause:**');
    expect(run.summary).toContain('**What to do:**');
    expect(annotations(run, 'error')).toEqual([run.outputs.error_message]);
    expect(run.outputs.error_message).not.toContain('\n');
    expect(entriesOf(result, run.outputs.error_message ?? '')).not.toEqual([]);
  });

  test.concurrent('a Japanese hint stands in the summary, not in the annotation', async () => {
    const run = await retrain({ scenario: 'auth-error' });
    expect(run.summary).toContain(`**日本語:** ${VENDOR.keyRefused.japaneseHint}`);
    expect(run.outputs.error_message).not.toContain('有効期限');
  });

  test.concurrent('auth_error names the expired 30-day key as the likely cause', async () => {
    const run = await retrain({ scenario: 'auth-error' });
    expect(run.outputs.error_message).toMatch(/30 days.*expired/);
  });
});
