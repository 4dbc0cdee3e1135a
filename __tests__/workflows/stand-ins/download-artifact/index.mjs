// Does what actions/download-artifact does with one name, or with a pattern and merge-multiple; must not know what is stored.
import { matchesGlob, resolve } from 'node:path';

const { DefaultArtifactClient } = await import(process.env.STAND_IN_ARTIFACT_LIBRARY);
const input = name => process.env[`INPUT_${name.toUpperCase()}`]?.trim() ?? '';
const client = new DefaultArtifactClient();
const { artifacts } = await client.listArtifacts({ latest: true });
const wanted = artifacts.filter(({ name }) =>
  input('pattern') === '' ? name === input('name') : matchesGlob(name, input('pattern')),
);
if (input('name') !== '' && wanted.length === 0) {
  console.log(`::error::Unable to download artifact(s): Artifact not found for name: ${input('name')}`);
  process.exit(1);
}
for (const { id } of wanted) await client.downloadArtifact(id, { path: resolve(input('path')) });
// The library may keep a socket open.
process.exit(0);
