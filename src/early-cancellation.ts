// Listens for the runner's signals from the first moment; imported first, before anything that takes time to load.
import { cancellation } from './github/cancellation.js';

// Whatever ends this process before the report is out must not look like a success, a throw while loading included.
process.exitCode = 1;

/** Without a handler Node dies at once: a cancel while the modules load would leave no outputs. */
export const earlyCancellation: AbortSignal = cancellation(process);
