// Which keys are good for what; knows no HTTP beyond the key's text and no job.
import { randomUUID } from 'node:crypto';
import {
  FRESH_KEY_DAYS,
  formatEndDate,
  MISSING_KEY_MESSAGE,
  UNKNOWN_KEY_MESSAGE,
  WRONG_KIND_OF_KEY_MESSAGE,
} from './assumptions.js';

const DAY_MS = 24 * 60 * 60 * 1000;

export type KeyKind = 'api' | 'secret';

export interface KeyRing {
  /** The vendor's message about this key; nothing when the key is good for that kind of call. */
  complaint(key: string | undefined, kind: KeyKind): string | undefined;
  /** A new API key that is accepted from now on, in the shape of the documented answer. */
  issue(): { api_key: string; end_date: string };
}

export function createKeyRing(apiKey: string, secretKey: string): KeyRing {
  const keys = new Map<string, KeyKind>([
    [apiKey, 'api'],
    [secretKey, 'secret'],
  ]);
  return {
    complaint(key, kind) {
      if (key === undefined || key === '') return MISSING_KEY_MESSAGE;
      const known = keys.get(key);
      if (known === undefined) return UNKNOWN_KEY_MESSAGE;
      return known === kind ? undefined : WRONG_KIND_OF_KEY_MESSAGE;
    },
    issue() {
      const key = `simulator-fresh-key-${randomUUID()}`;
      keys.set(key, 'api');
      return { api_key: key, end_date: formatEndDate(new Date(Date.now() + FRESH_KEY_DAYS * DAY_MS)) };
    },
  };
}
