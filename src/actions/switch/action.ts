// The action `switch/` as its parts: how it reads, plays and tells; must not hold any logic.
import type { Action } from '../action.js';
import { type Inputs, readInputs } from './inputs.js';
import { outputsOf } from './outputs.js';
import { emptyRecord, type SwitchRecord } from './record.js';
import { switchModel } from './story.js';
import { summaryMarkdown } from './summary.js';

export const switchAction: Action<Inputs, SwitchRecord> = {
  readInputs,
  emptyRecord,
  play: switchModel,
  outputsOf,
  summaryOf: summaryMarkdown,
  goodEndOf: ({ retrainJobId }) => `The model of retrain job ${retrainJobId} is in service.`,
  verdictOutput: 'switched',
  afterCancel: ({ isSwitched }) =>
    isSwitched
      ? 'The switch had been made: the new model is in service, and nothing is left to do.'
      : 'The vendor had not confirmed the switch, but a request may have been under way: run this action again with the same retrain_job_id; switching twice does no harm.',
};
