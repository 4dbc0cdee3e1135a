// The named scenarios: each does what its line in the table says; knows no details of the servers.
import { describe, expect, test } from '@jest/globals';
import { SCENARIOS, type ScenarioName, type Simulator, startSimulator } from '../../simulator/index.js';
import { bytesOf, checkStatus, downloadUrl, type StatusBody, statusBody, withSimulator } from './client.js';

/** What `count` status checks met, in short: a status, an HTTP status, or the kind of failure. */
async function checks(simulator: Simulator, count: number): Promise<string[]> {
  const seen: string[] = [];
  for (let index = 0; index < count; index++) seen.push(await oneCheck(simulator));
  return seen;
}

async function oneCheck(simulator: Simulator): Promise<string> {
  try {
    const response = await checkStatus(simulator);
    const text = await response.text();
    if (response.status !== 200)
      return `${response.status} ${response.headers.get('retry-after') ?? ''}`.trim();
    return text.startsWith('<') ? 'html' : (JSON.parse(text) as StatusBody).status;
  } catch (error) {
    return (error as Error).message;
  }
}

function withScenario(scenario: ScenarioName, check: (simulator: Simulator) => Promise<void>) {
  return withSimulator({ scenario, jobSeconds: 0 }, check);
}

describe('named scenarios', () => {
  test('have unique names and one line of description', () => {
    expect(new Set(SCENARIOS.map(one => one.name)).size).toBe(SCENARIOS.length);
    for (const { description } of SCENARIOS) expect(description).toMatch(/^[^\n]{10,110}$/);
  });

  test('an unknown name is refused with all names', async () => {
    const start = startSimulator({ scenario: 'sucess' as ScenarioName });
    await expect(start).rejects.toThrow(/must be one of success, failed, .*: current value is 'sucess'$/);
  });

  test('success: finished, and the file is the one it says', async () => {
    await withScenario('success', async simulator => {
      const bytes = await bytesOf(await fetch(await downloadUrl(simulator)));
      expect(bytes.equals(simulator.results.bytes)).toBe(true);
    });
  });

  test.each([
    ['failed', ['training', 'job_failed', 'job_failed']],
    ['flaky', ['503', 'fetch failed', '429 1', 'html', 'terminated', 'job_finished', 'job_finished']],
    ['timeout', ['training', 'training', 'training']],
    ['auth-error', ['400', '400']],
    ['not-found', ['400', '400']],
    ['deleted', ['training', '400', '400']],
    ['retry-after', ['503 2', '429 1', expect.stringMatching(/^503 \w{3}, \d\d .* GMT$/), 'job_finished']],
  ] as const)('%s: the status checks meet what the scenario says', async (name, expected) => {
    await withScenario(name, async simulator => {
      expect(await checks(simulator, expected.length)).toEqual(expected);
    });
  });

  test.each([
    ['auth-error', 1, 'Inactive_credential.'],
    ['not-found', 1, 'Not found retrain job.'],
    ['deleted', 2, 'This job may be deleted.'],
    ['failed', 2, 'The number of rows is too small to train.'],
  ] as const)('%s: the message of answer %d', async (name, count, message) => {
    await withScenario(name, async simulator => {
      await checks(simulator, count - 1);
      expect((await statusBody(simulator)).message).toBe(message);
    });
  });

  test('flaky: the first download is cut, the second is whole', async () => {
    await withScenario('flaky', async simulator => {
      await checks(simulator, 5);
      const url = await downloadUrl(simulator);
      await expect(fetch(url).then(bytesOf)).rejects.toThrow('terminated');
      expect((await bytesOf(await fetch(url))).equals(simulator.results.bytes)).toBe(true);
    });
  });

  test('expired-url: the first URL is refused, the second works', async () => {
    await withScenario('expired-url', async simulator => {
      await checks(simulator, 1);
      expect((await fetch(await downloadUrl(simulator))).status).toBe(403);
      expect((await fetch(await downloadUrl(simulator))).status).toBe(200);
    });
  });

  test('no-download-url-yet: the URL appears in the third answer', async () => {
    await withScenario('no-download-url-yet', async simulator => {
      const answers = [await statusBody(simulator), await statusBody(simulator), await statusBody(simulator)];
      expect(answers.map(body => [body.status, 'download_url' in body])).toEqual([
        ['job_finished', false],
        ['job_finished', false],
        ['job_finished', true],
      ]);
    });
  });

  test('storage-down: every download is refused', async () => {
    await withScenario('storage-down', async simulator => {
      const url = await downloadUrl(simulator);
      for (let count = 0; count < 5; count++) expect((await fetch(url)).status).toBe(503);
    });
  });

  test('slow-download: little has come after a moment', async () => {
    await withScenario('slow-download', async simulator => {
      const response = await fetch(await downloadUrl(simulator));
      const first = await response.body?.getReader().read();
      expect(first?.value?.length).toBe(20);
    });
  });

  test('hostile: the message holds the key, a signature, commands, ANSI and markup', async () => {
    await withScenario('hostile', async simulator => {
      const first = await statusBody(simulator);
      expect(first.status).toContain('\n::error::');
      for (const part of [simulator.apiKey, 'X-Amz-Signature=', '\n::add-mask::', '\u001b[31m', '<script>']) {
        expect(first.message).toContain(part);
      }
      await statusBody(simulator);
      const response = await fetch(await downloadUrl(simulator));
      expect(response.headers.get('content-disposition')).toContain('../../etc/');
    });
  });
});
