// What stands in the way of a release is found, each by itself; the changelog gives the notes of one version.
import { describe, expect, test } from '@jest/globals';
import { newestHeading, notesOf } from '../../scripts/changelog.js';
import { type ReleaseFacts, releaseProblems, tagProblem, usesOf } from '../../scripts/release-rules.js';

const SHA = '0123456789abcdef0123456789abcdef01234567';
const OTHER_SHA = 'f'.repeat(40);
const CHANGELOG = `# Changelog

## [1.1.0] - 2026-12-01

### Added

- A thing.

## [1.0.0] - 2026-11-01

- The first one.
`;
const READY: ReleaseFacts = {
  tag: 'v1.1.0',
  packageJson: '{"version": "1.1.0"}',
  packageLock: '{"version": "1.1.0", "packages": {}}',
  changelog: CHANGELOG,
  workflows: { 'ci.yml': `jobs:\n  a:\n    steps:\n      - uses: actions/checkout@${SHA} # v6.0.2\n` },
  texts: { 'README.md': 'uses: octo-org/retrain-status-check@v1' },
  isOwnerAllowed: false,
};
const workflow = (uses: string) => ({ workflows: { 'ci.yml': `steps:\n  - uses: ${uses}\n` } });

describe('a release', () => {
  test('is ready where versions, pins, owner and lock are', () => {
    expect(releaseProblems(READY)).toEqual([]);
  });

  test.each<[string, Partial<ReleaseFacts>, RegExp]>([
    ['another tag', { tag: 'v1.2.0' }, /^The tag is v1\.2\.0, package\.json says 1\.1\.0\.$/],
    [
      'another locked version',
      { packageLock: '{"version": "1.0.0"}' },
      /^package-lock\.json says version 1\.0/,
    ],
    ['a newest heading of another version', { changelog: '## [2.0.0] - 2026-12-01\n' }, /of version 2\.0\.0/],
    ['no heading', { changelog: '# Changelog\n' }, /of version none/],
    ['no day in the heading', { changelog: '## [1.1.0] - unreleased\n' }, /needs the day .* 'unreleased'/],
    [
      'an action by tag',
      workflow('actions/checkout@v6'),
      /^ci\.yml:2 uses actions\/checkout@v6: pin the full SHA/,
    ],
    [
      'a note to pin by SHA',
      workflow('a/b@v6.0.2 # pin-before-release'),
      /^ci\.yml:2 uses a\/b@v6\.0\.2: pin/,
    ],
    [
      'a SHA to be looked up',
      workflow(`a/b@${SHA} # v6.0.2 pin-before-release`),
      /still says pin-before-release/,
    ],
    ['a SHA without a version', workflow(`a/b/c@${SHA}`), /comment must be its exact version: it is ''/],
    ['a short SHA', workflow('a/b@0123456 # v1.0.0'), /pin the full SHA/],
    [
      'the placeholder',
      { texts: { 'README.md': 'OWNER/retrain-status-check@v1' } },
      /^README\.md still says OWNER/,
    ],
    ['registry addresses', { packageLock: '{"version": "1.1.0", "resolved": ""}' }, /'resolved' addresses/],
  ])('is held up by %s', (_what, facts, problem) => {
    const problems = releaseProblems({ ...READY, ...facts });
    expect(problems).toEqual([expect.stringMatching(problem)]);
  });

  test('needs no day before there is a tag, and no owner where that is allowed', () => {
    const facts = { tag: undefined, changelog: '## [1.1.0] - unreleased\n', isOwnerAllowed: true };
    expect(releaseProblems({ ...READY, ...facts, texts: { a: 'OWNER/retrain-status-check' } })).toEqual([]);
  });
});

test('actions of this repository need no pin: by path, or by the placeholder', () => {
  const lines = ['uses: ./simulator', 'uses: OWNER/retrain-status-check/upload@v1', '# uses: a/b@v1'];
  expect(usesOf({ 'a.yml': lines.join('\n') })).toEqual([]);
});

describe("a pin's tag", () => {
  const [use] = usesOf(workflow(`actions/checkout@${SHA} # v6.0.2`).workflows);
  test.each([
    ['is right at its SHA', `${SHA}\trefs/tags/v6.0.2\n`, []],
    [
      'is right where the annotated tag is of its SHA',
      `${OTHER_SHA}\trefs/tags/v6.0.2\n${SHA}\trefs/tags/v6.0.2^{}\n`,
      [],
    ],
    [
      'is wrong elsewhere',
      `${OTHER_SHA}\trefs/tags/v6.0.2\n`,
      [`ci.yml:2: actions/checkout v6.0.2 is ${OTHER_SHA}, not ${SHA}.`],
    ],
    ['is wrong where there is none', '', [`ci.yml:2: actions/checkout v6.0.2 is not there, not ${SHA}.`]],
  ])('%s', (_what, listed, problems) => {
    expect(use && tagProblem(use, listed)).toEqual(problems);
  });
});

describe('the changelog', () => {
  test('has its newest version first', () => {
    expect(newestHeading(CHANGELOG)).toEqual({ version: '1.1.0', date: '2026-12-01' });
  });

  test.each([
    ['1.1.0', '### Added\n\n- A thing.\n'],
    ['1.0.0', '- The first one.\n'],
  ])('gives the notes of %s and no others', (version, notes) => {
    expect(notesOf(CHANGELOG, version)).toBe(notes);
  });

  test.each([
    ['is not there', CHANGELOG, '2.0.0'],
    ['says nothing', '## [2.0.0] - unreleased\n\n## [1.0.0] - 2026-11-01\n\n- x\n', '2.0.0'],
    ['is only a part of one', CHANGELOG, '1.1'],
  ])('a version that %s gives no notes', (_what, text, version) => {
    expect(() => notesOf(text, version)).toThrow(/^Cannot write release notes as CHANGELOG\.md must say/);
  });
});
