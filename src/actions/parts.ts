// What the story of one job is handed: time, chance, signal, network, log, lazy libraries; must not hold any logic.
import type { ArtifactLibrary } from '../github/artifact.js';
import type { Log } from '../github/log.js';
import type { RunRecord } from '../github/run-record.js';
import type { Transport } from '../http/transport.js';
import type { ToolCacheLibrary } from '../results/results-cache.js';
import type { TemporaryFiles } from '../temporary-files.js';
import type { Clock } from '../waiting/clock.js';

/** The real world, as the entry hands it in. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly loadArtifactLibrary: () => Promise<ArtifactLibrary>;
  readonly toolCache: ToolCacheLibrary;
}

/** The same, and what belongs to one run. */
export interface Parts extends Surroundings {
  readonly transport: Transport;
  readonly log: Log;
  readonly record: RunRecord;
  readonly temporaryFiles: TemporaryFiles;
  /** RUNNER_TEMP, or the system's folder for temporary files. */
  readonly tempDirectory: string;
  readonly redact: (text: string) => string;
  /** Makes a credential known, so that it is redacted and masked from now on. */
  readonly hide: (secrets: { readonly redact: readonly string[]; readonly mask: readonly string[] }) => void;
}
