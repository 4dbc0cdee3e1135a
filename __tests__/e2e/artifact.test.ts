// Rule 8 end to end: how the results become a workflow artifact, and what happens when they cannot.
import { describe, expect, test } from '@jest/globals';
import type { ArtifactScript, Scenario } from '../../simulator/index.js';
import { annotations, artifactCalls, type RetrainRun, retrain } from './action-run.js';

const CSV = {
  bytes: Buffer.from('metric,value\nAUC,0.91\n'),
  fileName: 'metrics.csv',
  contentType: 'text/csv',
};
const TAKEN: ArtifactScript = {
  on: 'CreateArtifact',
  httpStatus: 409,
  body: { code: 'already_exists', msg: 'taken' },
};

function storing(scenario: Scenario, inputs = {}): Promise<RetrainRun> {
  return retrain({ scenario, simulator: { jobId: 'job-1' }, inputs });
}

function count(run: RetrainRun, call: string): number {
  return artifactCalls(run).filter(name => name === call).length;
}

describe('rule 8: the artifact', () => {
  test.concurrent('a file that is compressed already is stored as it is, its extension added to the name', async () => {
    const run = await storing({});
    const [artifact, ...others] = run.simulator.artifacts;
    expect(others).toEqual([]);
    expect(artifact).toMatchObject({ name: 'retrain-results-job-1.zip', finalized: true });
    expect(artifact?.bytes().equals(run.simulator.results.bytes)).toBe(true);
    expect(run.outputs).toMatchObject({
      result: 'succeeded',
      artifact_name: 'retrain-results-job-1.zip',
      artifact_id: String(artifact?.id),
      artifact_url: `https://github.com/octo-org/models/actions/runs/4711/artifacts/${artifact?.id}`,
      artifact_digest: run.simulator.results.sha256,
    });
  });

  test.concurrent('a file that is not compressed is zipped under the asked name', async () => {
    const run = await storing({ results: CSV }, { artifact_name: 'my results' });
    const artifact = run.simulator.artifacts[0];
    expect(artifact).toMatchObject({ name: 'my results', finalized: true });
    expect(artifact?.bytes().subarray(0, 4).toString('latin1')).toBe('PK\u0003\u0004');
    expect(run.outputs).toMatchObject({ result: 'succeeded', artifact_name: 'my results' });
    expect(artifact?.hash).toBe(`sha256:${run.outputs.artifact_digest}`);
  });

  test.concurrent.each([
    ['results', 'results.zip'],
    ['results.zip', 'results.zip'],
    ['結果 v1.2', '結果 v1.2.zip'],
  ])('the name asked for as %s becomes %s, and artifact_name says so', async (artifact_name, name) => {
    const run = await storing({}, { artifact_name });
    expect(run.outputs).toMatchObject({ result: 'succeeded', artifact_name: name });
    expect(run.simulator.artifacts.map(artifact => artifact.name)).toEqual([name]);
  });

  test.concurrent('the default name is made valid for GitHub whatever the job id', async () => {
    const run = await retrain({ simulator: { jobId: 'a/b:"c"<d>|*?\\e' } });
    expect(run.outputs.result).toBe('succeeded');
    expect(run.outputs.artifact_name).toMatch(/^retrain-results-[^":<>|*?\\/]+-[0-9a-f]{8}\.zip$/);
  });

  test.concurrent('artifact_retention_days is passed on', async () => {
    const run = await storing({}, { artifact_retention_days: '3' });
    const days = (Date.parse(run.simulator.artifacts[0]?.expiresAt ?? '') - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(2.9);
    expect(days).toBeLessThan(3.1);
  });

  test.concurrent('a name already taken is tried again as -2, reported in artifact_name', async () => {
    const run = await storing({ artifact: [TAKEN] }, { artifact_name: 'r' });
    expect(run.outputs).toMatchObject({ result: 'succeeded', artifact_name: 'r-2.zip' });
  });

  test.concurrent('a name taken twice is tried again as -3', async () => {
    const run = await storing({ artifact: [TAKEN, TAKEN], results: CSV }, { artifact_name: 'r' });
    expect(run.outputs).toMatchObject({ result: 'succeeded', artifact_name: 'r-3' });
  });

  test.concurrent('attempts end after 3 names', async () => {
    const run = await storing({ artifact: [TAKEN, TAKEN, TAKEN, TAKEN, TAKEN] });
    expect(run.outputs).toMatchObject({
      result: 'artifact_error',
      ready_to_switch: 'false',
      status: 'job_finished',
    });
    expect(count(run, 'CreateArtifact')).toBe(3);
    expect(run.outputs.results_file).toMatch(/retrain_results\.zip$/);
    expect(run.outputs.artifact_name).toBeUndefined();
  });

  test.concurrent('a failed upload is tried again under a new name', async () => {
    const run = await storing(
      { artifact: [{ on: 'FinalizeArtifact', fault: 'reset' }] },
      { artifact_name: 'r' },
    );
    expect(run.outputs).toMatchObject({ result: 'succeeded', artifact_name: 'r-2.zip' });
    const stored = run.simulator.artifacts.filter(({ finalized }) => finalized);
    expect(stored.map(({ name }) => name)).toEqual(['r-2.zip']);
  });

  test.concurrent('network errors are retried, under the same name when nothing was made', async () => {
    const reset: ArtifactScript = { on: 'CreateArtifact', fault: 'reset' };
    const run = await storing({ artifact: [reset] }, { max_outage_minutes: '1', artifact_name: 'r' });
    expect(run.outputs).toMatchObject({ result: 'succeeded', artifact_name: 'r.zip' });
    expect(count(run, 'CreateArtifact')).toBe(2);
  });

  test.concurrent('attempts end after max_outage_minutes without progress', async () => {
    const reset: ArtifactScript = { on: 'CreateArtifact', fault: 'reset' };
    const run = await storing({ artifact: Array<ArtifactScript>(50).fill(reset) });
    expect(run.outputs.result).toBe('artifact_error');
    const [first, last] = [run.artifact[0], run.artifact.at(-1)];
    // The 1.2 s count from the last progress, which was before the first request.
    expect((last?.startedAtMs ?? 0) - (first?.startedAtMs ?? 0)).toBeGreaterThanOrEqual(800);
    expect(run.artifact.length).toBeLessThan(10);
  });

  test.concurrent('a refusal for quota ends at once', async () => {
    const run = await retrain({ scenario: 'artifact-quota' });
    expect(run.outputs.result).toBe('artifact_error');
    expect(run.artifact).toHaveLength(1);
    expect(run.outputs.error_message).toContain(String(run.outputs.results_file));
    expect(run.exitCode).toBe(1);
  });

  test.concurrent('if_artifact_fails: warn makes a failure a warning: ready to switch all the same', async () => {
    const run = await retrain({ scenario: 'artifact-quota', inputs: { if_artifact_fails: 'warn' } });
    expect(run.outputs).toMatchObject({ result: 'succeeded', ready_to_switch: 'true' });
    expect(run.outputs.error_message).toBeUndefined();
    expect(annotations(run, 'warning')).toEqual([expect.stringContaining(String(run.outputs.results_file))]);
    expect(run.summary).toContain('**Warnings**');
    expect(run.exitCode).toBe(0);
  });

  test.concurrent.each<[string, Parameters<typeof retrain>[0]]>([
    ['download_results: false', { inputs: { download_results: 'false' } }],
    ['pending', { scenario: 'timeout', inputs: { wait: 'false' } }],
    ['upload_artifact: false', { inputs: { upload_artifact: 'false' } }],
  ])('with %s there is no artifact and no warning', async (_name, options) => {
    const run = await retrain(options);
    expect(['succeeded', 'pending']).toContain(run.outputs.result);
    expect(run.artifact).toEqual([]);
    expect(annotations(run, 'warning')).toEqual([]);
    expect(run.outputs.artifact_name).toBeUndefined();
  });

  test.concurrent('without an artifact service no warning comes up when there is nothing to store', async () => {
    const env = { GITHUB_SERVER_URL: 'https://ghe.example', ACTIONS_RUNTIME_TOKEN: undefined };
    const run = await retrain({ inputs: { download_results: 'false' }, env });
    expect(run.outputs.result).toBe('succeeded');
    expect(annotations(run, 'warning')).toEqual([]);
  });

  test.concurrent('on GitHub Enterprise Server it says so and where the file is: an error by default', async () => {
    const run = await retrain({ env: { GITHUB_SERVER_URL: 'https://ghe.example' } });
    expect(run.outputs).toMatchObject({ result: 'artifact_error', ready_to_switch: 'false' });
    expect(run.outputs.error_message).toMatch(/GitHub Enterprise Server.*ghe\.example/);
    expect(run.outputs.error_message).toContain(String(run.outputs.results_file));
    expect(run.artifact).toEqual([]);
  });

  test.concurrent('on GitHub Enterprise Server with if_artifact_fails: warn it only warns', async () => {
    const run = await retrain({
      env: { GITHUB_SERVER_URL: 'https://ghe.example' },
      inputs: { if_artifact_fails: 'warn' },
    });
    expect(run.outputs).toMatchObject({ result: 'succeeded', ready_to_switch: 'true' });
    expect(annotations(run, 'warning')).toEqual([expect.stringContaining('ghe.example')]);
  });

  test.concurrent('a tenant of ghe.com has the service', async () => {
    const run = await retrain({ env: { GITHUB_SERVER_URL: 'https://octo.ghe.com' } });
    expect(run.outputs.result).toBe('succeeded');
    expect(run.outputs.artifact_url).toMatch(
      /^https:\/\/octo\.ghe\.com\/octo-org\/models\/actions\/runs\/4711\//,
    );
  });

  test.concurrent.each(['ACTIONS_RUNTIME_TOKEN', 'ACTIONS_RESULTS_URL'])(
    'without %s it says so',
    async name => {
      const run = await retrain({ env: { [name]: undefined } });
      expect(run.outputs.result).toBe('artifact_error');
      expect(run.outputs.error_message).toContain(name);
      expect(run.outputs.results_sha256).toBe(run.simulator.results.sha256);
    },
  );
});
