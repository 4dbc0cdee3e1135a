// The entry of the root action: wires the real world to `run` and sets the exit code; must not decide anything.
import './early-cancellation.js';

import * as toolCache from '@actions/tool-cache';
import { retrainStatusCheckAction } from './actions/retrain-status-check/action.js';
import { run } from './actions/run.js';
import { earlyCancellation } from './early-cancellation.js';
import { once } from './once.js';
import { systemClock } from './waiting/clock.js';
import { boundYoungGeneration } from './young-generation.js';

/**
 * Beside this file both as compiled and as bundled, and kept out of the bundle: it is slow to load and rarely
 * first. In two steps, because ncc copies what a literal `new URL(…, import.meta.url)` names.
 */
const ARTIFACT_LIBRARY = './artifact/index.js';
const here = import.meta.url;
/** A library that still holds a socket when all is written must not keep a runner busy. */
const LINGER_MS = 500;

boundYoungGeneration(process.versions.node);
// http-client's tunnel uses an old way of making buffers: nothing that a reader of the log could mend.
process.noDeprecation = true;

const loadArtifactLibrary = once(async () => {
  const library = (await import(
    /* webpackIgnore: true */ new URL(ARTIFACT_LIBRARY, here).href
  )) as typeof import('./artifact/index.js');
  return new library.DefaultArtifactClient();
});

process.exitCode = await run(retrainStatusCheckAction({ loadArtifactLibrary, toolCache }), {
  env: process.env,
  clock: systemClock,
  random: Math.random,
  signal: earlyCancellation,
});
setTimeout(() => process.exit(), LINGER_MS).unref();
