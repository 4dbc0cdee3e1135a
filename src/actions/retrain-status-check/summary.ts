// The job summary as a pure function from what is known to Markdown; must not touch files or the environment.
import type { Result } from '../../errors.js';
import { chartName, row } from '../../github/markdown.js';
import { codeCell, folded, paragraphs } from '../../github/summary-cells.js';
import { confusionSection } from '../../github/summary-confusion.js';
import { contributionsSection } from '../../github/summary-contributions.js';
import { type GateVerdictShown, gateSection } from '../../github/summary-gate.js';
import { metricsSection } from '../../github/summary-metrics.js';
import { failureSection, heading, notesSection } from '../../github/summary-sections.js';
import { joinedWithinLimit } from '../../github/summary-size.js';
import { duration } from '../../github/units.js';
import type { GateVerdict } from '../../results/gate.js';
import type { RunRecord, StatusChange } from './run-record.js';
import { glanceSection } from './summary-glance.js';

const MAX_TIMELINE_ROWS = 50;
const STATUS_LENGTH = 200;
const PENDING_NOTE =
  '> [!NOTE]\n> Training goes on at the vendor. Run the action again later with the same `retrain_job_id`.';

/** The whole summary. `nowWallMs` ends the last bar of the timeline; texts must be redacted already. */
export function summaryMarkdown(record: RunRecord, nowWallMs: number): string {
  const { modelReport, gate } = record;
  return joinedWithinLimit([
    verdict(record),
    failureSection(record.error),
    record.result === 'pending' ? PENDING_NOTE : '',
    glanceSection(record),
    gate ? gateSection(shownGate(gate)) : '',
    modelReport ? metricsSection(modelReport.metrics) : '',
    modelReport ? confusionSection(modelReport.confusion) : '',
    modelReport ? contributionsSection(modelReport.contributions) : '',
    problemsSection(record),
    timelineSection(record, nowWallMs),
    notesSection('**Warnings**', record.warnings),
  ]);
}

function shownGate({ passed, conditions }: GateVerdict): GateVerdictShown {
  return { passed, conditions: conditions.map(judged => ({ ...judged, condition: judged.condition.text })) };
}

/** Problems that are no warnings already. */
function problemsSection({ modelReport, warnings }: RunRecord): string {
  const texts = modelReport?.problems.map(({ text }) => text).filter(text => !warnings.includes(text)) ?? [];
  return notesSection('**Files of the results that were not understood**', texts);
}

/** A gate that stopped the model comes before faults of storing it, not before a run that broke off. */
function verdict({ result, gate }: RunRecord): string {
  if (gate?.passed === false && result !== 'cancelled' && result !== 'internal_error')
    return '## ❌ The gate stopped the new model: not ready to switch';
  return heading(result, {
    succeeded: `✅ ${gate ? 'The new model passed the gate' : 'Retraining finished'}: ready to switch`,
    pending: '⏳ Retraining is still going on',
  });
}

function timelineSection({ timeline, result }: RunRecord, nowWallMs: number): string {
  if (timeline.length === 0) return '';
  const shown = timeline.slice(-MAX_TIMELINE_ROWS);
  const left = timeline.length - shown.length;
  const table = [
    row('Status', 'First seen (UTC)', 'After', 'For'),
    row(':---', ':---', '---:', '---:'),
    ...shown.map((change, index) => timelineRow(change, endOf(shown, index, nowWallMs))),
  ];
  const note = left > 0 ? `The first ${left} changes are left out.` : '';
  return paragraphs(
    '### Status timeline',
    chart(shown, result, nowWallMs),
    folded('The same as a table', paragraphs(note, table.join('\n'))),
  );
}

function timelineRow(change: StatusChange, endMs: number): string {
  const seen = new Date(change.atWallMs).toISOString().slice(11, 19);
  return row(
    codeCell(change.status, STATUS_LENGTH),
    seen,
    duration(change.waitedMs),
    duration(endMs - change.atWallMs),
  );
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
