// The entry of the root action: hands its libraries in; must not decide anything.
import './early-cancellation.js';

import * as toolCache from '@actions/tool-cache';
import { retrainStatusCheckAction } from './actions/retrain-status-check/action.js';
import { once } from './once.js';
import { runProcess } from './run-process.js';

/**
 * Beside this file both as compiled and as bundled, and kept out of the bundle: it is slow to load and rarely
 * first. In two steps, because ncc copies what a literal `new URL(…, import.meta.url)` names.
 */
const ARTIFACT_LIBRARY = './artifact/index.js';
const here = import.meta.url;

const loadArtifactLibrary = once(async () => {
  const library = (await import(
    /* webpackIgnore: true */ new URL(ARTIFACT_LIBRARY, here).href
  )) as typeof import('./artifact/index.js');
  return new library.DefaultArtifactClient();
});

await runProcess(retrainStatusCheckAction({ loadArtifactLibrary, toolCache }));
