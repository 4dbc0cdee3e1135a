// The action `switch/` as its parts: how it reads, plays and tells; must not hold any logic.
import { CANCELLED } from '../../messages/waiting.js';
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
  afterCancel: ({ isSwitched }) => (isSwitched ? CANCELLED.switched : CANCELLED.switching),
};
