// The vendor's API for one run, with a key that works: the one given, or a fresh one; must not know what it is used for.
import type { BaseRecord } from '../github/report.js';
import { type Client, createClient } from '../prediction-one/client.js';
import type { ApiInputs } from './api-inputs.js';
import type { Parts } from './parts.js';
import { askVendor, type OutOfTime } from './vendor-call.js';

/** An upper limit for getting a key, where the action has one. */
export interface Deadline {
  readonly timeoutMs: number;
  readonly outOfTime: (ended: OutOfTime) => Error;
}

/**
 * A client with an API key. With `secret_key` the key is issued now (Get API Key) and made a secret at once.
 * @throws VendorError, NetworkError, what `deadline` says, or the signal's reason
 */
export async function connect<R extends BaseRecord>(
  inputs: ApiInputs,
  parts: Parts<R>,
  deadline?: Deadline,
): Promise<Client> {
  const { credentials, apiUrl, requestTimeoutMs, maxOutageMs } = inputs;
  const { transport, clock, log, hide } = parts;
  const clientWith = (apiKey: string, isKeyFresh = false) =>
    createClient({ apiUrl, apiKey, isKeyFresh, requestTimeoutMs, transport, wallMs: clock.wallMs });
  if (credentials.apiKey !== undefined) return clientWith(credentials.apiKey);
  const { secretKey, modelId } = credentials;
  const client = clientWith(secretKey);
  const apiKey = await askVendor(
    {
      name: 'The request for an API key',
      ask: context => client.issueApiKey(modelId, context),
      ...(deadline && { outOfTime: deadline.outOfTime }),
    },
    { maxOutageMs, requestTimeoutMs, ...(deadline && { timeoutMs: deadline.timeoutMs }) },
    parts,
  );
  hide({ redact: [apiKey], mask: [apiKey] });
  log.info(`Got a fresh API key for model ${modelId} from the secret key.`);
  return clientWith(apiKey, true);
}
