// Reads CHANGELOG.md: its newest version and the notes of one; `npm run release-notes`; must not know git or GitHub.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROJECT } from './build.js';

export interface Heading {
  readonly version: string;
  /** `YYYY-MM-DD`, or `unreleased`. */
  readonly date: string;
}

const HEADING = /^## \[(.+?)\](?: - (.*?))?[ \t]*$/m;

export function readChangelog(): string {
  return readFileSync(join(PROJECT, 'CHANGELOG.md'), 'utf8');
}

/** The first heading of a version, `## [1.0.0] - 2026-12-01`; undefined where there is none. */
export function newestHeading(changelog: string): Heading | undefined {
  const [, version, date = ''] = HEADING.exec(changelog) ?? [];
  return version === undefined ? undefined : { version, date };
}

/** What stands under the heading of `version`, without it. @throws Error when there is no such heading or nothing under it */
export function notesOf(changelog: string, version: string): string {
  const sections = changelog.split(/^(?=## )/m);
  const section = sections.find(text => HEADING.exec(text)?.[1] === version && text.startsWith('## '));
  const notes = section?.replace(HEADING, '').trim() ?? '';
  if (notes !== '') return `${notes}\n`;
  const have = sections.flatMap(text => HEADING.exec(text)?.[1] ?? []).join(', ');
  throw new Error(
    `Cannot write release notes as CHANGELOG.md must say something under '## [${version}]': it has ${have}.`,
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const [version = newestHeading(readChangelog())?.version ?? ''] = process.argv.slice(2);
    process.stdout.write(notesOf(readChangelog(), version.replace(/^v/, '')));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
