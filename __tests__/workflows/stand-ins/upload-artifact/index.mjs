// Does what actions/upload-artifact does with one file or folder; must not know what is stored.
import { appendFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const { DefaultArtifactClient } = await import(process.env.STAND_IN_ARTIFACT_LIBRARY);
const input = name => process.env[`INPUT_${name.toUpperCase()}`]?.trim() ?? '';
const client = new DefaultArtifactClient();
const path = resolve(input('path'));
const isFolder = statSync(path).isDirectory();
const files = isFolder
  ? readdirSync(path, { recursive: true, withFileTypes: true })
      .filter(item => item.isFile())
      .map(item => join(item.parentPath, item.name))
  : [path];
if (input('overwrite') === 'true') await deleteOlder();
const days = input('retention-days');
const { id } = await client.uploadArtifact(input('name'), files, isFolder ? path : dirname(path), {
  ...(days === '' ? {} : { retentionDays: Number(days) }),
});
appendFileSync(process.env.GITHUB_OUTPUT, `artifact-id=${id}\n`);
// The library may keep a socket open.
process.exit(0);

async function deleteOlder() {
  const { artifacts } = await client.listArtifacts();
  if (artifacts.some(({ name }) => name === input('name'))) await client.deleteArtifact(input('name'));
}
