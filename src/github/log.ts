// Our way to the runner's log: every line redacted and made printable; must not know what is going on.
import * as core from '@actions/core';
import { printable } from './printable.js';

export interface Log {
  info(text: string): void;
  /** Shown with debug logging only (RUNNER_DEBUG). */
  debug(text: string): void;
  warning(title: string, text: string): void;
  error(title: string, text: string): void;
  /** Folds the lines that `work` writes under one name. */
  group<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** The step's log: every text is redacted and made printable, so that none of it is a workflow command. */
export function createLog(redact: (text: string) => string): Log {
  // Once more at the end: taking invisible signs out of a text may put a credential together.
  const clean = (text: string) => redact(printable(redact(text)));
  return {
    info: text => core.info(clean(text)),
    debug: text => {
      if (core.isDebug()) core.debug(clean(text));
    },
    warning: (title, text) => core.warning(clean(text), { title: clean(title) }),
    error: (title, text) => core.error(clean(text), { title: clean(title) }),
    group: (name, work) => core.group(clean(name), work),
  };
}
