// Listens for the runner's signals from the first moment; imported first, before anything that takes time to load.
import { cancellation } from './github/cancellation.js';

/** Without a handler Node dies at once: a cancel while the modules load would leave no outputs. */
export const earlyCancellation: AbortSignal = cancellation(process);
