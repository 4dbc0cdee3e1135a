// Rule 5 end to end: the key goes to the API alone, redirects and schemes are judged, proxies are obeyed.
import { createServer } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import type { Scenario } from '../../simulator/index.js';
import { needsSystem } from '../support/system.js';
import { QUICK, retrain, runAction } from './action-run.js';
import {
  API_KEY,
  type Certificate,
  connectProxy,
  httpServer,
  httpsServer,
  JOB_ID,
  statusAnswer,
  withCertificate,
  withServer,
} from './servers.js';

needsSystem('unix', 'openssl');

const RAW_INPUTS = { ...QUICK, retrain_job_id: JOB_ID, api_key: API_KEY, upload_artifact: 'false' };
const NO_ARTIFACT = { upload_artifact: 'false' };

/** An HTTPS server on loopback for API and storage at once; `download` answers everything that is no status call. */
async function withSecureApi(
  options: { downloadUrl: (port: number) => string; location?: string },
  check: (parts: {
    port: number;
    certificate: Certificate;
    paths: string[];
    keys: string[];
  }) => Promise<void>,
): Promise<void> {
  await withCertificate(async certificate => {
    const paths: string[] = [];
    const keys: string[] = [];
    let ownPort = 0;
    const server = httpsServer(certificate, (request, response) => {
      paths.push(`${request.headers.host}${request.url}`);
      if (request.headers['x-api-key'] !== undefined) keys.push(request.url ?? '');
      if (request.url?.startsWith('/v1/')) {
        response.end(statusAnswer({ download_url: options.downloadUrl(ownPort) }));
      } else if (options.location !== undefined)
        response.writeHead(302, { location: options.location }).end();
      else response.end('metric,value\nAUC,0.9\n');
    });
    await withServer(server, async port => {
      ownPort = port;
      await check({ port, certificate, paths, keys });
    });
  });
}

describe('rule 5: the key stays home', () => {
  test.concurrent('x-api-key goes to the API only, not to storage and not to the artifact service', async () => {
    const run = await retrain();
    expect(run.outputs.result).toBe('succeeded');
    expect(run.status.map(({ headers }) => headers['x-api-key'])).toEqual([run.simulator.apiKey]);
    const others = [...run.storage, ...run.artifact];
    expect(others.length).toBeGreaterThan(2);
    expect(JSON.stringify(others.map(({ headers, path }) => [headers, path]))).not.toContain(
      run.simulator.apiKey,
    );
  });

  test.concurrent('x-api-key is not sent to a download_url on the very origin of the API', async () => {
    await withSecureApi(
      { downloadUrl: port => `https://127.0.0.1:${port}/file.csv` },
      async ({ port, certificate, keys }) => {
        const run = await runAction({
          inputs: { ...RAW_INPUTS, api_url: `https://127.0.0.1:${port}` },
          env: { NODE_EXTRA_CA_CERTS: certificate.certPath },
        });
        expect(run.outputs).toMatchObject({ result: 'succeeded', results_size: '21' });
        expect(keys).toEqual([`/v1/external/retrain_jobs/${JOB_ID}`]);
      },
    );
  });

  test.concurrent.each([301, 302, 307, 308])(
    'a redirect of the status call (%i) is api_error and is not followed',
    async code => {
      const asked: string[] = [];
      await withServer(
        createServer((request, response) => {
          asked.push(request.url ?? '');
          response.writeHead(500).end();
        }),
        async port => {
          const headers = { location: `http://127.0.0.1:${port}/elsewhere` };
          const run = await retrain({ scenario: { statusAnswers: [{ httpStatus: code, headers }] } });
          expect(run.outputs).toMatchObject({ result: 'api_error', status_checks: '1' });
          expect(run.outputs.error_message).toContain('redirect');
          expect(asked).toEqual([]);
        },
      );
    },
  );

  test.concurrent('a redirect of the status call within its origin is api_error too', async () => {
    const run = await retrain({
      scenario: { statusAnswers: [{ httpStatus: 302, headers: { location: '/x' } }] },
    });
    expect(run.outputs.result).toBe('api_error');
    expect(run.status).toHaveLength(1);
  });

  test.concurrent('a download_url of http is download_error when the API is https', async () => {
    await withSecureApi(
      { downloadUrl: () => 'http://127.0.0.1:9/file.zip' },
      async ({ port, certificate }) => {
        const run = await runAction({
          inputs: { ...RAW_INPUTS, api_url: `https://127.0.0.1:${port}` },
          env: { NODE_EXTRA_CA_CERTS: certificate.certPath },
        });
        expect(run.outputs).toMatchObject({ result: 'download_error', ready_to_switch: 'false' });
        expect(run.outputs.error_message).toContain('https');
      },
    );
  });

  test.concurrent.each([
    'ftp://127.0.0.1/x.zip',
    'file:///etc/passwd',
    'data:text/plain,x',
    'no url',
    '//host/x',
    '/etc/passwd',
  ])('a download_url that is %s is download_error', async downloadUrl => {
    const body = { status: 'job_finished', download_url: downloadUrl };
    const run = await retrain({ scenario: { statusAnswers: [{ body }] } });
    expect(run.outputs.result).toBe('download_error');
    expect(run.outputs.results_file).toBeUndefined();
  });

  test.concurrent('redirects of the download are followed, at most 5, without the key', async () => {
    const hop = { redirectTo: (url: string) => url };
    const scenario: Scenario = {
      storage: [hop, hop, { ...hop, httpStatus: 307 }, { ...hop, httpStatus: 308 }, hop],
    };
    const run = await retrain({ scenario, inputs: NO_ARTIFACT });
    expect(run.outputs).toMatchObject({ result: 'succeeded', results_sha256: run.simulator.results.sha256 });
    expect(run.storage).toHaveLength(6);
    expect(run.storage.some(({ headers }) => 'x-api-key' in headers)).toBe(false);
  });

  test.concurrent('a sixth redirect of the download is download_error', async () => {
    const scenario: Scenario = { storage: Array(6).fill({ redirectTo: (url: string) => url }) };
    const run = await retrain({ scenario, inputs: NO_ARTIFACT });
    expect(run.outputs.result).toBe('download_error');
    expect(run.storage).toHaveLength(6);
  });

  test.concurrent('a redirect of the download to another origin is followed without the key; a relative one too', async () => {
    const headersSeen: unknown[] = [];
    const other = httpServer((request, response) => {
      headersSeen.push(request.headers);
      if (request.url === '/hop') response.writeHead(302, { location: 'final.csv?x=1' }).end();
      else response.end('metric,value\n');
    });
    await withServer(other, async port => {
      const run = await retrain({
        scenario: { storage: [{ redirectTo: `http://127.0.0.1:${port}/hop` }] },
        inputs: NO_ARTIFACT,
      });
      expect(run.outputs).toMatchObject({ result: 'succeeded', results_size: '13' });
      expect(headersSeen).toHaveLength(2);
      expect(JSON.stringify(headersSeen)).not.toContain(run.simulator.apiKey);
    });
  });

  test.concurrent('a redirect of the download from https to http is download_error', async () => {
    const asked: string[] = [];
    const plain = httpServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('x');
    });
    await withServer(plain, async plainPort => {
      const location = `http://127.0.0.1:${plainPort}/file.zip`;
      await withSecureApi({ downloadUrl: () => '', location }, async ({ port, certificate }) => {
        const body = { status: 'job_finished', download_url: `https://127.0.0.1:${port}/file.zip` };
        const env = { NODE_EXTRA_CA_CERTS: certificate.certPath };
        const run = await retrain({ scenario: { statusAnswers: [{ body }] }, env });
        expect(run.outputs.result).toBe('download_error');
        expect(asked).toEqual([]);
      });
    });
  });
});

