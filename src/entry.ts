// What the runner starts, for every action: listens for signals, then loads the rest; must not import anything.

/** Signals that came while the rest was loading; `cancellation` takes them over. Two bundles share nothing else. */
const early: string[] = [];
Object.assign(globalThis, { [Symbol.for('signals before the action was loaded')]: early });
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => early.push(name));
// Whatever ends this process before the report is out must not look like a success, a throw while loading included.
process.exitCode = 1;

/** Beside this file, and not a part of it: loading it takes longer than starting Node does. */
const MAIN = './main.js';
const here = import.meta.url;
await import(/* webpackIgnore: true */ new URL(MAIN, here).href);
