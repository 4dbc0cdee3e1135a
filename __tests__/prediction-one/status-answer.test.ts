// What one HTTP answer says: every rule of the status check as a table.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { VendorError } from '../../src/errors.js';
import { readStatusAnswer } from '../../src/prediction-one/status-answer.js';
import { statusMeaning } from '../../src/prediction-one/status-meaning.js';

const JOB = 'job-1';
const KEY_ERROR = { code: 'auth_error', retryable: false };
const NO_JOB = { code: 'not_found', retryable: false };
const DELETED = { code: 'job_deleted', retryable: false };
const FINAL = { code: 'api_error', retryable: false };
const PASSING = { code: 'api_error', retryable: true };

const text = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body));

function read(httpStatus: number, body: unknown, job = JOB) {
  return readStatusAnswer({ httpStatus, bodyText: text(body) }, job);
}

function refused(httpStatus: number, body: unknown, job = JOB): VendorError {
  try {
    read(httpStatus, body, job);
  } catch (error) {
    if (error instanceof VendorError) return error;
    throw error;
  }
  throw new Error('The answer was read without an error.');
}

describe('A good answer', () => {
  test('gives status, model_id, message and download_url as they came', () => {
    const body =
      '{"status":"job_finished","model_id":42,"message":" ok\\n","download_url":"https://s.example/f?X=1","metadata":{"retrain_job_id":"job-1"}}';
    expect(read(200, body)).toEqual({
      status: 'job_finished',
      modelId: '42',
      message: ' ok\n',
      downloadUrl: 'https://s.example/f?X=1',
    });
  });

  test.each([
    { what: 'only a status', body: { status: 'job_running' }, answer: { status: 'job_running' } },
    { what: 'a status of any script', body: { status: '学習中 ' }, answer: { status: '学習中 ' } },
    {
      what: 'nulls in place of what is missing',
      body: { status: 's', model_id: null, message: null, download_url: null, metadata: null },
      answer: { status: 's' },
    },
    {
      what: 'fields of wrong types',
      body: { status: 's', model_id: {}, message: 1, download_url: ['https://x'], metadata: [] },
      answer: { status: 's' },
    },
    { what: 'an empty download_url', body: { status: 's', download_url: ' ' }, answer: { status: 's' } },
    {
      what: 'code and message beside the status',
      body: { status: 's', code: '4001000204', message: 'invalid_api_key.' },
      answer: { status: 's', message: 'invalid_api_key.' },
    },
    { what: 'a byte order mark', body: '\uFEFF{"status":"s"}', answer: { status: 's' } },
    { what: 'white space around it', body: '\r\n {"status":"s"}\n', answer: { status: 's' } },
    {
      what: 'keys like __proto__',
      body: '{"__proto__":{"status":"job_finished"},"constructor":{"status":"x"},"status":"s"}',
      answer: { status: 's' },
    },
  ])('may have $what', ({ body, answer }) => {
    expect(read(200, body)).toEqual(answer);
  });

  test.each([
    { modelId: '9007199254740993', digits: '9007199254740993' },
    { modelId: '"9007199254740993"', digits: '9007199254740993' },
    { modelId: '18446744073709551615', digits: '18446744073709551615' },
    { modelId: '0', digits: '0' },
    { modelId: '"007"', digits: '007' },
    { modelId: '1.5', digits: undefined },
    { modelId: '-1', digits: undefined },
    { modelId: '"abc"', digits: undefined },
    { modelId: 'true', digits: undefined },
  ])('gives model_id $modelId as $digits, never rounded', ({ modelId, digits }) => {
    expect(read(200, `{"status":"s","model_id":${modelId}}`).modelId).toBe(digits);
  });

  test.each([200, 201, 202, 203, 206, 299])('comes with HTTP %d', httpStatus => {
    expect(read(httpStatus, { status: 's' })).toEqual({ status: 's' });
  });
});

describe('The right job', () => {
  test.each([
    { what: 'the same text', metadata: '{"retrain_job_id":"123"}', job: '123' },
    { what: 'a number', metadata: '{"retrain_job_id":123}', job: '123' },
    {
      what: 'a number beyond 2^53',
      metadata: '{"retrain_job_id":9007199254740993}',
      job: '9007199254740993',
    },
    { what: 'no id', metadata: '{}', job: '123' },
    { what: 'no metadata but a text', metadata: '"123"', job: 'x' },
  ])('is $what', ({ metadata, job }) => {
    expect(read(200, `{"status":"job_finished","metadata":${metadata}}`, job).status).toBe('job_finished');
  });

  test.each([
    { what: 'another text', id: '"124"', shown: '124' },
    { what: 'another number', id: '124', shown: '124' },
    {
      what: 'a neighbour beyond 2^53',
      id: '9007199254740992',
      shown: '9007199254740992',
      job: '9007199254740993',
    },
    { what: 'the id in another letter case', id: '"JOB"', shown: 'JOB', job: 'job' },
    { what: 'the id with a blank', id: '"123 "', shown: '123 ' },
    { what: 'an empty text', id: '""', shown: '' },
    { what: 'an object', id: '{"id":"123"}', shown: '{"id":"123"}' },
    { what: 'false', id: 'false', shown: 'false' },
  ])('is not $what: api_error at once, naming both', ({ id, shown, job = '123' }) => {
    const error = refused(200, `{"status":"job_finished","metadata":{"retrain_job_id":${id}}}`, job);
    expect(error).toMatchObject(FINAL);
    expect(error.message).toContain(`'${job}'`);
    expect(error.message).toContain(`'${shown}'`);
  });
});

