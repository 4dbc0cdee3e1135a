// The errors of what a workflow gives to an action, as data; must not know any input's rule.
import type { Message } from './message.js';

export const INPUTS = {
  unusable: {
    id: 'input-unusable',
    results: ['invalid_input'],
    title: 'An input cannot be used',
    what: '{whatEachInputMustBe}',
    likelyCause: 'A typo, a value of another form or unit, or a secret or output that is empty here.',
    nextStep: 'Correct the inputs under `with:` of the step and re-run the job.',
  },
  directoryNotWritable: {
    id: 'results-directory-not-writable',
    results: ['invalid_input'],
    title: 'The folder for the results cannot be created or written',
    what: "Cannot store the results as 'results_directory' must be a folder that can be created and written: current value is '{directory}'.",
    likelyCause: 'The system said: {reason}.',
    nextStep: 'Name a folder that the runner may write.',
  },
  noDirectory: {
    id: 'no-results-directory',
    results: ['invalid_input'],
    title: 'There is no folder for the results',
    what: "Cannot store the results as 'results_directory' must be set where the runner gives no RUNNER_TEMP: current value is ''.",
    likelyCause: 'The action runs outside a GitHub runner.',
    nextStep: 'Set results_directory to a folder, or the environment variable RUNNER_TEMP.',
  },
} as const satisfies Record<string, Message>;
