// A runner whose only way out is a real squid with a login, to hosts that only squid can find, over TLS with our own CA.
import { describe, expect, test } from '@jest/globals';
import type { Scenario, StatusScript } from '../../simulator/index.js';
import { annotations, type RetrainOptions, type RetrainRun, retrain } from '../e2e/action-run.js';
import { withServer } from '../e2e/servers.js';
import { makeCertificates, tlsTerminator } from './certificates.js';
import { expectSoundEnd, TEST_LIMIT_MS, WATCHDOG_MS } from './laboratory.js';
import { freePort, inServerFolder } from './processes.js';
import { PROXY_PASSWORD, PROXY_USER, type Squid, type SquidRequest, withSquid } from './squid.js';

const API = 'api.test.invalid';
const STORAGE = 'storage.test.invalid';
const RESULTS = 'results.test.invalid';
const HOSTS = [API, STORAGE, RESULTS];
const TRAINING: StatusScript = { status: 'training' };
const FINISHED: StatusScript = { status: 'job_finished' };
const SCENARIO: Scenario = { statusAnswers: [TRAINING, FINISHED], results: { sizeBytes: 1_000_000 } };

interface Ways {
  readonly squid: Squid;
  readonly authorityPath: string;
}

interface BehindSquid {
  readonly scenario?: Scenario;
  readonly denied?: readonly string[];
  /** The host of storage as download_url names it. */
  readonly storageHost?: string;
  readonly inputs?: RetrainOptions['inputs'];
  readonly env?: (ways: Ways) => NonNullable<RetrainOptions['env']>;
  readonly during?: (squid: Squid) => Promise<unknown>;
}

interface Outcome {
  readonly run: RetrainRun;
  readonly requests: readonly SquidRequest[];
  readonly proxy: string;
}

const throughSquid = ({ squid, authorityPath }: Ways) => ({
  HTTPS_PROXY: squid.url(),
  NODE_EXTRA_CA_CERTS: authorityPath,
});

async function retrainBehindSquid(situation: BehindSquid): Promise<Outcome> {
  return await inServerFolder('certificates', async folder => {
    const certificate = makeCertificates(folder, [...HOSTS, 'localhost']);
    const [api, storage, artifact] = [await freePort(), await freePort(), await freePort()];
    return await withServer(tlsTerminator(certificate, api), apiPort =>
      withServer(tlsTerminator(certificate, storage), storagePort =>
        withServer(tlsTerminator(certificate, artifact), artifactPort =>
          withSquid({ hosts: HOSTS, denied: situation.denied ?? [] }, async squid => {
            const resultsUrl = `https://${RESULTS}:${artifactPort}`;
            const storageUrl = `https://${situation.storageHost ?? STORAGE}:${storagePort}`;
            const ways = { squid, authorityPath: certificate.authorityPath };
            const run = await retrain({
              watchdogMs: WATCHDOG_MS,
              scenario: situation.scenario ?? SCENARIO,
              simulator: {
                apiPort: api,
                storagePort: storage,
                artifactPort: artifact,
                publicOrigins: { storage: storageUrl, artifact: resultsUrl },
              },
              inputs: { api_url: `https://${API}:${apiPort}`, timeout_minutes: '1', ...situation.inputs },
              env: { ACTIONS_RESULTS_URL: resultsUrl, ...(situation.env ?? throughSquid)(ways) },
              during: () => situation.during?.(squid) ?? Promise.resolve(),
            });
            expectSoundEnd(run);
            expect(run.storage.map(({ headers }) => headers['x-api-key']).filter(Boolean)).toEqual([]);
            expect(run.log + run.summary + JSON.stringify(run.outputs)).not.toContain(PROXY_PASSWORD);
            return { run, requests: await squid.requests(), proxy: `127.0.0.1:${squid.port}` };
          }),
        ),
      ),
    );
  });
}

/** The hosts that CONNECT led to, without repeats. */
function reached(requests: readonly SquidRequest[]): string[] {
  const through = requests.filter(({ status, method }) => status === 200 && method === 'CONNECT');
  return [...new Set(through.map(({ target }) => target.split(':')[0] ?? ''))].sort();
}

