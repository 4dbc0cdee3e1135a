// The job summary of `upload/` as a pure function from what is known to Markdown; must not touch files.
import { code } from '../../github/markdown.js';
import { factsTable, failureSection, heading, notesSection } from '../../github/summary-sections.js';
import { duration, size } from '../../github/units.js';
import type { UploadRecord } from './record.js';

const HEADINGS = { succeeded: '✅ Data uploaded: training starts by itself' };

/** The whole summary; texts must be redacted already. */
export function summaryMarkdown(record: UploadRecord): string {
  const { result, error, retrainJobId, fileName, uploaded, warnings } = record;
  const sections = [
    heading(result, HEADINGS),
    failureSection(error),
    factsTable(result, [
      ['Retrain job id', retrainJobId && code(retrainJobId)],
      ['File name', fileName && code(fileName)],
      ['Size', uploaded && `${size(uploaded.sizeBytes)} (${uploaded.sizeBytes} bytes)`],
      ['SHA-256', uploaded && code(uploaded.sha256)],
      ['Time', uploaded && duration(uploaded.tookMs)],
      ['Error code', error?.apiCode && code(error.apiCode)],
    ]),
    notesSection('**Warnings**', warnings),
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}
