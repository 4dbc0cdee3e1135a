// A warning for people: in the log at once, in the summary at the end; must not know what it is about.
import type { Parts } from './parts.js';

/** `text` is whole sentences. */
export function warn({ log, record }: Pick<Parts, 'log' | 'record'>, title: string, text: string): void {
  record.warnings.push(text);
  log.warning(title, text);
}
