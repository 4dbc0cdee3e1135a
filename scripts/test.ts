// `npm test`: every check there is, each reported, with a closing line for people and CI; must not stop at the first.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkDist, checkDocs, checkFormatAndLint, runProgram } from './checks.js';

interface Count {
  passed: number;
  failed: number;
}

const JEST = 'node_modules/jest/bin/jest.js';
const NODE_ARGS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

const count: Count = { passed: 0, failed: 0 };
// The type check ran before: this very file comes out of it.
count.passed += 1;
await check('format and lint', checkFormatAndLint);
await check('README tables and the page of all errors', checkDocs);
await check('dist is what src builds', checkDist);
runJest();
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

function runJest(): void {
  const folder = mkdtempSync(join(tmpdir(), 'jest-'));
  const file = join(folder, 'results.json');
  let crash: unknown;
  try {
    runProgram(JEST, ['--json', `--outputFile=${file}`, ...process.argv.slice(2)], NODE_ARGS);
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
