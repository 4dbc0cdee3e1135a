// `npm test`: every check there is, each reported, with a closing line for people and CI; must not stop at the first.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from './build.js';
import { checkDist, checkDocs, checkFormatAndLint, runProgram } from './checks.js';
import { leftOutOn } from './portable.js';

interface Count {
  passed: number;
  failed: number;
}

const JEST = 'node_modules/jest/bin/jest.js';
const NODE_ARGS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

/** `--portable`: what this system can run, where it is not Linux. */
const isPortable = process.argv.includes('--portable');
const jestArgs = process.argv.slice(2).filter(arg => arg !== '--portable');

const count: Count = { passed: 0, failed: 0 };
// The type check ran before: this very file comes out of it.
count.passed += 1;
await check('format and lint', checkFormatAndLint);
await check('README tables and the page of all errors', checkDocs);
// The bundles are made on Linux: other systems need not make the same bytes.
if (!isPortable) await check('dist is what src builds', checkDist);
runJest(isPortable ? withoutLeftOut(jestArgs) : jestArgs);
console.log(`\n${count.passed} passed, ${count.failed} failed`);
process.exitCode = count.failed === 0 ? 0 : 1;

async function check(name: string, run: () => void | Promise<void>): Promise<void> {
  try {
    await run();
    count.passed += 1;
    console.log(`✓ ${name}`);
  } catch (error) {
    count.failed += 1;
    console.log(`✗ ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Each file that is left out is told, with what it needs. */
function withoutLeftOut(args: readonly string[]): string[] {
  const files = readdirSync(join(PROJECT, '__tests__'), { recursive: true, encoding: 'utf8' });
  const names = files.filter(file => file.endsWith('.test.ts')).map(file => file.replaceAll('\\', '/'));
  const texts = Object.fromEntries(
    names.map(name => [name, readFileSync(join(PROJECT, '__tests__', name), 'utf8')]),
  );
  const leftOut = leftOutOn(process.platform, texts);
  for (const { file, why } of leftOut) console.log(`– ${file} is left out here: it needs ${why}`);
  // Jest takes the last list only: its own from package.json goes in again.
  const patterns = ['faults/', 'workflows/', ...leftOut.map(({ file }) => file.replace(/\.ts$/, '.js'))];
  return [...args, ...patterns.map(one => `--testPathIgnorePatterns=${inPath(one)}`)];
}

/** A pattern for the end of a path, or the middle, whatever stands between its parts. */
function inPath(part: string): string {
  return `__tests__/${part}`.replaceAll('.', '\\.').replaceAll('/', '[\\\\/]');
}

function runJest(args: readonly string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'jest-'));
  const file = join(folder, 'results.json');
  let crash: unknown;
  try {
    runProgram(JEST, ['--json', `--outputFile=${file}`, ...args], NODE_ARGS);
  } catch (error) {
    crash = error;
  }
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(
      readFileSync(file, 'utf8'),
    );
    count.passed += numPassedTests;
    count.failed += numFailedTests + numRuntimeErrorTestSuites;
    if (numPassedTests === 0 || (crash && numFailedTests + numRuntimeErrorTestSuites === 0))
      throw crash ?? new Error('no test ran');
  } catch (error) {
    count.failed += 1;
    console.log(`✗ jest: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
