// The five Twirp calls of the artifact service on parsed bodies; knows no HTTP request and no blob transfer.

import type { Answer } from './answer.js';
import type { ArtifactEntry, ArtifactStore } from './artifact-store.js';
import { digestOf } from './byte-source.js';
import type { RuntimeToken } from './runtime-token.js';

export type ArtifactCall = (body: unknown) => Promise<Answer> | Answer;

export interface ArtifactCalls {
  CreateArtifact: ArtifactCall;
  FinalizeArtifact: ArtifactCall;
  ListArtifacts: ArtifactCall;
  GetSignedArtifactURL: ArtifactCall;
  DeleteArtifact: ArtifactCall;
}

export interface ArtifactCallsOptions {
  store: ArtifactStore;
  runtimeToken: RuntimeToken;
  /** A URL to read and write the blob of this artifact. */
  signedUrl(id: number): string;
}

export function createArtifactCalls(options: ArtifactCallsOptions): ArtifactCalls {
  const { store, signedUrl } = options;
  return {
    CreateArtifact: body => createArtifact(body, options),
    FinalizeArtifact: body => finalizeArtifact(body, store),
    ListArtifacts: body => listArtifacts(body, options),
    GetSignedArtifactURL(body) {
      const entry = finalizedEntry(body, store);
      if (entry === undefined) return notFound();
      const url = signedUrl(entry.artifact.id);
      return { httpStatus: 200, body: { signed_url: url } };
    },
    DeleteArtifact(body) {
      const entry = finalizedEntry(body, store);
      if (entry === undefined) return notFound();
      store.remove(entry.artifact.name);
      return { httpStatus: 200, body: { ok: true, artifact_id: String(entry.artifact.id) } };
    },
  };
}

/** An error as Twirp writes it. */
export function twirpError(httpStatus: number, code: string, msg: string): Answer {
  return { httpStatus, body: { code, msg } };
}

async function createArtifact(body: unknown, { store, signedUrl }: ArtifactCallsOptions): Promise<Answer> {
  const name = textField(body, 'name');
  if (name === undefined) return twirpError(400, 'invalid_argument', 'name is required');
  if (store.entries.has(name)) {
    return twirpError(409, 'already_exists', 'an artifact with this name already exists on the workflow run');
  }
  const mimeType = textField(body, 'mime_type');
  const { artifact } = await store.create({ name, mimeType, expiresAt: textField(body, 'expires_at') });
  return { httpStatus: 200, body: { ok: true, signed_upload_url: signedUrl(artifact.id) } };
}

function finalizeArtifact(body: unknown, store: ArtifactStore): Answer {
  const entry = store.entries.get(textField(body, 'name') ?? '');
  if (entry === undefined) return notFound();
  const { artifact, blob } = entry;
  const announcedBytes = Number(textField(body, 'size') ?? '0');
  if (announcedBytes !== blob.sizeBytes) {
    return twirpError(
      400,
      'invalid_argument',
      `size is ${announcedBytes}, but ${blob.sizeBytes} bytes were uploaded`,
    );
  }
  const hash = textField(body, 'hash');
  // A digest that does not fit is how a client that uploads other bytes than it says gives itself away.
  if (hash !== undefined && hash !== digestText(entry)) {
    return twirpError(400, 'invalid_argument', 'hash does not match the uploaded bytes');
  }
  Object.assign(artifact, { finalized: true, hash });
  return { httpStatus: 200, body: { ok: true, artifact_id: String(artifact.id) } };
}

function listArtifacts(body: unknown, { store, runtimeToken }: ArtifactCallsOptions): Answer {
  const name = textField(body, 'name_filter');
  const id = textField(body, 'id_filter');
  const found = [...store.entries.values()].filter(
    ({ artifact }) =>
      artifact.finalized &&
      (name === undefined || artifact.name === name) &&
      (id === undefined || String(artifact.id) === id),
  );
  const artifacts = found.map(({ artifact, blob, createdAt }) => ({
    workflow_run_backend_id: runtimeToken.runBackendId,
    workflow_job_run_backend_id: runtimeToken.jobBackendId,
    database_id: String(artifact.id),
    name: artifact.name,
    size: String(blob.sizeBytes),
    created_at: createdAt,
    digest: artifact.hash,
  }));
  return { httpStatus: 200, body: { artifacts } };
}

function finalizedEntry(body: unknown, store: ArtifactStore): ArtifactEntry | undefined {
  const entry = store.entries.get(textField(body, 'name') ?? '');
  return entry?.artifact.finalized ? entry : undefined;
}

function notFound(): Answer {
  return twirpError(404, 'not_found', 'no such artifact');
}

function digestText({ blob }: ArtifactEntry): string {
  return `sha256:${digestOf(blob, 'sha256').toString('hex')}`;
}

// Twirp's JSON takes both spellings of a field, and 64-bit numbers as text or as numbers.
function textField(body: unknown, name: string): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const camelName = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const fields = body as Record<string, unknown>;
  const value = fields[name] ?? fields[camelName];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
