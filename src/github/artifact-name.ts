// The names an artifact may get, as pure rules; must not know the artifact service.

import type { ContentKind } from '../results/content-kind.js';
import { folderNameForJob, splitExtension } from '../results/file-name.js';

const MAX_NAME_BYTES = 255;

/** The default name of a job's artifact: `retrain-results-<job id>`, valid for GitHub whatever the id. */
export function defaultArtifactName(retrainJobId: string): string {
  return `retrain-results-${folderNameForJob(retrainJobId)}`;
}

export interface StoredAs {
  readonly name: string;
  /** Stored as it is, under its own name, instead of being zipped (again). */
  readonly isRaw: boolean;
}

/**
 * How to store a results file on try number `attempt` (1, 2, 3): an already compressed file as it is, its
 * extension added to the asked name, since GitHub serves it under that name; `-2` and `-3` mark later tries.
 */
export function artifactNameFor(
  asked: string,
  attempt: number,
  file: { readonly name: string; readonly kind: ContentKind },
): StoredAs {
  const mark = attempt === 1 ? '' : `-${attempt}`;
  const isCompressed = file.kind === 'zip' || file.kind === 'compressed';
  const own = splitExtension(file.name).extension;
  const extension = own === '' && file.kind === 'zip' ? '.zip' : own;
  const hasExtension = extension !== '' && asked.toLowerCase().endsWith(extension.toLowerCase());
  const rawName = `${asked}${mark}${hasExtension && mark === '' ? '' : extension}`;
  const isRaw = isCompressed && extension !== '' && Buffer.byteLength(rawName) <= MAX_NAME_BYTES;
  return isRaw ? { name: rawName, isRaw } : { name: `${asked}${mark}`, isRaw };
}
