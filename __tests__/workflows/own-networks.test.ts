// The examples for runners with a network of their own: GitHub Enterprise Server, and a proxy that opens TLS.
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { startSimulator } from '../../simulator/index.js';
import { makeCertificates, tlsTerminator } from '../faults/certificates.js';
import { freePort } from '../faults/processes.js';
import { inPlace, runWorkflow } from './act-run.js';

test('github-enterprise-server.yml keeps the results on the disk and asks for no artifact service', async () => {
  const simulator = await startSimulator({ jobSeconds: 0 });
  try {
    await inPlace(async place => {
      const folder = join(place.root, 'results');
      const run = await runWorkflow({
        place,
        simulator,
        workflow: 'github-enterprise-server.yml',
        vars: { RETRAIN_RESULTS_DIRECTORY: folder },
        env: { GITHUB_SERVER_URL: 'https://github.example.com', ACTIONS_RESULTS_URL: '' },
      });
      expect(run.exitCode).toBe(0);
      const { results_file: file = '', retrain_job_id: jobId, ...outputs } = run.step('retrain').outputs;
      expect(outputs).not.toHaveProperty('artifact_id');
      expect(file.startsWith(`${folder}/1/`)).toBe(true);
      expect(readdirSync(join(folder, '1'))).toContain('files');
      expect(readFileSync(file).subarray(0, 2).toString()).toBe('PK');
      expect(simulator.switchedJobIds).toEqual([jobId]);
      expect(simulator.requests.filter(({ server }) => server === 'artifact')).toEqual([]);
    });
  } finally {
    await simulator.close();
  }
});

test('behind-a-proxy.yml reaches API and storage through the proxy only, and trusts its certificate', async () => {
  const [api, storage] = ['api.example.com', 'storage.example.com'];
  const [apiPort, storagePort] = [await freePort(), await freePort()];
  const simulator = await startSimulator({
    jobSeconds: 0,
    apiPort,
    storagePort,
    publicOrigins: { storage: `https://${storage}` },
  });
  try {
    await inPlace(async place => {
      const certificate = makeCertificates(place.root, [api, storage]);
      const ports = new Map<string, number>();
      const asked: string[] = [];
      const servers = [
        { host: api, server: tlsTerminator(certificate, apiPort) },
        { host: storage, server: tlsTerminator(certificate, storagePort) },
      ];
      for (const { host, server } of servers) {
        await once(server.listen(0, '127.0.0.1'), 'listening');
        ports.set(`${host}:443`, (server.address() as AddressInfo).port);
      }
      const proxy = createServer().on('connect', ({ url = '' }, socket) => {
        asked.push(url);
        const port = ports.get(url);
        if (port === undefined) return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
        const target = connect(port, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
        target.on('error', () => socket.destroy());
        socket.on('error', () => target.destroy());
        return socket.pipe(target).pipe(socket);
      });
      await once(proxy.listen(0, '127.0.0.1'), 'listening');
      try {
        const run = await runWorkflow({
          place,
          simulator,
          workflow: 'behind-a-proxy.yml',
          vars: {
            PREDICTION_ONE_API_URL: `https://${api}`,
            COMPANY_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
            COMPANY_CA_FILE: certificate.authorityPath,
          },
        });
        expect(run.exitCode).toBe(0);
        expect(run.step('retrain').outputs).toMatchObject({ result: 'succeeded' });
        expect(new Set(asked)).toEqual(new Set([`${api}:443`, `${storage}:443`]));
        expect(simulator.switchedJobIds).toEqual([run.step('upload').outputs.retrain_job_id]);
      } finally {
        proxy.closeAllConnections();
        for (const { server } of [...servers, { server: proxy }]) server.close();
      }
    });
  } finally {
    await simulator.close();
  }
});
