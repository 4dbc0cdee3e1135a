// Which systems a test file runs on, said in the file itself: never skipped where it should run, left out by name elsewhere.

/** linux: /proc, tmpfs. unix: signals, devices, links, bash, openssl; Linux and macOS. */
export type SystemNeeded = 'linux' | 'unix';

/**
 * To be called at the top of a test file that does not run everywhere. `npm run test:portable` leaves such files out by
 * this very call (scripts/portable.ts); any other way of running one on the wrong system fails.
 * @param why what the file takes from the system
 * @throws Error on a system that is another
 */
export function needsSystem(system: SystemNeeded, why: string): void {
  const isHere = system === 'linux' ? process.platform === 'linux' : process.platform !== 'win32';
  if (!isHere) throw new Error(`These tests need ${system} (${why}); here is ${process.platform}.`);
}
