// The simulated artifact service against GitHub's own client; knows nothing of the vendor.
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { DefaultArtifactClient } from '@actions/artifact';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import type { Simulator, SimulatorOptions } from '../../simulator/index.js';
import { needsSystem } from '../support/system.js';
import { withSimulator } from './client.js';

needsSystem('unix', 'TMPDIR');

const TWIRP = '/twirp/github.actions.results.api.v1.ArtifactService';
const folder = mkdtempSync(path.join(tmpdir(), 'simulator-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function withClient(
  options: SimulatorOptions,
  check: (client: DefaultArtifactClient, simulator: Simulator) => Promise<void>,
) {
  return withSimulator(options, async simulator => {
    process.env.ACTIONS_RESULTS_URL = `${simulator.artifactUrl}/`;
    process.env.ACTIONS_RUNTIME_TOKEN = simulator.runtimeToken;
    process.env.GITHUB_WORKSPACE = folder;
    // The client logs workflow commands, which a runner of these tests would obey.
    const silenced = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    await check(new DefaultArtifactClient(), simulator).finally(() => silenced.mockRestore());
  });
}

function makeFile(name: string, sizeBytes: number): { file: string; bytes: Buffer; sha256: string } {
  const file = path.join(folder, name);
  const bytes = randomBytes(sizeBytes);
  writeFileSync(file, bytes);
  return { file, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function call(simulator: Simulator, method: string, body: object) {
  const headers = { authorization: `Bearer ${simulator.runtimeToken}`, 'content-type': 'application/json' };
  const url = `${simulator.artifactUrl}${TWIRP}/${method}`;
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}

describe("round trips with GitHub's client", () => {
  test('a zipped artifact is listed, downloaded and unpacked again', async () => {
    const { file, bytes } = makeFile('results.csv', 200_000);
    await withClient({}, async (client, simulator) => {
      const uploaded = await client.uploadArtifact('my results', [file], folder, { retentionDays: 3 });
      expect(uploaded).toMatchObject({ id: 1, size: expect.any(Number) });
      expect(simulator.artifacts).toMatchObject([
        {
          id: 1,
          name: 'my results',
          mimeType: 'application/zip',
          finalized: true,
          hash: `sha256:${uploaded.digest}`,
        },
      ]);
      expect(Date.parse(simulator.artifacts[0]?.expiresAt ?? '')).toBeGreaterThan(Date.now());
      const listed = await client.listArtifacts();
      expect(listed.artifacts).toMatchObject([{ name: 'my results', id: 1, size: uploaded.size }]);
      const target = path.join(folder, 'unpacked');
      await client.downloadArtifact(1, { path: target });
      expect(readFileSync(path.join(target, 'results.csv')).equals(bytes)).toBe(true);
    });
  });

  test('a file stored as it is comes back byte for byte, in several blocks', async () => {
    const { file, bytes, sha256 } = makeFile('raw.zip', 20 * 1024 ** 2 + 17);
    await withClient({}, async (client, simulator) => {
      const uploaded = await client.uploadArtifact('ignored', [file], folder, { skipArchive: true });
      expect(uploaded).toEqual({ id: 1, size: bytes.length, digest: sha256 });
      expect(simulator.requests.filter(one => one.path.includes('comp=block&')).length).toBe(3);
      expect(simulator.artifacts[0]).toMatchObject({ name: 'raw.zip', sizeBytes: bytes.length });
      expect(simulator.artifacts[0]?.bytes().equals(bytes)).toBe(true);
      const { artifact } = await client.getArtifact('raw.zip');
      const target = path.join(folder, 'raw');
      const options = { path: target, skipDecompress: true, expectedHash: artifact.digest };
      expect(await client.downloadArtifact(artifact.id, options)).toMatchObject({ digestMismatch: false });
      expect(readFileSync(path.join(target, 'raw.zip')).equals(bytes)).toBe(true);
    });
  });

  test('a taken name is refused with 409, and free again once deleted', async () => {
    const { file } = makeFile('a.txt', 10);
    await withClient({}, async client => {
      await client.uploadArtifact('twice', [file], folder);
      await expect(client.uploadArtifact('twice', [file], folder)).rejects.toThrow(/409.*already exists/);
      await client.deleteArtifact('twice');
      expect(await client.uploadArtifact('twice', [file], folder)).toMatchObject({ id: 2 });
    });
  });

  test('scenario artifact-quota: the client reports the quota', async () => {
    const { file } = makeFile('b.txt', 10);
    await withClient({ scenario: 'artifact-quota' }, async client => {
      await expect(client.uploadArtifact('x', [file], folder)).rejects.toThrow('quota has been hit');
    });
  });

  test('scenario artifact-name-taken: the second name is free', async () => {
    const { file } = makeFile('c.txt', 10);
    await withClient({ scenario: 'artifact-name-taken' }, async client => {
      await expect(client.uploadArtifact('x', [file], folder)).rejects.toThrow('409');
      expect(await client.uploadArtifact('x-2', [file], folder)).toMatchObject({ id: 1 });
    });
  });

  test('a scripted fault meets only the kind of request it is for', async () => {
    const { file } = makeFile('d.txt', 10);
    const scenario = { artifact: [{ on: 'FinalizeArtifact' as const, httpStatus: 400 }] };
    await withClient({ scenario }, async (client, simulator) => {
      await expect(client.uploadArtifact('x', [file], folder)).rejects.toThrow(/FinalizeArtifact.*400/);
      expect(simulator.artifacts).toMatchObject([{ name: 'x', finalized: false }]);
    });
  });
});

describe('the service itself', () => {
  test('refuses a wrong token', async () => {
    await withSimulator({}, async simulator => {
      const response = await call({ ...simulator, runtimeToken: 'other' }, 'ListArtifacts', {});
      expect([response.status, await response.json()]).toEqual([
        401,
        { code: 'unauthenticated', msg: 'invalid token' },
      ]);
    });
  });

  test('takes a plain Put Blob and camelCase fields, and refuses a size or digest that does not fit', async () => {
    await withSimulator({}, async simulator => {
      const created = await call(simulator, 'CreateArtifact', {
        name: 'p',
        mimeType: 'text/csv',
        version: 7,
      });
      const { signed_upload_url: url } = (await created.json()) as { signed_upload_url: string };
      expect(url.startsWith(simulator.artifactUrl)).toBe(true);
      const put = await fetch(url, {
        method: 'PUT',
        body: 'a,b\n',
        headers: { 'x-ms-blob-type': 'BlockBlob' },
      });
      expect(put.status).toBe(201);
      const finalize = async (fields: object) =>
        (await call(simulator, 'FinalizeArtifact', { name: 'p', ...fields })).status;
      expect(await finalize({ size: '3' })).toBe(400);
      expect(await finalize({ size: '4', hash: `sha256:${'0'.repeat(64)}` })).toBe(400);
      const digest = createHash('sha256').update('a,b\n').digest('hex');
      expect(await finalize({ size: '4', hash: `sha256:${digest}` })).toBe(200);
      const signed = await call(simulator, 'GetSignedArtifactURL', { name: 'p' });
      const { signed_url: downloadUrl } = (await signed.json()) as { signed_url: string };
      const download = await fetch(downloadUrl);
      expect([download.headers.get('content-type'), await download.text()]).toEqual(['text/csv', 'a,b\n']);
    });
  });

  test('blocks count in the order of the list, not of their arrival', async () => {
    await withSimulator({}, async simulator => {
      const created = await call(simulator, 'CreateArtifact', { name: 'blocks' });
      const { signed_upload_url: url } = (await created.json()) as { signed_upload_url: string };
      for (const [id, text] of [
        ['Mg==', 'second'],
        ['MQ==', 'first '],
      ] as const) {
        await fetch(`${url}&comp=block&blockid=${encodeURIComponent(id)}`, { method: 'PUT', body: text });
      }
      const list = (ids: string[]) =>
        `<BlockList>${ids.map(id => `<Latest>${id}</Latest>`).join('')}</BlockList>`;
      const commit = async (ids: string[]) =>
        (await fetch(`${url}&comp=blocklist`, { method: 'PUT', body: list(ids) })).status;
      expect(await commit(['MQ==', 'Mw=='])).toBe(400);
      expect(await commit(['MQ==', 'Mg=='])).toBe(201);
      expect(simulator.artifacts[0]?.bytes().toString()).toBe('first second');
    });
  });

  test('a changed blob signature is refused', async () => {
    await withSimulator({}, async simulator => {
      const created = await call(simulator, 'CreateArtifact', { name: 's' });
      const { signed_upload_url: url } = (await created.json()) as { signed_upload_url: string };
      const headers = { 'x-ms-blob-type': 'BlockBlob' };
      expect((await fetch(url.replace(/sig=./, 'sig=x'), { method: 'PUT', body: 'a', headers })).status).toBe(
        403,
      );
    });
  });

  test('small artifacts stay readable after close', async () => {
    let kept: Simulator | undefined;
    await withSimulator({}, async simulator => {
      kept = simulator;
      const created = await call(simulator, 'CreateArtifact', { name: 'k' });
      const { signed_upload_url: url } = (await created.json()) as { signed_upload_url: string };
      await fetch(url, { method: 'PUT', body: 'kept', headers: { 'x-ms-blob-type': 'BlockBlob' } });
    });
    await kept?.close();
    expect(kept?.artifacts[0]?.bytes().toString()).toBe('kept');
  });

  test('close removes the temporary files', async () => {
    const temporary = mkdtempSync(path.join(folder, 'temporary-'));
    // A process of its own, because only there the folder for temporary files is nobody else's.
    const program = `
      import { readdirSync } from 'node:fs';
      import { createArtifactStore } from '${new URL('../../simulator/artifact-store.js', import.meta.url)}';
      const store = createArtifactStore();
      await store.create({ name: 'a' });
      const during = readdirSync(process.env.TMPDIR).length;
      await store.close();
      console.log(during, readdirSync(process.env.TMPDIR).length);`;
    const run = promisify(execFile);
    const env = { ...process.env, TMPDIR: temporary, NODE_OPTIONS: '' };
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { env });
    expect(stdout).toBe('1 0\n');
  });
});
