// How scripts of a scenario are used up, one per request; knows nothing of what a script says.

/** One script per call; the last one repeats for ever. */
export function repeatingLast<T>(scripts: readonly T[] = []): () => T | undefined {
  let used = 0;
  return () => scripts[Math.min(used++, scripts.length - 1)];
}

/** One script per call; nothing once they ran out. */
export function thenHealthy<T>(scripts: readonly T[] = []): () => T | undefined {
  let used = 0;
  return () => scripts[used++];
}

/** Takes the first unused script that matches; nothing when none does. */
export function firstMatching<T>(
  scripts: readonly T[] = [],
): (matches: (script: T) => boolean) => T | undefined {
  const left = [...scripts];
  return matches => {
    const index = left.findIndex(matches);
    return index < 0 ? undefined : left.splice(index, 1)[0];
  };
}
