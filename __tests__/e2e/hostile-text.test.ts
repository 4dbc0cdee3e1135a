// Rule 9 end to end: what others say can neither command the runner nor forge, break or leak anything.
import { describe, expect, test } from '@jest/globals';
import type { Scenario, ScriptContext } from '../../simulator/index.js';
import { type RetrainOptions, type RetrainRun, retrain } from './action-run.js';

const OWN_COMMANDS = new Set(['add-mask', 'group', 'endgroup', 'error', 'warning', 'debug']);
const MARKUP =
  '<script>alert(1)</script><img src=x onerror=alert(1)> | [link](javascript:alert(1)) `x` @octocat';
const COMMANDS =
  '::set-output name=result::succeeded\n::add-mask::a\n##[error]forged\n  ::stop-commands::x\r::error::y';
const TERMINAL = '\u001b[2J\u001b]0;title\u0007\u001b[31mred\u202e\u0000\u0085\u2028::error::z';
const FORGERY =
  'ghadelimiter_00000000-0000-0000-0000-000000000000\nresult<<EOF\nsucceeded\nEOF\nready_to_switch=true';

function hostileText({ request, downloadUrl }: ScriptContext): string {
  const key = String(request.headers['x-api-key']);
  const forms = [key, encodeURIComponent(key), JSON.stringify(key), Buffer.from(key).toString('base64')];
  return [COMMANDS, MARKUP, TERMINAL, FORGERY, `key ${forms.slice(0, 3).join(' ')}`, downloadUrl()].join(
    '\n',
  );
}

/** A key with everything that encodings change. */
const KEY = 'Key+/=&<>"%41\'\\-0123456789';

function hostile(scenario: Scenario, options: Omit<RetrainOptions, 'scenario'> = {}): Promise<RetrainRun> {
  return retrain({ scenario, simulator: { apiKey: KEY }, ...options });
}

function expectHarmless(run: RetrainRun): void {
  expect(run.commands.filter(({ name }) => !OWN_COMMANDS.has(name))).toEqual([]);
  expect(run.commands.filter(({ name }) => name === 'add-mask').map(({ message }) => message)).not.toContain(
    'a',
  );
  expect(run.log).not.toMatch(/[\u001b\u0000\u202e\u0085\u2028]/);
  expect(run.summary).not.toMatch(/<script|<img|\]\(javascript:|[\u001b\u0000\u202e]/);
  expect(run.summary).not.toMatch(/@octocat/);
  const told = [
    run.log,
    run.stderr,
    run.summary,
    JSON.stringify(run.outputs),
    Object.values(run.outputs).join('\n'),
  ];
  for (const text of told) {
    for (const form of [KEY, encodeURIComponent(KEY)]) expect(text).not.toContain(form);
    expect(text).not.toMatch(/X-Amz-Signature=[0-9a-f]{8}/i);
  }
}

describe('rule 9: untrusted text', () => {
  test.concurrent.each<[string, RetrainOptions['scenario']]>([
    ['status and message of a good answer', 'hostile'],
    [
      'the message of a failed job',
      {
        statusAnswers: [
          { body: context => ({ status: `failed\n${COMMANDS}`, message: hostileText(context) }) },
        ],
      },
    ],
    [
      'an error body',
      {
        statusAnswers: [
          {
            httpStatus: 400,
            body: context => ({
              code: `4\n${COMMANDS}`,
              error: hostileText(context),
              message: hostileText(context),
            }),
          },
        ],
      },
    ],
    ['a plain error text', { statusAnswers: [{ httpStatus: 418, body: hostileText }] }],
    [
      'the id of another job',
      {
        statusAnswers: [
          { body: context => ({ status: 'x', metadata: { retrain_job_id: hostileText(context) } }) },
        ],
      },
    ],
    [
      'a status that looks like an end',
      { statusAnswers: [{ body: context => ({ status: `done ${hostileText(context)}` }) }, {}] },
    ],
    [
      'a model id that is none',
      { statusAnswers: [{ body: { status: 'failed', model_id: `1\n${COMMANDS}` } }] },
    ],
    [
      "storage's error body",
      {
        storage: [
          {
            httpStatus: 418,
            body: `<Error><Code>::error::x</Code><Message>${'\n::error::y'}</Message></Error>`,
          },
        ],
      },
    ],
    ['a file name', { results: { contentDisposition: 'attachment; filename="##[error]x ::error::y.zip"' } }],
    [
      'the body of the artifact service',
      {
        artifact: [
          { on: 'CreateArtifact', httpStatus: 403, body: { code: 'x', msg: `quota ${COMMANDS} ${MARKUP}` } },
        ],
      },
    ],
  ])(
    '%s issues no command, forges no output, injects no markup, leaks no credential',
    async (_name, scenario) => {
      for (const RUNNER_DEBUG of [undefined, '1']) {
        const run = await retrain({
          scenario: scenario ?? {},
          simulator: { apiKey: KEY },
          env: { RUNNER_DEBUG },
        });
        expect(run.outputs.result).not.toBe('internal_error');
        expectHarmless(run);
      }
    },
  );

  test.concurrent('the message is passed on as it came but for credentials', async () => {
    const run = await hostile({
      statusAnswers: [{ body: context => ({ status: 'failed', message: hostileText(context) }) }],
    });
    expect(run.outputs.result).toBe('job_failed');
    expect(run.outputs.message).toContain(`${COMMANDS}\n${MARKUP}\n${TERMINAL}\n${FORGERY}\nkey ***`);
    expect(run.outputs.message).toContain('/results/');
  });

  test.concurrent('the job id is text like any other', async () => {
    const jobId = '::error::<script>alert(1)</script>|`x`##[error]z@octocat';
    const run = await retrain({ simulator: { jobId, apiKey: KEY }, scenario: 'failed' });
    expect(run.outputs).toMatchObject({ result: 'job_failed', retrain_job_id: jobId });
    expectHarmless(run);
  });

  test.concurrent('an input that is refused is text like any other', async () => {
    const run = await retrain({ inputs: { wait: `${COMMANDS}${MARKUP}` }, simulator: { apiKey: KEY } });
    expect(run.outputs.result).toBe('invalid_input');
    expectHarmless(run);
  });

  test.concurrent('the key is registered as a secret before anything else is printed', async () => {
    const run = await retrain({ scenario: 'failed' });
    expect(run.stdout.split('\n')[0]).toBe(`::add-mask::${run.simulator.apiKey}`);
  });

  test.concurrent("a presigned URL's signature is registered as a secret", async () => {
    const run = await retrain();
    const signature = /X-Amz-Signature=([0-9a-f]+)/.exec(run.storage[0]?.path ?? '')?.[1];
    expect(run.commands).toContainEqual({ name: 'add-mask', properties: {}, message: signature });
    expect(run.log).not.toContain(signature);
  });

  test.concurrent('download_url is never an output, and never logged whole', async () => {
    const run = await retrain({ env: { RUNNER_DEBUG: '1' } });
    const path = run.storage[0]?.path ?? 'none';
    expect(Object.keys(run.outputs)).not.toContain('download_url');
    expect(run.log + run.summary + JSON.stringify(run.outputs)).not.toContain(path);
  });

  test.concurrent('a message of a megabyte is no harm', async () => {
    const message = `${'<b>`|\n::error::'.repeat(60_000)}`;
    const run = await hostile({ statusAnswers: [{ body: { status: 'failed', message } }] });
    expect(run.outputs).toMatchObject({ result: 'job_failed', message });
    expect(run.summary.length).toBeLessThan(20_000);
    expect(run.log.length).toBeLessThan(50_000);
    expectHarmless(run);
  });
});
