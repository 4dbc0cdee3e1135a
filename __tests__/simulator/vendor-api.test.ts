// What the simulated vendor API answers, as the vendor's manual describes it; knows no storage semantics.
import { describe, expect, test } from '@jest/globals';
import { statusAtShare } from '../../simulator/assumptions.js';
import { verbatimNumber } from '../../simulator/index.js';
import {
  callApi,
  checkStatus,
  endOfJob,
  getUploadUrl,
  JOBS_PATH,
  rawStatusCode,
  statusBody,
  withSimulator,
} from './client.js';

const FINISHED = { jobSeconds: 0 };

async function errorOf(response: Response) {
  return { httpStatus: response.status, ...((await response.json()) as object) };
}

function vendorError(message: string) {
  return { httpStatus: 400, code: '4001000204', error: 'PREDA_EXTERNAL_BAD_REQUEST', message };
}

describe('status check', () => {
  test('a finished job has status, model id, download URL and its own id, and nothing else', async () => {
    await withSimulator({ ...FINISHED, modelId: '17' }, async simulator => {
      const body = await statusBody(simulator);
      expect(body).toEqual({
        status: 'job_finished',
        model_id: 17,
        download_url: expect.stringContaining(`${simulator.storageUrl}/results/`),
        metadata: { retrain_job_id: simulator.jobId },
      });
    });
  });

  test('a running job has neither model id nor download URL', async () => {
    await withSimulator({ jobSeconds: 3600 }, async simulator => {
      expect(await statusBody(simulator)).toEqual({
        status: 'queued',
        metadata: { retrain_job_id: simulator.jobId },
      });
    });
  });

  test('the built-in timeline only moves forward and ends with job_finished', async () => {
    const timeline = [0, 0.1, 0.25, 0.85, 1].map(statusAtShare);
    expect(timeline).toEqual(['queued', 'preparing', 'training', 'evaluating', 'job_finished']);
    await withSimulator({ jobSeconds: 0.1 }, async simulator => {
      const seen = new Set<string>();
      while (!seen.has('job_finished')) seen.add((await statusBody(simulator)).status);
      expect(seen.size).toBeGreaterThan(1);
      expect([...seen]).toEqual(timeline.filter(status => seen.has(status)));
    });
  });

  test('the ready-made job starts at its first check, not with the simulator', async () => {
    await withSimulator({ jobSeconds: 0.04 }, async simulator => {
      await new Promise(resolve => setTimeout(resolve, 45));
      expect((await statusBody(simulator)).status).toBe('queued');
    });
  });

  test('a model id above 2^53 goes out digit by digit as a JSON number', async () => {
    await withSimulator({ ...FINISHED, modelId: '9007199254740993' }, async simulator => {
      expect(await (await checkStatus(simulator)).text()).toContain('"model_id":9007199254740993,');
    });
  });

  test('a model id that is not digits does not start', async () => {
    await expect(withSimulator({ modelId: '1e5' }, async () => {})).rejects.toThrow('must be digits');
  });

  test.each(['学習ジョブ 1', 'a/b', 'a%2Fb', '..', 'ひらがな#?&', '🌸'])(
    'finds the job id %p in one segment',
    async jobId => {
      await withSimulator({ ...FINISHED, jobId }, async simulator => {
        const path = `${JOBS_PATH}/${encodeURIComponent(jobId).replaceAll('.', '%2E')}`;
        expect(await rawStatusCode(simulator.apiUrl, path, { 'x-api-key': simulator.apiKey })).toBe(200);
      });
    },
  );

  test('an id cut into two segments is not a route', async () => {
    await withSimulator({ jobId: 'a/b' }, async simulator => {
      expect((await callApi(simulator, `${JOBS_PATH}/a/b`)).status).toBe(404);
      const deeper = await callApi(simulator, `${JOBS_PATH}/a%2Fb/update_model/x`, { method: 'PUT' });
      expect(deeper.status).toBe(404);
    });
  });

  test('an unknown job is not found', async () => {
    await withSimulator({}, async simulator => {
      expect(await errorOf(await checkStatus(simulator, 'other'))).toEqual(
        vendorError('Not found retrain job.'),
      );
    });
  });

  test('a path prefix is part of the API URL and nothing answers outside it', async () => {
    await withSimulator({ apiPathPrefix: '/proxy/prediction-one/' }, async simulator => {
      expect(simulator.apiUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/proxy\/prediction-one$/);
      expect((await checkStatus(simulator)).status).toBe(200);
      const headers = { 'x-api-key': simulator.apiKey };
      for (const prefix of ['', '/other/prediction-one']) {
        const outside = new URL(`${prefix}${JOBS_PATH}/${simulator.jobId}`, simulator.apiUrl);
        expect((await fetch(outside, { headers })).status).toBe(404);
      }
    });
  });
});

