// Puts the three servers of the simulator together; knows the parts, not what they do.
import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { createArtifactService } from './artifact-service.js';
import { type ArtifactStore, createArtifactStore } from './artifact-store.js';
import { SIGNED_URL_SECONDS } from './assumptions.js';
import { createKeyRing } from './credentials.js';
import { createJobBook, type JobBook } from './jobs.js';
import { type Handler, type LocalServer, startLocalServer } from './local-server.js';
import { createSigner } from './presign.js';
import { createRecorder, type Recorder } from './recorder.js';
import { describeResults } from './results-file.js';
import { builtInRetraining } from './retraining.js';
import { createRuntimeToken, type RuntimeToken } from './runtime-token.js';
import type { Scenario, ServerName, Simulator, SimulatorOptions, StoredUpload } from './scenario.js';
import { resolveScenario } from './scenarios.js';
import { createStorage, resultsPath, uploadPath } from './storage.js';
import { createTrainingDesk, type TrainingDesk } from './training-desk.js';
import { createVendorApi } from './vendor-api.js';

export { verbatimNumber } from './answer.js';
export type * from './scenario.js';
export { SCENARIOS, type ScenarioName } from './scenarios.js';

const DEFAULT_API_KEY = 'simulator-api-key-0123456789';
const DEFAULT_SECRET_KEY = 'simulator-secret-key-0123456789';
const DEFAULT_MODEL_ID = '48211';
const DEFAULT_JOB_SECONDS = 10;

interface Settings {
  apiKey: string;
  secretKey: string;
  modelId: string;
  jobId: string;
  apiPathPrefix: string;
  jobSeconds: number;
}

interface Urls {
  apiUrl: string;
  storageUrl: string;
  artifactUrl: string;
}

interface Parts {
  scenario: Scenario;
  settings: Settings;
  desk: TrainingDesk;
  jobs: JobBook;
  store: ArtifactStore;
  runtimeToken: RuntimeToken;
  uploads: StoredUpload[];
  /** Filled in when the servers listen; handlers read it per request. */
  urls: Urls;
  stop: AbortSignal;
}

/** Starts the three servers. Throws when the scenario or the model id is not usable, or a port is taken. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const stopping = new AbortController();
  // Every delayed answer listens to it.
  setMaxListeners(0, stopping.signal);
  const recorder = createRecorder(options.onAnswered);
  const parts = await createParts(options, stopping.signal);
  const { settings, urls, store } = parts;
  const servers = await startServers(recorder, options, createHandlers(parts));
  urls.storageUrl = options.publicOrigins?.storage ?? servers.storage.url;
  urls.artifactUrl = options.publicOrigins?.artifact ?? servers.artifact.url;
  urls.apiUrl = servers.api.url + settings.apiPathPrefix;
  return {
    ...urls,
    apiKey: settings.apiKey,
    secretKey: settings.secretKey,
    modelId: settings.modelId,
    jobId: settings.jobId,
    runtimeToken: parts.runtimeToken.token,
    requests: recorder.requests,
    artifacts: store.artifacts,
    uploads: parts.uploads,
    switchedJobIds: parts.jobs.switchedJobIds,
    results: describeResults(
      parts.desk.fileOf(settings.jobId),
      parts.scenario.results?.sizeBytes !== undefined,
    ),
    async close() {
      stopping.abort();
      await Promise.all(Object.values(servers).map(server => server.close()));
      await store.close();
    },
  };
}

async function createParts(options: SimulatorOptions, stop: AbortSignal): Promise<Parts> {
  const scenario = resolveScenario(options.scenario ?? 'success');
  const settings = settingsOf(options, scenario);
  const jobs = createJobBook(settings.jobId, settings.jobSeconds);
  const builtIn = await builtInRetraining();
  return {
    scenario,
    settings,
    desk: createTrainingDesk({ jobs, spec: scenario.results ?? {}, builtIn, stop }),
    jobs,
    store: createArtifactStore(),
    runtimeToken: createRuntimeToken(),
    uploads: [],
    urls: { apiUrl: '', storageUrl: '', artifactUrl: '' },
    stop,
  };
}

function settingsOf(options: SimulatorOptions, scenario: Scenario): Settings {
  const modelId = options.modelId ?? scenario.modelId ?? DEFAULT_MODEL_ID;
  if (!/^\d+$/.test(modelId)) throw new Error(`The model id must be digits: current value is '${modelId}'`);
  return {
    apiKey: options.apiKey ?? DEFAULT_API_KEY,
    secretKey: options.secretKey ?? DEFAULT_SECRET_KEY,
    modelId,
    jobId: options.jobId ?? randomUUID(),
    apiPathPrefix: (options.apiPathPrefix ?? '').replace(/\/+$/, ''),
    jobSeconds: options.jobSeconds ?? DEFAULT_JOB_SECONDS,
  };
}

function createHandlers(parts: Parts): Record<ServerName, Handler> {
  const { scenario, settings, desk, jobs, urls, stop } = parts;
  const signer = createSigner();
  const lifetimeSeconds = scenario.downloadUrlSeconds ?? SIGNED_URL_SECONDS;
  return {
    api: createVendorApi({
      scenario,
      keys: createKeyRing(settings.apiKey, settings.secretKey),
      jobs,
      modelId: settings.modelId,
      pathPrefix: settings.apiPathPrefix,
      downloadUrl(job, seconds = lifetimeSeconds) {
        const path = resultsPath(job.id, desk.fileOf(job.id).fileName);
        return signer.sign({ method: 'GET', origin: urls.storageUrl, path, lifetimeSeconds: seconds });
      },
      uploadUrl(job, fileName) {
        const path = uploadPath(job.id, fileName);
        return signer.sign({ method: 'PUT', origin: urls.storageUrl, path, lifetimeSeconds });
      },
      switched(job) {
        jobs.switchedJobIds.push(job.id);
        desk.putIntoService(job.id);
      },
      urls: () => ({ apiUrl: urls.apiUrl, storageUrl: urls.storageUrl }),
      stop,
    }),
    storage: createStorage({
      scenario,
      signer,
      fileOf: desk.fileOf,
      uploaded(upload) {
        parts.uploads.push(upload);
        desk.receive(upload);
      },
      stop,
    }),
    artifact: createArtifactService({ ...parts, url: () => urls.artifactUrl }),
  };
}

async function startServers(
  recorder: Recorder,
  options: SimulatorOptions,
  handlers: Record<ServerName, Handler>,
): Promise<Record<ServerName, LocalServer>> {
  const ports = { api: options.apiPort, storage: options.storagePort, artifact: options.artifactPort };
  const started: LocalServer[] = [];
  const start = async (name: ServerName) => {
    const server = await startLocalServer({
      name,
      port: ports[name] ?? 0,
      recorder,
      handler: handlers[name],
    });
    started.push(server);
    return server;
  };
  try {
    return { api: await start('api'), storage: await start('storage'), artifact: await start('artifact') };
  } catch (error) {
    await Promise.all(started.map(server => server.close()));
    throw error;
  }
}
