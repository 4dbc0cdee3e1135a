// Test files that do not run everywhere say so, and only they are left out where they cannot run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { leftOutOn } from '../../scripts/portable.js';
import { PROJECT_ROOT, sourceFiles } from '../support/project.js';

const TEXTS = {
  'a.test.ts': "needsSystem('linux', '/proc');\n",
  'b.test.ts': "needsSystem('unix', 'signals');\n",
  'c.test.ts': '// anywhere\n',
};

test.each([
  ['linux', []],
  ['darwin', ['a.test.ts']],
  ['win32', ['a.test.ts', 'b.test.ts']],
] as const)('on %s %j are left out', (platform, files) => {
  expect(leftOutOn(platform, TEXTS).map(({ file }) => file)).toEqual(files);
});

/** What other systems do not have, or Windows has not. */
const SYSTEM_USE = {
  linux: /['"`/]\/proc\b/,
  unix: /\.(signal|kill)\(\s*'SIG(?!KILL)|'\/dev\/|chmodSync|symlink(Sync)?\(|withCertificate|runJob\(/,
};
/** Run by scripts of their own, on Linux. */
const ELSEWHERE = /^__tests__\/(faults|workflows)\//;

test('a file that uses what a system lacks says so, in the words that are looked for', () => {
  const silent = sourceFiles('__tests__')
    .filter(file => file.endsWith('.test.ts') && !ELSEWHERE.test(file))
    .filter(file => {
      const text = readFileSync(join(PROJECT_ROOT, file), 'utf8');
      const says = /^needsSystem\('(linux|unix)', '.+'\);$/m.exec(text)?.[1];
      if (file.endsWith('scripts/portable.test.ts')) return false;
      return SYSTEM_USE.linux.test(text)
        ? says !== 'linux'
        : SYSTEM_USE.unix.test(text) && says === undefined;
    });
  expect(silent).toEqual([]);
});