describe('behind squid', () => {
  test.concurrent(
    'status checks, download and artifact upload all pass through the proxy, signed in',
    async () => {
      const { run, requests } = await retrainBehindSquid({});
      expect(run.outputs).toMatchObject({
        result: 'succeeded',
        results_sha256: run.simulator.results.sha256,
      });
      expect(run.simulator.artifacts.filter(({ finalized }) => finalized)).toHaveLength(1);
      expect(reached(requests)).toEqual([...HOSTS].sort());
      expect(requests.filter(({ status, user }) => status === 200 && user !== PROXY_USER)).toEqual([]);
      const checks = requests.filter(({ target }) => target.startsWith(API));
      expect(checks.length).toBeGreaterThanOrEqual(1);
      expect(run.status).toHaveLength(2);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'https_proxy in small letters does too',
    async () => {
      const { run, requests } = await retrainBehindSquid({
        env: ({ squid, authorityPath }) => ({
          https_proxy: squid.url(),
          NODE_EXTRA_CA_CERTS: authorityPath,
        }),
      });
      expect(run.outputs.result).toBe('succeeded');
      expect(reached(requests)).toEqual([...HOSTS].sort());
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'without the proxy there is no way: the tests prove what they say',
    async () => {
      const { run, requests } = await retrainBehindSquid({
        env: ({ authorityPath }) => ({ NODE_EXTRA_CA_CERTS: authorityPath }),
      });
      expect(run.outputs.result).toBe('network_error');
      expect(requests).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent.each([
    ['wrong', (squid: Squid) => squid.url('wrong-password-0123456789')],
    ['missing', (squid: Squid) => `http://127.0.0.1:${squid.port}`],
  ])(
    'a %s password ends at once as network_error that names the proxy, not after max_outage_minutes',
    async (_kind, url) => {
      const { run, requests, proxy } = await retrainBehindSquid({
        inputs: { max_outage_minutes: '10', timeout_minutes: '60' },
        env: ({ squid, authorityPath }) => ({
          HTTPS_PROXY: url(squid),
          NODE_EXTRA_CA_CERTS: authorityPath,
        }),
      });
      expect(run.outputs.result).toBe('network_error');
      expect(run.outputs.error_message).toContain(proxy);
      expect(run.outputs.error_message).toContain('407');
      expect(run.log).not.toContain('wrong-password');
      expect(requests.map(({ status }) => status)).toEqual([407]);
      expect(run.status).toEqual([]);
      expect(run.durationMs).toBeLessThan(10_000);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'a certificate of our own CA that the runner was not told of ends at once, naming NODE_EXTRA_CA_CERTS',
    async () => {
      const { run } = await retrainBehindSquid({
        inputs: { max_outage_minutes: '10', timeout_minutes: '60' },
        env: ({ squid }) => ({ HTTPS_PROXY: squid.url() }),
      });
      expect(run.outputs.result).toBe('network_error');
      expect(run.outputs.error_message).toContain('NODE_EXTRA_CA_CERTS');
      expect(run.status).toEqual([]);
      expect(run.durationMs).toBeLessThan(10_000);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'NO_PROXY leads past the proxy, for the hosts it names and no other',
    async () => {
      const { run, requests } = await retrainBehindSquid({
        storageHost: 'localhost',
        env: ways => ({ ...throughSquid(ways), NO_PROXY: 'localhost' }),
      });
      expect(run.outputs.result).toBe('succeeded');
      expect(reached(requests)).toEqual([API, RESULTS].sort());
      expect(requests.filter(({ target }) => target.startsWith('localhost'))).toEqual([]);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'a proxy that gives no way to the storage ends as download_error that names proxy and host',
    async () => {
      const { run, requests, proxy } = await retrainBehindSquid({
        denied: [STORAGE],
        inputs: { max_outage_minutes: '0.02' },
      });
      expect(run.outputs.result).toBe('download_error');
      expect(run.outputs.error_message).toContain(proxy);
      expect(run.outputs.error_message).toContain(STORAGE);
      expect(
        requests.filter(({ target }) => target.startsWith(STORAGE)).map(({ status }) => status),
      ).toContain(403);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'a proxy that gives no way to the artifact service ends as artifact_error, the results stay',
    async () => {
      const { run } = await retrainBehindSquid({
        denied: [RESULTS],
        inputs: { max_outage_minutes: '0.02' },
      });
      expect(run.outputs).toMatchObject({
        result: 'artifact_error',
        results_sha256: run.simulator.results.sha256,
      });
      expect(annotations(run, 'error')).toHaveLength(1);
    },
    TEST_LIMIT_MS,
  );

  test.concurrent(
    'a proxy that is down is retried within max_outage_minutes, then it is network_error that names it',
    async () => {
      const { run, proxy } = await retrainBehindSquid({
        inputs: { max_outage_minutes: '0.05' },
        env: ({ squid, authorityPath }) => ({
          HTTPS_PROXY: `http://${PROXY_USER}:${PROXY_PASSWORD}@127.0.0.1:1`,
          NODE_EXTRA_CA_CERTS: authorityPath,
          NO_PROXY: `unused.${squid.port}.invalid`,
        }),
      });
      expect(run.outputs.result).toBe('network_error');
      expect(run.outputs.error_message).toContain('127.0.0.1:1');
      expect(run.outputs.error_message).not.toContain(proxy);
      expect(run.durationMs).toBeGreaterThan(3_000);
    },
    TEST_LIMIT_MS,
  );
});
