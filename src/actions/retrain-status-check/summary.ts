// The job summary as a pure function from what is known to Markdown; must not touch files or the environment.
import type { Result } from '../../errors.js';
import { chartName, code, plain, row } from '../../github/markdown.js';
import {
  type Fact,
  factsTable,
  failureSection,
  heading,
  warningsSection,
} from '../../github/summary-sections.js';
import { duration, size } from '../../github/units.js';
import type { RunRecord, StatusChange } from './run-record.js';

const MAX_TIMELINE_ROWS = 50;
const HEADINGS = {
  succeeded: '✅ Retraining finished: ready to switch',
  pending: '⏳ Retraining is still going on',
};
const PENDING_NOTE =
  '> [!NOTE]\n> Training goes on at the vendor. Run the action again later with the same `retrain_job_id`.';

/** The whole summary. `nowWallMs` ends the last bar of the timeline; texts must be redacted already. */
export function summaryMarkdown(record: RunRecord, nowWallMs: number): string {
  const sections = [
    heading(record.result, HEADINGS),
    failureSection(record.error),
    record.result === 'pending' ? PENDING_NOTE : '',
    factsTable(record.result, factsOf(record)),
    timelineSection(record, nowWallMs),
    warningsSection(record.warnings),
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

function factsOf(record: RunRecord): Fact[] {
  const { results, artifact } = record;
  return [
    ['Ready to switch', record.result === 'succeeded' ? 'yes' : 'no'],
    ['Model id', record.modelId && code(record.modelId)],
    ['Retrain job id', record.retrainJobId && code(record.retrainJobId)],
    ['Status', record.status && code(record.status)],
    ['Message', record.message && plain(record.message)],
    [
      'Time waited',
      record.elapsedMs === undefined ? undefined : waited(record.elapsedMs, record.statusChecks),
    ],
    ['Results file', results && `${code(results.file)}${results.fromCache ? ' (from the tool cache)' : ''}`],
    ['Size', results && `${size(results.sizeBytes)} (${results.sizeBytes} bytes)`],
    ['SHA-256', results && code(results.sha256)],
    ['Unpacked', record.extractedDirectory && code(record.extractedDirectory)],
    ['Artifact', artifact && `[${plain(artifact.name)}](<${artifact.url}>)`],
    ['Error code', record.error?.apiCode && code(record.error.apiCode)],
  ];
}

function waited(elapsedMs: number, statusChecks: number): string {
  return `${duration(elapsedMs)}, ${statusChecks} status ${statusChecks === 1 ? 'check' : 'checks'}`;
}

function timelineSection({ timeline, result }: RunRecord, nowWallMs: number): string {
  if (timeline.length === 0) return '';
  const shown = timeline.slice(-MAX_TIMELINE_ROWS);
  const left = timeline.length - shown.length;
  const table = [
    row('Status', 'First seen (UTC)', 'After', 'For'),
    row('---', '---', '---:', '---:'),
    ...shown.map((change, index) => timelineRow(change, endOf(shown, index, nowWallMs))),
  ];
  const note = left > 0 ? `The first ${left} changes are left out.` : '';
  return ['### Status timeline', note, table.join('\n'), chart(shown, result, nowWallMs)]
    .filter(Boolean)
    .join('\n\n');
}

function timelineRow(change: StatusChange, endMs: number): string {
  const seen = new Date(change.atWallMs).toISOString().slice(11, 19);
  return row(code(change.status), seen, duration(change.waitedMs), duration(endMs - change.atWallMs));
}

/** Times are epoch milliseconds: Mermaid shows them in the reader's own time zone. */
function chart(timeline: readonly StatusChange[], result: Result | undefined, nowWallMs: number): string {
  const tasks = timeline.map((change, index) => {
    const endMs = Math.max(endOf(timeline, index, nowWallMs), change.atWallMs + 1);
    const isLast = index === timeline.length - 1;
    const style = isLast
      ? result === 'succeeded'
        ? 'done, '
        : result === 'job_failed'
          ? 'crit, '
          : 'active, '
      : '';
    return `    ${index + 1} ${chartName(change.status)} :${style}${Math.round(change.atWallMs)}, ${Math.round(endMs)}`;
  });
  const head = ['gantt', '    dateFormat x', '    axisFormat %H:%M:%S', '    section Retrain job'];
  return ['```mermaid', ...head, ...tasks, '```'].join('\n');
}

function endOf(timeline: readonly StatusChange[], index: number, nowWallMs: number): number {
  return timeline[index + 1]?.atWallMs ?? nowWallMs;
}
