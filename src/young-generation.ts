// Keeps memory flat while gigabytes stream through, by one V8 setting; must not know what streams.
import { setFlagsFromString } from 'node:v8';

/** The Node of the runners, for which the setting was measured; another one may not know it. */
const MEASURED_NODE = /^24\./;

/**
 * Bounds V8's young generation to 1 MiB. Network buffers die young, but V8 would let 60 MB of them pile up before
 * it looks. Call it when the modules are loaded, since a small young generation makes loading them slower.
 */
export function boundYoungGeneration(nodeVersion: string): void {
  if (MEASURED_NODE.test(nodeVersion)) setFlagsFromString('--scavenger-max-new-space-capacity-mb=1');
}
