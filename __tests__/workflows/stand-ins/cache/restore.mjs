// Brings back what was kept under a key, or under the newest key with a prefix; must not know what is kept.
import { appendFileSync, copyFileSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const input = name => process.env[`INPUT_${name.toUpperCase()}`]?.trim() ?? '';
const folder = process.env.STAND_IN_CACHE;
const newestFirst = (existsSync(folder) ? readdirSync(folder) : [])
  .map(file => ({ key: decodeURIComponent(file), path: join(folder, file) }))
  .sort((one, other) => statSync(other.path).mtimeMs - statSync(one.path).mtimeMs);
const prefix = input('restore-keys');
const found =
  newestFirst.find(({ key }) => key === input('key')) ??
  (prefix === '' ? undefined : newestFirst.find(({ key }) => key.startsWith(prefix)));
if (found !== undefined) {
  copyFileSync(found.path, input('path'));
  appendFileSync(process.env.GITHUB_OUTPUT, `cache-matched-key=${found.key}\n`);
} else if (input('fail-on-cache-miss') === 'true') {
  console.log(
    `::error::Failed to restore cache entry. Exiting as fail-on-cache-miss is set. Input key: ${input('key')}`,
  );
  process.exitCode = 1;
}
