// Removes generated folders before a build, so that nothing stale survives; must not know what is built there.
import { rmSync } from 'node:fs';

for (const folder of process.argv.slice(2)) rmSync(folder, { recursive: true, force: true });
