// The simulator's process: takes its orders from the action, listens, and ends when told; knows no input and no output.
import { startSimulator } from '../index.js';
import { requestLine } from '../request-line.js';
import { writeIrisSamples } from '../sample-data.js';
import type { Order, Ready, StartOrder } from './messages.js';
import { listenForStop } from './stop-listener.js';

/** Longer than any job on GitHub's own runners; for a runner that died before the post step. */
const LONGEST_IDLE_MS = 6 * 60 * 60 * 1000;

let mayStay = false;
/** Until all listens there is nothing to close: what would end the process then is seen when it is. */
let end = () => {};

process.on('message', (order: Order) => {
  if (order.kind === 'stay') mayStay = true;
  else void serve(order);
});
process.on('disconnect', () => {
  // The step ended before it had told anybody that this process is there.
  if (!mayStay) end();
});

async function serve({ options, folder, stopToken }: StartOrder): Promise<void> {
  const idle = setTimeout(() => end(), LONGEST_IDLE_MS);
  const simulator = await startSimulator({
    ...options,
    onAnswered(request) {
      idle.refresh();
      process.stdout.write(requestLine(request));
    },
  });
  const listener = await listenForStop(stopToken, () => end());
  end = () => {
    clearTimeout(idle);
    if (process.connected) process.disconnect();
    void simulator.close().then(() => listener.close());
  };
  process.on('SIGTERM', end);
  const { apiUrl, apiKey, secretKey, modelId, jobId, artifactUrl, runtimeToken } = simulator;
  const ready: Ready = {
    ...{ apiUrl, apiKey, secretKey, modelId, jobId, artifactUrl, runtimeToken },
    stopPort: listener.port,
    samples: writeIrisSamples(folder),
  };
  if (process.connected) process.send?.(ready);
  else end();
}
