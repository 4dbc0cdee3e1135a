// The story of a switch: one idempotent call, repeated until it is answered; must not know how it is told.
import type { CallContext } from '../../prediction-one/api-call.js';
import { connect } from '../api-client.js';
import type { Parts } from '../parts.js';
import { askVendor } from '../vendor-call.js';
import type { Inputs } from './inputs.js';
import type { SwitchRecord } from './record.js';

/** Fills the record as it goes; throws what ends the story badly. */
export async function switchModel(inputs: Inputs, parts: Parts<SwitchRecord>): Promise<void> {
  const { record, log } = parts;
  const { retrainJobId, apiUrl } = inputs;
  record.retrainJobId = retrainJobId;
  const client = await connect(inputs, parts);
  log.info(`Putting the model of retrain job ${retrainJobId} into service at ${apiUrl.host}.`);
  const ask = (context: CallContext) => client.switchModel(retrainJobId, context);
  await askVendor({ name: 'The model switch', ask }, inputs, parts);
  record.isSwitched = true;
  record.result = 'succeeded';
}