describe('rule 5: proxies', () => {
  const api_url = 'https://api.test.invalid';
  const downloadUrl = () => 'https://storage.test.invalid/file.csv';

  test.concurrent.each(['HTTPS_PROXY', 'https_proxy'])(
    '%s is obeyed for the API and for storage, login included',
    async name => {
      await withSecureApi({ downloadUrl }, async ({ port, certificate, keys, paths }) => {
        const asked: string[] = [];
        await withServer(
          connectProxy(() => port, asked, 'user:p%ss'),
          async proxyPort => {
            const run = await runAction({
              inputs: { ...RAW_INPUTS, api_url },
              env: {
                [name]: `http://user:p%25ss@127.0.0.1:${proxyPort}`,
                NODE_EXTRA_CA_CERTS: certificate.certPath,
              },
            });
            expect(run.outputs).toMatchObject({ result: 'succeeded', results_size: '21' });
            expect(asked).toEqual(['api.test.invalid:443', 'storage.test.invalid:443']);
            expect(paths).toEqual([
              `api.test.invalid/v1/external/retrain_jobs/${JOB_ID}`,
              'storage.test.invalid/file.csv',
            ]);
            expect(keys).toHaveLength(1);
          },
        );
      });
    },
  );

  test.concurrent('NO_PROXY is obeyed', async () => {
    const asked: string[] = [];
    await withServer(
      connectProxy(() => 1, asked),
      async proxyPort => {
        const run = await runAction({
          inputs: { ...RAW_INPUTS, api_url, max_outage_minutes: '0' },
          env: { HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`, NO_PROXY: 'example.com,api.test.invalid' },
        });
        expect(run.outputs.result).toBe('network_error');
        expect(asked).toEqual([]);
      },
    );
  });

  test.concurrent('a proxy that cannot be reached is named', async () => {
    const port = await withServer(
      httpServer(() => {}),
      async free => free,
    );
    const run = await runAction({
      inputs: { ...RAW_INPUTS, api_url, max_outage_minutes: '0' },
      env: { HTTPS_PROXY: `http://user:pass-word-0815@127.0.0.1:${port}` },
    });
    expect(run.outputs.result).toBe('network_error');
    expect(run.outputs.error_message).toContain(`proxy 127.0.0.1:${port}`);
    expect(run.stdout + run.summary + run.outputs.error_message).not.toContain('pass-word-0815');
  });
});
