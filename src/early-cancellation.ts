// Listens for the runner's signals from the first moment; imported first, before anything that takes time to load.
import { cancellation } from './github/cancellation.js';

/** What `entry.ts` has heard before this was loaded; nothing where it was not the one that loaded it. */
const before = (globalThis as { [name: symbol]: readonly string[] | undefined })[
  Symbol.for('signals before the action was loaded')
];

/** Without a handler Node dies at once: a cancel while the modules load would leave no outputs. */
export const earlyCancellation: AbortSignal = cancellation(process, before);
