// `npm run demo -- --scenario gate`: a good and a damaged upload before the gate; must not know the action's inside.
import type { Simulator } from '../simulator/index.js';
import { damagedIrisTraining, irisEvaluation, irisTraining, irisZip } from '../simulator/sample-data.js';
import type { Table } from '../simulator/table.js';

export const GATE = 'Accuracy >= 0.9\nF-score >= previous';

/** Runs the action on the given inputs, shows its log and gives what it wrote to GITHUB_OUTPUT. */
export type ActionRun = (inputs: Record<string, string>) => Promise<Record<string, string>>;

interface Part {
  title: string;
  training: Table;
  expected: { result: string; ready_to_switch: string };
}

/** Shows both parts, one after the other; whether both verdicts were as meant. */
export async function demoGate(simulator: Simulator, run: ActionRun): Promise<boolean> {
  const parts: Part[] = [
    {
      title: '1. Good data: the gate lets the new model pass',
      training: irisTraining(),
      expected: { result: 'succeeded', ready_to_switch: 'true' },
    },
    {
      title: '2. The same flowers with damaged labels: the gate stops the new model',
      training: damagedIrisTraining(),
      expected: { result: 'gate_failed', ready_to_switch: 'false' },
    },
  ];
  for (const part of parts) {
    if (!(await showPart(simulator, part, run))) return false;
  }
  return true;
}

async function showPart(simulator: Simulator, part: Part, run: ActionRun): Promise<boolean> {
  const { title, training, expected } = part;
  console.log(`\n${title}\n`);
  const bytes = await irisZip(training);
  const jobId = await upload(simulator, bytes);
  console.log(`Upload     iris.zip, ${bytes.length} bytes, as job ${jobId}`);
  console.log(`           train_src/ ${training.rows.length} rows to train with`);
  console.log(
    `           eval_src/  ${irisEvaluation().rows.length} rows to evaluate with, their labels untouched`,
  );
  console.log(`Gate       ${GATE.replaceAll('\n', '\n           ')}\n\nThe step's log:\n`);
  const outputs = await run({ retrain_job_id: jobId, gate: GATE });
  tellMetrics(outputs.metrics);
  console.log(`Verdict    result ${outputs.result}, ready_to_switch ${outputs.ready_to_switch}`);
  if (outputs.ready_to_switch === 'true') await switchModel(simulator, jobId);
  else console.log('Switch     not called: the model in service stays');
  const isAsMeant =
    outputs.result === expected.result && outputs.ready_to_switch === expected.ready_to_switch;
  if (!isAsMeant) {
    console.log(`\nMeant was  result ${expected.result}, ready_to_switch ${expected.ready_to_switch}!`);
  }
  return isAsMeant;
}

async function upload(simulator: Simulator, bytes: Buffer): Promise<string> {
  const url = `${simulator.apiUrl}/v1/external/retrain_jobs/upload_url?filename=iris.zip`;
  const answer = await fetch(url, { headers: { 'x-api-key': simulator.apiKey } });
  const given = (await answer.json()) as { retrain_job_id: string; upload_url: string };
  const put = await fetch(given.upload_url, { method: 'PUT', body: new Uint8Array(bytes) });
  if (!put.ok) throw new Error(`The upload was answered with ${put.status}.`);
  return given.retrain_job_id;
}

async function switchModel(simulator: Simulator, jobId: string): Promise<void> {
  const url = `${simulator.apiUrl}/v1/external/retrain_jobs/${jobId}/update_model`;
  const answer = await fetch(url, { method: 'PUT', headers: { 'x-api-key': simulator.apiKey } });
  if (!answer.ok) throw new Error(`The switch was answered with ${answer.status}.`);
  console.log('Switch     called: the new model is in service, and the previous one of the next job');
}

/** The output is JSON: `{"Accuracy": {"new": 0.96, "previous": 0.85}, …}`. */
function tellMetrics(json: string | undefined): void {
  console.log(`\nMetrics    ${''.padEnd(12)}${'new'.padEnd(10)}previous`);
  const metrics = JSON.parse(json || '{}') as Record<string, { new?: number; previous?: number }>;
  for (const [name, values] of Object.entries(metrics)) {
    console.log(
      `           ${name.padEnd(12)}${String(values.new ?? '-').padEnd(10)}${values.previous ?? '-'}`,
    );
  }
}
