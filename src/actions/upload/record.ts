// All that one run of `upload/` has found out so far; must not know how it looks.
import type { BaseRecord } from '../../github/report.js';
import type { Parts } from '../parts.js';

export interface UploadRecord extends BaseRecord {
  /** What the data was announced as. */
  fileName: string | undefined;
  /** What storage has, once it said so. */
  uploaded: { readonly sizeBytes: number; readonly sha256: string; readonly tookMs: number } | undefined;
}

export type UploadParts = Parts<UploadRecord>;

/** A record of a run of which nothing is known yet. */
export function emptyRecord(): UploadRecord {
  return {
    result: undefined,
    error: undefined,
    retrainJobId: undefined,
    fileName: undefined,
    uploaded: undefined,
    warnings: [],
  };
}
