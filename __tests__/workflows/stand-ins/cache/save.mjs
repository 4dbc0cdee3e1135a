// Keeps a file under a key that is written once; must not know what is kept.
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const input = name => process.env[`INPUT_${name.toUpperCase()}`]?.trim() ?? '';
mkdirSync(process.env.STAND_IN_CACHE, { recursive: true });
const kept = join(process.env.STAND_IN_CACHE, encodeURIComponent(input('key')));
if (existsSync(kept)) console.log(`::warning::Unable to reserve cache with key ${input('key')}: it exists.`);
else copyFileSync(input('path'), kept);
