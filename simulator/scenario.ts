// The simulator's vocabulary: what can be asked of it and what it gives back; knows no behaviour and no server.
import type { IncomingMessage } from 'node:http';
import type { ScenarioName } from './scenarios.js';

/** How to start a simulator; every field has a default. */
export interface SimulatorOptions {
  /** A named scenario or one of your own; default `success`. */
  scenario?: ScenarioName | Scenario;
  /** Ports of the three servers; 0 (the default) lets the system choose. */
  apiPort?: number;
  storagePort?: number;
  artifactPort?: number;
  apiKey?: string;
  secretKey?: string;
  /** Digits, emitted verbatim; wins over the scenario's. */
  modelId?: string;
  /** Id of the ready-made job; default a random UUID. */
  jobId?: string;
  /** Seconds a job takes from its first status check (ready-made) or its finished PUT (uploaded); default 10. */
  jobSeconds?: number;
  /** A path in front of the API's own, such as `/proxy/prediction-one`; default none. */
  apiPathPrefix?: string;
  /** Origins to name in answers in place of the servers' own, such as those of a TLS terminator in front of them. */
  publicOrigins?: { storage?: string; artifact?: string };
  /** Called once per request when its answer has ended, in whatever way. */
  onAnswered?: (request: RecordedRequest) => void;
}

/** A running simulator: three origins on 127.0.0.1, and everything that reached them. */
export interface Simulator {
  /** Base URLs without a trailing slash; `apiUrl` includes the path prefix. */
  apiUrl: string;
  storageUrl: string;
  artifactUrl: string;
  apiKey: string;
  secretKey: string;
  modelId: string;
  jobId: string;
  /** For ACTIONS_RUNTIME_TOKEN: shaped like a JWT, signed by nobody. */
  runtimeToken: string;
  /** Every request of all three servers in order of arrival. */
  requests: RecordedRequest[];
  artifacts: StoredArtifact[];
  /** What was PUT to an upload URL, in order of completion. */
  uploads: StoredUpload[];
  /** Ids of the jobs whose model was switched, in order. */
  switchedJobIds: string[];
  results: SimulatedResults;
  /** Ends all servers, destroys open sockets and removes temporary files; safe to call twice. */
  close(): Promise<void>;
}

/** The results file of the ready-made job, and of every job whose upload is not trained on. */
export interface SimulatedResults {
  fileName: string;
  sizeBytes: number;
  /** Empty when the file is generated (`ResultsSpec.sizeBytes`), because that never is in memory whole. */
  bytes: Buffer;
  /** Lower-case hex; computed when first read. */
  readonly sha256: string;
}

export type ServerName = 'api' | 'storage' | 'artifact';

/** One request as it arrived. */
export interface RecordedRequest {
  server: ServerName;
  method: string;
  /** As sent, still percent-encoded, with the query. */
  path: string;
  headers: IncomingMessage['headers'];
  /** Milliseconds since the epoch, counted by a clock that never jumps. */
  startedAtMs: number;
  /** Only when the handler read it and it is smaller than 64 KiB. */
  body?: Buffer;
  /** Absent when no answer was begun. */
  statusCode?: number;
}

/** One artifact of the simulated GitHub service. */
export interface StoredArtifact {
  id: number;
  name: string;
  mimeType?: string;
  /** As the client sent it, RFC 3339. */
  expiresAt?: string;
  sizeBytes: number;
  finalized: boolean;
  /** As the client sent it: `sha256:` and hex. */
  hash?: string;
  /** Reads the whole blob. After `close()` only blobs under 32 MiB are still there; throws for others. */
  bytes(): Buffer;
}

/** One file that was PUT to an upload URL. */
export interface StoredUpload {
  jobId: string;
  fileName: string;
  sizeBytes: number;
  sha256: string;
  /** Only under 32 MiB. */
  bytes?: Buffer;
}

