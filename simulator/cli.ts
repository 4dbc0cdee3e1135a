// The simulator as a program for people: options in, addresses and keys out; knows no behaviour of the servers.
import { HELP, listText, readCommand } from './cli-options.js';
import { startSimulator } from './index.js';
import { requestLine } from './request-line.js';
import type { RecordedRequest, Simulator } from './scenario.js';

async function main(args: string[]): Promise<void> {
  const command = readCommand(args);
  if (command.kind === 'help') return print(HELP);
  if (command.kind === 'list') return print(listText());
  const onAnswered = command.verbose ? (request: RecordedRequest) => print(requestLine(request)) : undefined;
  const simulator = await startSimulator({ ...command.options, onAnswered });
  print(startText(simulator, String(command.options.scenario)));
  closeOnSignal(simulator);
}

function closeOnSignal(simulator: Simulator): void {
  const end = () => {
    process.off('SIGINT', end);
    process.off('SIGTERM', end);
    void simulator.close();
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

function startText(simulator: Simulator, scenarioName: string): string {
  return `The simulator runs scenario '${scenarioName}'; Ctrl-C ends it.

api_url         ${simulator.apiUrl}
api_key         ${simulator.apiKey}
secret_key      ${simulator.secretKey}
model_id        ${simulator.modelId}
retrain_job_id  ${simulator.jobId}

export ACTIONS_RESULTS_URL=${simulator.artifactUrl}/
export ACTIONS_RUNTIME_TOKEN=${simulator.runtimeToken}

An uploaded CSV or ZIP is really trained on (last column: the target), and its job's results are those of that model.

`;
}

function print(text: string): void {
  process.stdout.write(text);
}

function fail(error: unknown): void {
  const { message, code } = error as NodeJS.ErrnoException;
  // parseArgs adds advice in further sentences and lines; the first one names the fault.
  const text = code?.startsWith('ERR_PARSE_ARGS') ? (message.split(/\.\s/)[0] ?? message) : message;
  process.stderr.write(`Cannot start the simulator as ${text}\n`);
  process.exitCode = 1;
}

main(process.argv.slice(2)).catch(fail);
