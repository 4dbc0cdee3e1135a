// The house rules that no compiler holds: who may import whom, what a file starts with, how long it may be.
import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PROJECT_ROOT, sourceFiles } from './support/project.js';

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isTypeOnly: boolean;
}

const read = (file: string) => readFileSync(join(PROJECT_ROOT, file), 'utf8');

/** The imports of our own files, as paths of the project. */
function importsOf(file: string): Import[] {
  const statements = read(file).matchAll(/^(?:import|export)\s+(type\s+)?([^'";]*?from\s+)?'([^']+)'/gm);
  return [...statements].flatMap(([, type, names = '', target = '']) => {
    if (!target.startsWith('.')) return [];
    const to = posix.join(dirname(file), target).replace(/\.js$/, '.ts');
    const named =
      /\{([^}]*)\}/
        .exec(names)?.[1]
        ?.split(',')
        .map(name => name.trim())
        .filter(Boolean) ?? [];
    const isTypeOnly =
      type !== undefined || (named.length > 0 && named.every(name => name.startsWith('type ')));
    return [{ from: file, to, isTypeOnly }];
  });
}

const SOURCES = sourceFiles('src');
const IMPORTS = SOURCES.flatMap(importsOf);

/** What each part of the house may import besides itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'src/errors.ts': ['src/messages/'],
  'src/messages/': ['src/errors.ts'],
  'src/entry.ts': [],
  'src/early-cancellation.ts': ['src/github/cancellation.ts'],
  'src/once.ts': [],
  'src/make-directory.ts': [],
  'src/temporary-files.ts': [],
  'src/young-generation.ts': [],
  'src/artifact/': [],
  'src/waiting/': [],
  'src/http/': ['src/errors.ts', 'src/messages/'],
  'src/prediction-one/': ['src/http/', 'src/errors.ts', 'src/messages/'],
  'src/results/': [
    'src/http/',
    'src/waiting/',
    'src/errors.ts',
    'src/messages/',
    'src/make-directory.ts',
    'src/temporary-files.ts',
  ],
  'src/training-data/': [
    ...['src/results/presigned-url.ts', 'src/results/storage-fault.ts', 'src/results/disk.ts'],
    ...['src/http/', 'src/waiting/', 'src/errors.ts', 'src/messages/', 'src/temporary-files.ts'],
  ],
  'src/github/': [
    ...['src/results/content-kind.ts', 'src/results/file-name.ts'],
    ...['src/results/model-report.ts', 'src/results/metric-direction.ts'],
    ...['src/waiting/', 'src/errors.ts', 'src/messages/', 'src/http/signed-parameters.ts'],
    'src/temporary-files.ts',
  ],
  'src/actions/': [
    'src/prediction-one/',
    'src/results/',
    'src/training-data/',
    'src/github/',
    'src/waiting/',
    'src/http/',
    'src/errors.ts',
    'src/messages/',
    'src/make-directory.ts',
    'src/temporary-files.ts',
  ],
  'src/run-process.ts': [
    'src/actions/',
    'src/early-cancellation.ts',
    'src/github/report.ts',
    'src/waiting/',
    'src/young-generation.ts',
  ],
  'src/index.ts': [
    'src/actions/retrain-status-check/',
    'src/early-cancellation.ts',
    'src/once.ts',
    'src/run-process.ts',
  ],
  'src/upload.ts': ['src/actions/upload/', 'src/early-cancellation.ts', 'src/run-process.ts'],
  'src/switch.ts': ['src/actions/switch/', 'src/early-cancellation.ts', 'src/run-process.ts'],
};

describe('The arrows', () => {
  test('lead from every file: no part of the house is without a rule', () => {
    const homeless = SOURCES.filter(file => !Object.keys(MAY_IMPORT).some(part => file.startsWith(part)));
    expect(homeless).toEqual([]);
  });

  test.each(Object.entries(MAY_IMPORT))('of %s lead only to %j and itself', (part, allowed) => {
    const wrong = IMPORTS.filter(({ from }) => from.startsWith(part))
      .filter(({ to }) => ![part, ...allowed].some(place => to.startsWith(place)))
      .map(({ from, to }) => `${from} → ${to}`);
    expect(wrong).toEqual([]);
  });

  test('lead to files that are there', () => {
    expect(IMPORTS.map(({ to }) => to).filter(to => !SOURCES.includes(to))).toEqual([]);
  });

  test('lead from the messages to types alone: they are data', () => {
    const beyond = IMPORTS.filter(
      ({ from, to }) => from.startsWith('src/messages/') && !to.startsWith('src/messages/'),
    );
    expect(beyond.length).toBeGreaterThan(0);
    expect(beyond.filter(({ isTypeOnly }) => !isTypeOnly)).toEqual([]);
  });

  test('make no circle, types left aside', () => {
    const targets = new Map(
      SOURCES.map(file => [
        file,
        IMPORTS.filter(({ from, isTypeOnly }) => from === file && !isTypeOnly).map(({ to }) => to),
      ]),
    );
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: string[]) => {
      if (path.includes(file))
        return void circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (done.has(file)) return;
      for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of SOURCES) visit(file, []);
    expect(circles).toEqual([]);
  });
});

describe('One place only', () => {
  const placesOf = (pattern: RegExp) => SOURCES.filter(file => pattern.test(read(file)));
  test.each([
    {
      what: 'reads inputs',
      pattern: /\bgetInput\(/,
      places: ['src/github/input-reader.ts'],
    },
    { what: 'writes outputs', pattern: /\bsetOutput\(/, places: ['src/github/outputs.ts'] },
    {
      what: 'sends requests',
      pattern: /\bnew HttpClient\(|\bfetch\(|\bhttps?\.(request|get)\(/,
      places: ['src/http/transport.ts'],
    },
    { what: 'ends the process', pattern: /\bprocess\.exit\(/, places: ['src/run-process.ts'] },
    { what: 'reads the monotonic clock', pattern: /\bperformance\.now\(/, places: ['src/waiting/clock.ts'] },
    { what: 'reads the wall clock', pattern: /\bDate\.now\(/, places: ['src/waiting/clock.ts'] },
    { what: 'takes chance from the system', pattern: /\bMath\.random\b/, places: ['src/run-process.ts'] },
    {
      what: 'handles signals of the system',
      pattern: /SIGINT'/,
      places: ['src/entry.ts', 'src/github/cancellation.ts'],
    },
    // Its module, undici, is not in the bundle (scripts/build.ts).
    { what: 'asks http-client for a dispatcher', pattern: /\bgetAgentDispatcher\b/, places: [] },
    { what: 'prints past the log', pattern: /\bconsole\.|\bstdout\b/, places: [] },
  ])('$what', ({ pattern, places }) => {
    expect(placesOf(pattern)).toEqual(places);
  });
});

describe('Every file of src and simulator', () => {
  const files = [...SOURCES, ...sourceFiles('simulator')];

  test('starts with a comment of one line that says what it is for', () => {
    expect(files.filter(file => !/^\/\/ \S.{15,}[.;]\n(?!\/\/)/.test(read(file)))).toEqual([]);
  });

  test('has at most 250 lines', () => {
    expect(files.filter(file => read(file).trimEnd().split('\n').length > 250)).toEqual([]);
  });
});
