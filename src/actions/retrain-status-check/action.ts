// The root action as its parts: how it reads, plays and tells; must not hold any logic.
import { CANCELLED } from '../../messages/waiting.js';
import type { Action } from '../action.js';
import { type Inputs, readInputs } from './inputs.js';
import { outputsOf } from './outputs.js';
import { emptyRecord, type Libraries, type RunRecord } from './run-record.js';
import { retrainStatusCheck } from './story.js';
import { summaryMarkdown } from './summary.js';

export function retrainStatusCheckAction(libraries: Libraries): Action<Inputs, RunRecord> {
  return {
    readInputs,
    emptyRecord,
    play: (inputs, parts) => retrainStatusCheck(inputs, { ...parts, ...libraries }),
    outputsOf,
    summaryOf: summaryMarkdown,
    goodEndOf: ({ modelId }) => `Ready to switch${modelId ? ` to model ${modelId}` : ''}.`,
    verdictOutput: 'ready_to_switch',
    afterCancel: () => CANCELLED.wait,
  };
}
