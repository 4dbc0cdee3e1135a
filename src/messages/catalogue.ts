// Every error that people can meet, in one list, in the order of the page made of it; must not hold any words.
import { GATE } from './gate.js';
import { ARTIFACT, RUNNER } from './github.js';
import { INPUTS } from './inputs.js';
import { INTERNAL } from './internal.js';
import { NETWORK, REQUEST_FAILED } from './network.js';
import { DISK, DOWNLOAD, PRESIGNED, UNPACKING } from './storage.js';
import { UPLOAD } from './upload.js';
import { VENDOR } from './vendor.js';
import { CANCELLED, TIMED_OUT } from './waiting.js';

const AREAS = {
  ...{ INPUTS, VENDOR, NETWORK, REQUEST_FAILED, TIMED_OUT, CANCELLED, GATE },
  ...{ DOWNLOAD, PRESIGNED, DISK, UNPACKING, ARTIFACT, UPLOAD, RUNNER },
  OWN: { INTERNAL },
};

type EntryOf<Area> = Area[keyof Area];

export type CatalogueEntry = {
  [Name in keyof typeof AREAS]: EntryOf<(typeof AREAS)[Name]>;
}[keyof typeof AREAS];

/** The anchor of an entry; every explanation of an error carries one. */
export type MessageId = CatalogueEntry['id'];

export const CATALOGUE: readonly CatalogueEntry[] = Object.values(AREAS).flatMap(
  area => Object.values(area) as CatalogueEntry[],
);
