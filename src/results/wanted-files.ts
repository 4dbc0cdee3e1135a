// Which files of a results ZIP tell about the models, as pure rules on their paths; must not read them.
import { meaningOf } from './header-words.js';
import { FILE_NAMES, PREVIOUS_MODEL_FILE } from './metrics-assumptions.js';

/** What a file tells; each is told by one file. */
export type Role =
  | 'metrics'
  | 'comparison'
  | 'contributions'
  | 'contributions of the previous model'
  | 'confusion'
  | 'confusion of the previous model';

/**
 * The role of a file by its base name, or undefined; parts of `path` are separated by `/`. What stands in a folder of
 * the previous model is never taken for the new one's.
 */
export function roleOf(path: string): Role | undefined {
  const stem = stemOf(path);
  if (stem === undefined) return undefined;
  const isInPrevious = path.split('/').slice(0, -1).some(isOfPreviousModel);
  if (FILE_NAMES.metrics.test(stem)) return isInPrevious ? undefined : 'metrics';
  if (FILE_NAMES.comparison.test(stem)) return isInPrevious ? undefined : 'comparison';
  const ofPrevious = isInPrevious || PREVIOUS_MODEL_FILE.test(stem);
  if (FILE_NAMES.contributions.test(stem))
    return ofPrevious ? 'contributions of the previous model' : 'contributions';
  if (FILE_NAMES.confusion.test(stem)) return ofPrevious ? 'confusion of the previous model' : 'confusion';
  return undefined;
}

/**
 * The files that count among those of one role: of the documented name before others that only begin so, and of
 * those the nearest to the root. More than one is a doubt that only their bytes can end.
 */
export function nearest<T extends { readonly path: string }>(files: readonly T[]): T[] {
  const exact = files.filter(({ path }) => isDocumentedName(path));
  const candidates = exact.length > 0 ? exact : files;
  const depths = candidates.map(({ path }) => path.split('/').length);
  const least = depths.reduce((one, other) => Math.min(one, other), Number.POSITIVE_INFINITY);
  return candidates.filter((_, index) => depths[index] === least);
}

function isOfPreviousModel(folder: string): boolean {
  const { model, isWhole } = meaningOf(folder);
  return isWhole && model === 'previous';
}

function stemOf(path: string): string | undefined {
  return /^(.+)\.csv$/i.exec(path.split('/').at(-1) ?? '')?.[1];
}

function isDocumentedName(path: string): boolean {
  return /^(metrics|metrics_comparison|(analysis_summary|confusion_matrix)(_previous_model)?)$/i.test(
    stemOf(path) ?? '',
  );
}
