// Remembers what must not outlive the action, so that every way out can remove it; must not know what the files are.
import { rmSync } from 'node:fs';

/** On Windows a scanner may hold a file for a moment; 0.3 s at most, since the process may be about to end. */
const REMOVAL_RETRIES = 2;

/** Paths of files and folders that are not finished or only borrowed. */
export class TemporaryFiles {
  readonly #paths = new Set<string>();

  add(path: string): void {
    this.#paths.add(path);
  }

  /** The path is finished or removed: it is no longer ours to clean. */
  forget(path: string): void {
    this.#paths.delete(path);
  }

  /** Removes all that is left, at once, since the process may be about to end. Returns what went wrong with it. */
  removeAll(): unknown[] {
    const errors: unknown[] = [];
    for (const path of this.#paths) {
      try {
        rmSync(path, { recursive: true, force: true, maxRetries: REMOVAL_RETRIES });
      } catch (error) {
        errors.push(error);
      }
    }
    this.#paths.clear();
    return errors;
  }
}