/** What deviates from a healthy vendor; an empty object is a healthy one. */
export interface Scenario {
  /** One per status check of a known job with a good key; the last repeats. Absent: the built-in timeline. */
  statusAnswers?: StatusScript[];
  /** One per Get API Key, Upload URL and Model Switch call; healthy when they run out. */
  keyAnswers?: StatusScript[];
  uploadAnswers?: StatusScript[];
  switchAnswers?: StatusScript[];
  /** One per well-signed GET of a download URL; healthy when they run out. */
  storage?: StorageScript[];
  /** One per well-signed PUT to an upload URL; healthy when they run out. */
  storageUploads?: StorageScript[];
  /** Each serves one request it matches, the first match first; healthy when none matches. */
  artifact?: ArtifactScript[];
  /** Lifetime of a signed URL in seconds, default 300. */
  downloadUrlSeconds?: number;
  results?: ResultsSpec;
  /** Digits, emitted verbatim as a JSON number. */
  modelId?: string;
}

/** How the results file is made and served. */
export interface ResultsSpec {
  fileName?: string;
  /** The file itself, of every job; absent: the ZIP of what was really trained. */
  bytes?: Buffer;
  /** Serve a generated pseudo-random file of this many bytes instead. */
  sizeBytes?: number;
  contentType?: string;
  /** `null` leaves the header out. */
  contentDisposition?: string | null;
  /** Default `md5` as S3, `opaque` for a generated file over 64 MiB as S3's multipart uploads. */
  etag?: 'md5' | 'opaque' | 'weak' | 'none';
  /** Default true. */
  lastModified?: boolean;
  contentMd5?: 'right' | 'wrong';
  /** Chunked transfer: no Content-Length. */
  chunked?: boolean;
  /** Neither Content-Length nor chunks: the body ends with the connection. */
  closeDelimited?: boolean;
  /** Default true; false ignores Range. */
  acceptRanges?: boolean;
}

export type AnswerFault = 'reset' | 'hang' | 'cut_body' | 'stall_body';
export type ScriptHeaders = Record<string, string | string[]>;

/** One answer of the API; an empty object is the built-in one. */
export interface StatusScript {
  /** Default 200; 400 and above without `body` gives the documented error fields with `message`. */
  httpStatus?: number;
  headers?: ScriptHeaders | ((context: ScriptContext) => ScriptHeaders);
  /** Objects become JSON, strings and buffers are sent raw, functions are called per request. */
  body?: string | Buffer | object | null | ((context: ScriptContext) => unknown);
  /** A well-formed status answer with this status. */
  status?: string;
  message?: string;
  omitDownloadUrl?: boolean;
  /** Lifetime of the download URL in this answer; 0 or less is expired already. */
  downloadUrlSeconds?: number;
  delayMs?: number;
  /** reset: no byte; hang: no answer; cut_body, stall_body: half of the body, then the end or silence. */
  fault?: AnswerFault;
}

/** What a scripted body or header may use. */
export interface ScriptContext {
  jobId: string;
  /** 1 for the first call of this kind. */
  checkNumber: number;
  nowMs: number;
  /** A freshly signed URL; lifetime in seconds, default the scenario's. */
  downloadUrl(lifetimeSeconds?: number): string;
  storageUrl: string;
  apiUrl: string;
  modelId: string;
  request: IncomingMessage;
}

/** One answer of the storage; an empty object is a healthy one. */
export interface StorageScript {
  httpStatus?: number;
  headers?: Record<string, string>;
  /** Sent in place of the file. */
  body?: string | Buffer;
  /** Location of a redirect (302 unless `httpStatus` says else); a function gets the requested URL. */
  redirectTo?: string | ((url: string) => string);
  /** cut, stall: the end of the connection or silence after `afterBytes` of this body (default half). */
  fault?: 'reset' | 'hang' | 'cut' | 'stall' | 'empty' | 'html';
  afterBytes?: number;
  delayMs?: number;
  ignoreRange?: boolean;
  /** Answer another range than the one asked for, and say so in Content-Range. */
  wrongContentRange?: boolean;
  /** The file's ETag for this request, quotes included: as if the file had been replaced. */
  etag?: string;
  bytesPerSecond?: number;
}

export type ArtifactRequestKind =
  | 'CreateArtifact'
  | 'FinalizeArtifact'
  | 'ListArtifacts'
  | 'GetSignedArtifactURL'
  | 'DeleteArtifact'
  | 'blob';

/** One answer of the artifact service. */
export interface ArtifactScript {
  httpStatus?: number;
  body?: unknown;
  fault?: 'reset' | 'hang';
  delayMs?: number;
  /** Only such a request is answered by this script; absent: any. */
  on?: ArtifactRequestKind;
}