describe('keys', () => {
  test.each([
    ['no key', {}, 'Not_found_credential.'],
    ['an unknown key', { 'x-api-key': 'wrong' }, 'invalid_api_key.'],
    ['the secret key', { 'x-api-key': 'the-secret' }, 'Inactive_credential.'],
  ])('%s is refused with the documented code', async (_, headers: Record<string, string>, message) => {
    await withSimulator({ secretKey: 'the-secret' }, async simulator => {
      const response = await callApi(simulator, `${JOBS_PATH}/${simulator.jobId}`, { headers });
      expect(await errorOf(response)).toEqual(vendorError(message));
    });
  });

  test('the secret key gets a fresh key, which then works', async () => {
    await withSimulator({}, async simulator => {
      const headers = { 'x-api-key': simulator.secretKey };
      const path = `/v1/external/api-key?credential_type=retrain&model_id=${simulator.modelId}`;
      const body = (await (await callApi(simulator, path, { headers })).json()) as Record<string, string>;
      expect(Object.keys(body)).toEqual(['api_key', 'end_date']);
      const fresh = { headers: { 'x-api-key': body.api_key ?? '' } };
      expect((await callApi(simulator, `${JOBS_PATH}/${simulator.jobId}`, fresh)).status).toBe(200);
    });
  });

  test.each([
    ['credential_type=retrain', 'Model id is required.'],
    ['credential_type=retrain&model_id=999', 'This model may be deleted.'],
  ])('the query %p is refused', async (query, message) => {
    await withSimulator({}, async simulator => {
      const headers = { 'x-api-key': simulator.secretKey };
      const response = await callApi(simulator, `/v1/external/api-key?${query}`, { headers });
      expect(await errorOf(response)).toEqual(vendorError(message));
    });
  });

  test('an API key cannot get another key', async () => {
    await withSimulator({}, async simulator => {
      const response = await callApi(simulator, '/v1/external/api-key?credential_type=retrain&model_id=1');
      expect(await errorOf(response)).toEqual(vendorError('Inactive_credential.'));
    });
  });
});

