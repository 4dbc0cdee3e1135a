// The error of data that cannot be trained on, worded as the API says it; knows no file and no model.
import { TRAINING_FAILURES, type TrainingFailure } from './assumptions.js';

/** Its message becomes the `message` of the failed job. */
export class TrainingRefusal extends Error {
  override readonly name = 'TrainingRefusal';

  constructor(reason: TrainingFailure, options?: ErrorOptions) {
    super(TRAINING_FAILURES[reason], options);
  }
}
