// The facts of a run at a glance in the job summary, as a pure function to Markdown; must not judge them.
import { code, plain, row } from '../../github/markdown.js';
import { codeCell, folded, paragraphs } from '../../github/summary-cells.js';
import { duration, size } from '../../github/units.js';
import type { RunRecord } from './run-record.js';

const STATUS_LENGTH = 200;

type Facts = readonly (readonly [name: string, value: string | undefined])[];

/** A row of what is short, lines for what may be long, and where the files are, folded away. */
export function glanceSection(record: RunRecord): string {
  const { artifact, error } = record;
  const short = known([
    ['Ready to switch', record.result === 'succeeded' ? '**yes**' : '**no**'],
    ['Result', code(record.result ?? 'internal_error')],
    ['Model id', record.modelId && codeCell(record.modelId)],
    ['Status', record.status && codeCell(record.status, STATUS_LENGTH)],
    ['Time waited', timeWaited(record)],
    ['Error code', error?.apiCode && codeCell(error.apiCode)],
  ]);
  const long = known([
    ['Message', record.message && plain(record.message)],
    ['Artifact', artifact && `[${plain(artifact.name)}](<${artifact.url}>)`],
    ['Retrain job id', record.retrainJobId && code(record.retrainJobId)],
  ]);
  const table = [
    row(...short.map(([name]) => name)),
    row(...short.map(() => ':---')),
    row(...short.map(([, value]) => value)),
  ];
  return paragraphs(
    table.join('\n'),
    long.map(([name, value]) => `**${name}:** ${value}`).join('<br>\n'),
    filesOf(record),
  );
}

function filesOf({ results, extractedDirectory }: RunRecord): string {
  const facts = known([
    ['Results file', results && `${code(results.file)}${results.fromCache ? ' (from the tool cache)' : ''}`],
    ['Size', results && `${size(results.sizeBytes)} (${results.sizeBytes} bytes)`],
    ['SHA-256', results && code(results.sha256)],
    ['Unpacked', extractedDirectory && code(extractedDirectory)],
  ]);
  if (facts.length === 0) return '';
  return folded('Files on the runner', facts.map(([name, value]) => `- **${name}:** ${value}`).join('\n'));
}

function timeWaited({ elapsedMs, statusChecks }: RunRecord): string | undefined {
  if (elapsedMs === undefined) return undefined;
  return `${duration(elapsedMs)}, ${statusChecks} status ${statusChecks === 1 ? 'check' : 'checks'}`;
}

function known(facts: Facts): [name: string, value: string][] {
  return facts.flatMap(([name, value]) => (value ? [[name, value]] : []));
}
