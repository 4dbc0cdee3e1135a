// Renames although another program may hold the file for a moment, as on Windows; must not know what is renamed.
import { rename } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** What Windows answers while a scanner or an indexer has the file, or one in the folder, open. */
const HELD = new Set(['EACCES', 'EBUSY', 'EPERM']);
/** 3.15 s in all: such programs let go within a second or so. */
const PAUSES_MS: readonly number[] = [50, 100, 200, 400, 800, 1_600];

/** What the rename is done with; the system's own unless a test hands in others. */
export interface RenameParts {
  readonly platform: NodeJS.Platform;
  readonly rename: (from: string, to: string) => Promise<void>;
  readonly sleep: (durationMs: number) => Promise<unknown>;
}

const SYSTEM: RenameParts = { platform: process.platform, rename, sleep };

/**
 * Gives `from` the name `to`, replacing a file that has it. On Windows it is tried again where another program is in
 * the way; elsewhere an open file is no hindrance, and the first answer is the last.
 * @throws the system's error
 */
export async function patientRename(from: string, to: string, parts: RenameParts = SYSTEM): Promise<void> {
  for (const pauseMs of parts.platform === 'win32' ? PAUSES_MS : []) {
    try {
      return await parts.rename(from, to);
    } catch (error) {
      if (!HELD.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      await parts.sleep(pauseMs);
    }
  }
  await parts.rename(from, to);
}