describe('An error is told by its message first, whatever the HTTP status', () => {
  const messages = [
    { message: 'invalid_api_key.', means: KEY_ERROR },
    { message: 'Inactive_credential.', means: KEY_ERROR },
    { message: 'Not_found_credential.', means: KEY_ERROR },
    { message: 'Not found retrain job.', means: NO_JOB },
    { message: 'This job may be deleted.', means: DELETED },
  ];

  test.each(messages)('$message in every documented and likely shape', ({ message, means }) => {
    const row = { code: 4001000204, error: 'PREDA_EXTERNAL_BAD_REQUEST', message };
    const shapes: unknown[] = [
      row,
      { ...row, code: '4001000204' },
      { message },
      { error: message },
      { error: row },
      { errors: [row] },
      [row],
      { response: { error: row } },
      { status: '', ...row },
      { status: 400, ...row },
      message,
      message.toUpperCase(),
      `Error: ${message} Try again.`,
      `<html><head><title>400</title></head><body><p>${message}</p></body></html>`,
    ];
    for (const httpStatus of [200, 400, 401, 403, 404, 429, 500, 503]) {
      for (const shape of shapes) {
        const error = refused(httpStatus, shape);
        const { code, retryable } = error;
        expect({ httpStatus, shape, code, retryable }).toEqual({ httpStatus, shape, ...means });
      }
    }
  });

  test.each(messages)('$message: what happened, the likely cause and what to do', ({ message }) => {
    const { explanation } = refused(400, { code: 4001000204, message });
    expect(explanation.what).toContain(message);
    expect(explanation.what).toContain('4001000204');
    expect(explanation.likelyCause).toBeTruthy();
    expect(explanation.nextStep).toBeTruthy();
  });

  test('an expired key is the likely cause of auth_error', () => {
    expect(refused(403, {}).explanation.likelyCause).toMatch(/30 days/);
  });

  test.each([
    { what: 'a message about the key', httpStatus: 400, message: 'invalid_api_key.' },
    { what: 'HTTP 401', httpStatus: 401, message: 'No.' },
    { what: 'HTTP 403', httpStatus: 403, message: 'No.' },
  ])('$what to a key of this very run does not blame its age', ({ httpStatus, message }) => {
    const raw = { httpStatus, bodyText: text({ message }), isKeyFresh: true };
    expect(() => readStatusAnswer(raw, JOB)).toThrow(
      expect.objectContaining({
        code: 'auth_error',
        retryable: false,
        explanation: expect.objectContaining({
          id: 'fresh-api-key-refused',
          likelyCause: expect.not.stringContaining('30 days'),
        }),
      }),
    );
  });
});

describe('An error without a known message is told by its HTTP status', () => {
  test.each([
    { httpStatus: 400, means: FINAL },
    { httpStatus: 401, means: KEY_ERROR },
    { httpStatus: 402, means: FINAL },
    { httpStatus: 403, means: KEY_ERROR },
    { httpStatus: 404, means: NO_JOB },
    { httpStatus: 405, means: FINAL },
    { httpStatus: 408, means: PASSING },
    { httpStatus: 409, means: FINAL },
    { httpStatus: 410, means: FINAL },
    { httpStatus: 418, means: FINAL },
    { httpStatus: 422, means: FINAL },
    { httpStatus: 425, means: PASSING },
    { httpStatus: 429, means: PASSING },
    { httpStatus: 451, means: FINAL },
    { httpStatus: 500, means: PASSING },
    { httpStatus: 502, means: PASSING },
    { httpStatus: 503, means: PASSING },
    { httpStatus: 504, means: PASSING },
    { httpStatus: 599, means: PASSING },
  ])('$httpStatus is $means.code, retryable: $means.retryable', ({ httpStatus, means }) => {
    const bodies = [
      '',
      '{}',
      'null',
      '[]',
      'Oops',
      '<html><title>Oops</title></html>',
      '{"message":"Oops"}',
      '{"status":"job_finished"}',
      '{"code":5001000201}',
    ];
    for (const body of bodies)
      expect({ body, ...pick(refused(httpStatus, body)) }).toEqual({ body, ...means });
  });

  test.each([300, 301, 302, 303, 304, 307, 308])(
    '%d is a redirect, which is api_error whatever its body says',
    httpStatus => {
      for (const body of ['', '{"status":"job_finished"}', '{"message":"invalid_api_key."}']) {
        expect(refused(httpStatus, body)).toMatchObject(FINAL);
      }
    },
  );
});

