// All that one run of `switch/` has found out so far; must not know how it looks.
import type { BaseRecord } from '../../github/report.js';

export interface SwitchRecord extends BaseRecord {
  /** Whether the API confirmed the switch. */
  isSwitched: boolean;
}

/** A record of a run of which nothing is known yet. */
export function emptyRecord(): SwitchRecord {
  return { result: undefined, error: undefined, retrainJobId: undefined, isSwitched: false, warnings: [] };
}
