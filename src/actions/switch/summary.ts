// The job summary of `switch/` as a pure function from what is known to Markdown; must not touch files.
import { code } from '../../github/markdown.js';
import { factsTable, failureSection, heading, notesSection } from '../../github/summary-sections.js';
import type { SwitchRecord } from './record.js';

const HEADINGS = { succeeded: '✅ Switched: the new model is in service' };

/** The whole summary; texts must be redacted already. */
export function summaryMarkdown(record: SwitchRecord): string {
  const { result, error, retrainJobId, isSwitched, warnings } = record;
  const sections = [
    heading(result, HEADINGS),
    failureSection(error),
    factsTable(result, [
      ['Switched', isSwitched ? 'yes' : 'no'],
      ['Retrain job id', retrainJobId && code(retrainJobId)],
      ['Error code', error?.apiCode && code(error.apiCode)],
    ]),
    notesSection('**Warnings**', warnings),
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}
