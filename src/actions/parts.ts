// What the story of an action is handed: time, chance, signal, network, log; must not hold any logic.
import type { Log } from '../github/log.js';
import type { BaseRecord } from '../github/report.js';
import type { Transport } from '../http/transport.js';
import type { TemporaryFiles } from '../temporary-files.js';
import type { Clock } from '../waiting/clock.js';

/** The real world, as the entry hands it in. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/** The same, and what belongs to one run. */
export interface Parts<R extends BaseRecord = BaseRecord> extends Surroundings {
  readonly transport: Transport;
  readonly log: Log;
  readonly record: R;
  readonly temporaryFiles: TemporaryFiles;
  /** RUNNER_TEMP, or the system's folder for temporary files. */
  readonly tempDirectory: string;
  readonly redact: (text: string) => string;
  /** Makes a credential known, so that it is redacted and masked from now on. */
  readonly hide: (secrets: { readonly redact: readonly string[]; readonly mask: readonly string[] }) => void;
}
