// What must hold before a release, as pure rules over the texts of the project; must not read files or run programs.
import { type Heading, newestHeading } from './changelog.js';

/** Text of each file, by its path with slashes. */
export type Texts = Readonly<Record<string, string>>;

export interface ReleaseFacts {
  /** The tag that is released, such as `v1.0.0`; undefined before there is one. */
  readonly tag: string | undefined;
  readonly packageJson: string;
  readonly packageLock: string;
  readonly changelog: string;
  readonly workflows: Texts;
  /** All that people read or copy. */
  readonly texts: Texts;
  readonly isOwnerAllowed: boolean;
}

/** An action that a workflow uses. */
export interface Use {
  readonly file: string;
  readonly line: number;
  /** `owner/name`, without a folder in it. */
  readonly repository: string;
  readonly ref: string;
  /** What the comment behind it says, such as `v6.0.2`. */
  readonly comment: string;
}

/** What is written in place of the repository's owner until there is one. */
const OWNER = 'OWNER/retrain-status-check';
const USE =
  /^\s*(?:-\s+)?uses:\s*['"]?([\w.-]+\/[\w.-]+)(?:\/[\w./-]+)?@([^\s'"#]+)['"]?(?:\s+#\s*(.*?))?\s*$/;
const SHA = /^[0-9a-f]{40}$/;
const EXACT_VERSION = /^v\d+\.\d+\.\d+$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** All that stands in the way of a release, a sentence each; empty when nothing does. */
export function releaseProblems(facts: ReleaseFacts): string[] {
  return [
    ...versionProblems(facts),
    ...usesOf(facts.workflows).flatMap(pinProblem),
    ...(facts.isOwnerAllowed ? [] : ownerProblems(facts.texts)),
    ...lockProblems(facts.packageLock),
  ];
}

function versionProblems({ tag, packageJson, packageLock, changelog }: ReleaseFacts): string[] {
  const { version } = JSON.parse(packageJson) as { version: string };
  const locked = (JSON.parse(packageLock) as { version: string }).version;
  const heading: Heading = newestHeading(changelog) ?? { version: 'none', date: '' };
  const problems: string[] = [];
  if (locked !== version)
    problems.push(`package-lock.json says version ${locked}, package.json says ${version}.`);
  if (heading.version !== version)
    problems.push(
      `CHANGELOG.md's newest heading is of version ${heading.version}, package.json says ${version}.`,
    );
  if (tag === undefined) return problems;
  if (tag !== `v${version}`) problems.push(`The tag is ${tag}, package.json says ${version}.`);
  if (heading.version === version && !DATE.test(heading.date))
    problems.push(
      `CHANGELOG.md's newest heading needs the day of the release (YYYY-MM-DD): it has '${heading.date}'.`,
    );
  return problems;
}

/** Every action that the workflows use from other repositories. */
export function usesOf(workflows: Texts): Use[] {
  return Object.entries(workflows).flatMap(([file, text]) =>
    text.split('\n').flatMap((content, index) => {
      const [, repository = '', ref = '', comment = ''] = USE.exec(content) ?? [];
      const isOurs = repository === OWNER;
      return repository === '' || isOurs ? [] : [{ file, line: index + 1, repository, ref, comment }];
    }),
  );
}

function pinProblem({ file, line, repository, ref, comment }: Use): string[] {
  const place = `${file}:${line}`;
  if (!SHA.test(ref))
    return [`${place} uses ${repository}@${ref}: pin the full SHA, with the version in a comment.`];
  if (comment.includes('pin-before-release')) return [`${place} still says pin-before-release.`];
  if (EXACT_VERSION.test(comment)) return [];
  return [
    `${place} uses ${repository} at a SHA whose comment must be its exact version: it is '${comment}'.`,
  ];
}

function ownerProblems(texts: Texts): string[] {
  const files = Object.entries(texts).filter(([, text]) => text.includes(OWNER));
  return files.map(([file]) => `${file} still says ${OWNER}.`);
}

/** Addresses of one registry in the lock would bind everybody to it. */
function lockProblems(lock: string): string[] {
  return lock.includes('"resolved"') ? ["package-lock.json has 'resolved' addresses: take them out."] : [];
}

/**
 * Whether the tag that a comment names is at the SHA that is used.
 * @param listed what `git ls-remote REPOSITORY refs/tags/TAG refs/tags/TAG^{}` says
 */
export function tagProblem({ file, line, repository, ref, comment }: Use, listed: string): string[] {
  const shas = listed.split('\n').flatMap(row => row.split('\t')[0] || []);
  // An annotated tag comes twice, the commit that it is of last.
  const found = shas.at(-1) ?? 'not there';
  return found === ref ? [] : [`${file}:${line}: ${repository} ${comment} is ${found}, not ${ref}.`];
}