describe('upload, status, switch', () => {
  const DATA = Buffer.from('sepal_length,species\n5.1,a\n5.2,a\n7.1,b\n7.2,b\n');

  test('a job waits for its data, runs once the PUT is complete, and can be switched when finished', async () => {
    await withSimulator(FINISHED, async simulator => {
      const { retrain_job_id: jobId, upload_url: url } = await getUploadUrl(simulator);
      expect((await statusBody(simulator, jobId)).status).toBe('waiting_for_upload');
      const put = await fetch(url, { method: 'PUT', body: DATA });
      expect([put.status, put.headers.get('etag')]).toEqual([200, expect.stringMatching(/^"[0-9a-f]{32}"$/)]);
      expect(simulator.uploads).toEqual([
        { jobId, fileName: '学習 1.csv', sizeBytes: DATA.length, sha256: expect.any(String), bytes: DATA },
      ]);
      expect((await endOfJob(simulator, jobId)).status).toBe('job_finished');
      const switched = await callApi(simulator, `${JOBS_PATH}/${jobId}/update_model`, { method: 'PUT' });
      expect(await switched.json()).toEqual({ metadata: { retrain_job_id: jobId } });
      expect(simulator.switchedJobIds).toEqual([jobId]);
    });
  });

  test('a job that is not finished cannot be switched', async () => {
    await withSimulator({ jobSeconds: 3600 }, async simulator => {
      const path = `${JOBS_PATH}/${simulator.jobId}/update_model`;
      const message = 'Retrain job is not finished.';
      expect(await errorOf(await callApi(simulator, path, { method: 'PUT' }))).toEqual(vendorError(message));
      expect(simulator.switchedJobIds).toEqual([]);
    });
  });

  test('an unknown job cannot be switched', async () => {
    await withSimulator({}, async simulator => {
      const response = await callApi(simulator, `${JOBS_PATH}/other/update_model`, { method: 'PUT' });
      expect(await errorOf(response)).toEqual(vendorError('Not found retrain job.'));
    });
  });

  test('an upload that breaks off starts nothing', async () => {
    await withSimulator(
      { ...FINISHED, scenario: { storageUploads: [{ fault: 'cut' }] } },
      async simulator => {
        const { retrain_job_id: jobId, upload_url: url } = await getUploadUrl(simulator);
        await expect(fetch(url, { method: 'PUT', body: DATA })).rejects.toThrow();
        expect((await statusBody(simulator, jobId)).status).toBe('waiting_for_upload');
        expect((await fetch(url, { method: 'PUT', body: DATA })).status).toBe(200);
        expect((await endOfJob(simulator, jobId)).status).toBe('job_finished');
      },
    );
  });

  test('an upload that stalls is taken by nobody until the client gives up', async () => {
    await withSimulator({ scenario: { storageUploads: [{ fault: 'stall' }] } }, async simulator => {
      const { upload_url: url } = await getUploadUrl(simulator);
      const body = Buffer.alloc(4 * 1024 ** 2);
      const put = fetch(url, { method: 'PUT', body, signal: AbortSignal.timeout(40) });
      await expect(put).rejects.toThrow('timeout');
      expect(simulator.uploads).toEqual([]);
    });
  });

  test('an upload URL is for PUT only and for no other path', async () => {
    await withSimulator({}, async simulator => {
      const { upload_url: url } = await getUploadUrl(simulator);
      expect((await fetch(url)).status).toBe(403);
      expect((await fetch(url.replace('.csv?', '.tsv?'), { method: 'PUT', body: DATA })).status).toBe(403);
    });
  });

  test('an upload of unknown length is refused as S3 does', async () => {
    await withSimulator({}, async simulator => {
      const { upload_url: url } = await getUploadUrl(simulator);
      const body = new Blob([DATA]).stream();
      const response = await fetch(url, { method: 'PUT', body, duplex: 'half' } as RequestInit);
      expect([response.status, await response.text()]).toEqual([
        411,
        expect.stringContaining('MissingContentLength'),
      ]);
    });
  });

  test('scripts of the other calls are used up one by one', async () => {
    const scenario = {
      uploadAnswers: [{ httpStatus: 500, message: 'Not found configuration_file.' }],
      switchAnswers: [{ httpStatus: 400, message: 'Not found classifier.' }],
    };
    await withSimulator({ ...FINISHED, scenario }, async simulator => {
      expect(await errorOf(await callApi(simulator, `${JOBS_PATH}/upload_url?filename=a.csv`))).toEqual({
        httpStatus: 500,
        code: '5001000201',
        error: 'PREDA_EXTERNAL_INTERNAL_SERVER_ERROR',
        message: 'Not found configuration_file.',
      });
      expect((await getUploadUrl(simulator)).retrain_job_id).toMatch(/^[0-9a-f-]{36}$/);
      await statusBody(simulator);
      const path = `${JOBS_PATH}/${simulator.jobId}/update_model`;
      const refused = await callApi(simulator, path, { method: 'PUT' });
      expect(await errorOf(refused)).toEqual(vendorError('Not found classifier.'));
      expect((await callApi(simulator, path, { method: 'PUT' })).status).toBe(200);
    });
  });
});