describe('An error body sent with HTTP 200 is an error all the same', () => {
  test.each([
    { body: { code: 4001000204, message: 'Some new message' }, means: FINAL, apiCode: '4001000204' },
    { body: { code: '4001000204' }, means: FINAL, apiCode: '4001000204' },
    { body: { error: { code: 400 } }, means: FINAL, apiCode: '400' },
    { body: { code: '4' }, means: FINAL, apiCode: '4' },
    { body: { code: 4011000204 }, means: KEY_ERROR, apiCode: '4011000204' },
    { body: { code: 4041000204 }, means: NO_JOB, apiCode: '4041000204' },
    { body: { code: 4291000204 }, means: PASSING, apiCode: '4291000204' },
    {
      body: { code: 5001000201, message: 'Not found configuration_file.' },
      means: PASSING,
      apiCode: '5001000201',
    },
    { body: { code: '5' }, means: PASSING, apiCode: '5' },
    { body: { code: 'E42' }, means: PASSING, apiCode: 'E42' },
    { body: { message: 'Something new' }, means: PASSING, apiCode: undefined },
    { body: { status: 400, code: 4001000204 }, means: FINAL, apiCode: '4001000204' },
    { body: '{"code":40010002040000000001}', means: FINAL, apiCode: '40010002040000000001' },
  ])('$body is $means.code, retryable: $means.retryable', ({ body, means, apiCode }) => {
    const error = refused(200, body);
    expect(pick(error)).toEqual(means);
    expect(error.apiCode).toBe(apiCode);
  });
});

describe('An answer that cannot be read may be better next time', () => {
  const deep = '['.repeat(200_000);
  test.each([
    { what: 'an empty body', body: '' },
    { what: 'JSON that is no object', body: '"job_finished"' },
    { what: 'a list', body: '[{"status":"job_finished"}]' },
    { what: 'null', body: 'null' },
    { what: 'no status', body: '{"metadata":{"retrain_job_id":"job-1"}}' },
    { what: 'a status that is a number', body: '{"status":200}' },
    { what: 'a status that is an object', body: '{"status":{"status":"job_finished"}}' },
    { what: 'an empty status', body: '{"status":" "}' },
    { what: 'half of JSON', body: '{"status":"job_fin' },
    { what: 'JSON with something behind it', body: '{"status":"job_finished"}}' },
    { what: 'HTML', body: '<!doctype html><title>Login</title>' },
    { what: 'nesting without an end', body: deep },
    { what: 'nesting deeper than any stack', body: deep + ']'.repeat(200_000) },
    { what: 'a status on a prototype', body: '{"__proto__":{"status":"job_finished"}}' },
  ])('$what', ({ body }) => {
    expect(pick(refused(200, body))).toEqual(PASSING);
  });

  test.each([200, 404, 500])('more than 1 MiB, with HTTP %d', httpStatus => {
    const tooLarge = () => readStatusAnswer({ httpStatus, bodyText: undefined }, JOB);
    expect(tooLarge).toThrow(
      expect.objectContaining({ ...PASSING, message: expect.stringContaining('1 MiB') }),
    );
  });
});

test('Retry-After goes along with an error', () => {
  const limited = () => readStatusAnswer({ httpStatus: 429, bodyText: '', retryAfterMs: 7_000 }, JOB);
  expect(limited).toThrow(expect.objectContaining({ retryable: true, retryAfterMs: 7_000 }));
});

test('an error page is told by its title, not whole', () => {
  const page = `<html><title>502 Bad
     Gateway</title><body>${'x'.repeat(50_000)}</body></html>`;
  const { message } = refused(502, page);
  expect(message).toContain('502 Bad Gateway');
  expect(message.length).toBeLessThan(1_000);
});

describe('Whatever an API answers', () => {
  const field = (name: string) => fc.tuple(fc.constant(name), fc.jsonValue({ maxDepth: 2 }));
  const body = fc.oneof(
    fc.json({ maxDepth: 4 }),
    fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes).toString('utf8')),
    fc
      .array(fc.oneof(field('status'), field('code'), field('message'), field('error'), field('metadata')), {
        maxLength: 5,
      })
      .map(fields => JSON.stringify(Object.fromEntries(fields))),
    fc
      .record({ status: fc.constantFrom('job_finished', 'JOB_FINISHED', 'job_finished ', 1, null) })
      .map(value => JSON.stringify(value)),
  );

  test('only VendorErrors are thrown, and it is finished only where a 2xx says job_finished, exactly so', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constant(200), fc.integer({ min: 100, max: 999 })),
        body,
        (httpStatus, bodyText) => {
          let status: string | undefined;
          try {
            status = readStatusAnswer({ httpStatus, bodyText }, JOB).status;
          } catch (error) {
            expect(error).toBeInstanceOf(VendorError);
            return;
          }
          expect(httpStatus >= 200 && httpStatus < 300).toBe(true);
          expect(JSON.parse(bodyText).status).toBe(status);
          expect(statusMeaning(status).kind === 'finished').toBe(status === 'job_finished');
        },
      ),
      { seed: 20261004, numRuns: 2_000 },
    );
  });
});

function pick({ code, retryable }: VendorError) {
  return { code, retryable };
}
