// The error of the action itself, as data; must not know what went wrong.
import type { Message } from './message.js';

export const INTERNAL = {
  id: 'internal-error',
  results: ['internal_error'],
  title: 'The action itself fails',
  what: 'The action itself failed: {reason}',
  likelyCause: 'A fault in the action’s own code, or a runner on which it was never tried.',
  nextStep:
    'Re-run the job; if it happens again, report it with the log of a run with debug logging enabled.',
} as const satisfies Message;