describe('scripted status answers', () => {
  test('are used up one per check and the last one repeats', async () => {
    const scenario = { statusAnswers: [{ status: 'a' }, { status: 'b' }] };
    await withSimulator({ scenario }, async simulator => {
      const seen = [await statusBody(simulator), await statusBody(simulator), await statusBody(simulator)];
      expect(seen.map(body => body.status)).toEqual(['a', 'b', 'b']);
    });
  });

  test('are not used up by a call with a wrong key', async () => {
    await withSimulator(
      { scenario: { statusAnswers: [{ status: 'a' }, { status: 'b' }] } },
      async simulator => {
        await callApi(simulator, `${JOBS_PATH}/${simulator.jobId}`, { headers: {} });
        expect((await statusBody(simulator)).status).toBe('a');
      },
    );
  });

  test('bodies may be text, bytes, objects with verbatim numbers, or made per request', async () => {
    const scenario = {
      statusAnswers: [
        { body: '<html>' },
        { body: Buffer.from([0xff, 0x00]) },
        { body: { model_id: verbatimNumber('9007199254740993') } },
        { body: (context: { checkNumber: number; jobId: string }) => [context.checkNumber, context.jobId] },
      ],
    };
    await withSimulator({ scenario, jobId: 'j' }, async simulator => {
      const html = await checkStatus(simulator);
      expect([html.headers.get('content-type'), await html.text()]).toEqual([
        'text/html; charset=utf-8',
        '<html>',
      ]);
      expect(new Uint8Array(await (await checkStatus(simulator)).arrayBuffer())).toEqual(
        new Uint8Array([0xff, 0]),
      );
      expect(await (await checkStatus(simulator)).text()).toBe('{"model_id":9007199254740993}');
      expect(await (await checkStatus(simulator)).json()).toEqual([4, 'j']);
    });
  });

  test('headers go out as they are', async () => {
    const scenario = {
      statusAnswers: [{ httpStatus: 302, headers: { location: 'http://example.invalid/' } }],
    };
    await withSimulator({ scenario }, async simulator => {
      const path = `${JOBS_PATH}/${simulator.jobId}`;
      const response = await callApi(simulator, path, { redirect: 'manual' });
      expect([response.status, response.headers.get('location')]).toEqual([302, 'http://example.invalid/']);
    });
  });

  test('reset ends the connection before any byte', async () => {
    await withSimulator({ scenario: { statusAnswers: [{ fault: 'reset' }] } }, async simulator => {
      const failure = await checkStatus(simulator).catch((error: unknown) => error);
      expect(failure).toMatchObject({ cause: { code: 'ECONNRESET' } });
      expect(simulator.requests[0]?.statusCode).toBeUndefined();
    });
  });

  test('cut_body sends half of the announced body', async () => {
    await withSimulator(
      { scenario: { statusAnswers: [{ status: 'x', fault: 'cut_body' }] } },
      async simulator => {
        const response = await checkStatus(simulator);
        const announced = Number(response.headers.get('content-length'));
        let received = 0;
        const read = async () => {
          for await (const chunk of response.body ?? []) received += chunk.length;
        };
        await expect(read()).rejects.toThrow('terminated');
        expect(received).toBe(Math.ceil(announced / 2));
      },
    );
  });

  test.each(['hang', 'stall_body'] as const)(
    '%s keeps the client waiting until it gives up or the simulator ends',
    async fault => {
      const scenario = { statusAnswers: [{ status: 'x', fault }] };
      await withSimulator({ scenario }, async simulator => {
        const path = `${JOBS_PATH}/${simulator.jobId}`;
        const text = callApi(simulator, path, { signal: AbortSignal.timeout(40) }).then(response =>
          response.text(),
        );
        await expect(text).rejects.toThrow('timeout');
        // The second one is still open when the simulator closes, which must not wait for it.
        checkStatus(simulator).catch(() => {});
        while (simulator.requests.length < 2) await new Promise(resolve => setTimeout(resolve, 1));
      });
    },
  );

  test('delayMs delays the answer', async () => {
    await withSimulator({ scenario: { statusAnswers: [{ delayMs: 30 }] } }, async simulator => {
      const startedAt = performance.now();
      await checkStatus(simulator);
      expect(performance.now() - startedAt).toBeGreaterThan(28);
    });
  });
});

describe('records', () => {
  test('every request is kept in order with server, path, headers and status', async () => {
    await withSimulator(FINISHED, async simulator => {
      const { download_url: url } = await statusBody(simulator);
      await (await fetch(String(url))).arrayBuffer();
      expect(simulator.requests.map(one => [one.server, one.method, one.statusCode])).toEqual([
        ['api', 'GET', 200],
        ['storage', 'GET', 200],
      ]);
      expect(simulator.requests[0]?.headers['x-api-key']).toBe(simulator.apiKey);
      expect(simulator.storageUrl + simulator.requests[1]?.path).toBe(url);
      expect(new Set([simulator.apiUrl, simulator.storageUrl, simulator.artifactUrl]).size).toBe(3);
    });
  });
});
