// Keeps the job summary below the size at which GitHub drops it whole, as a pure function; must not know its parts.

/** GitHub drops a summary over 1 MiB; steps before may have written theirs into the same file. */
const MAX_BYTES = 900 * 1024;
const NOTE = '> [!NOTE]\n> The rest of this summary is left out: it would be too large for GitHub.';

/** The sections with a blank line between; the last ones are left out, and a note says so, when all are too large. */
export function joinedWithinLimit(sections: readonly string[], maxBytes = MAX_BYTES): string {
  const kept = sections.filter(Boolean);
  const text = () => `${kept.join('\n\n')}\n`;
  if (Buffer.byteLength(text()) < maxBytes) return text();
  const noteBytes = Buffer.byteLength(`\n\n${NOTE}`);
  while (kept.length > 0 && Buffer.byteLength(text()) + noteBytes >= maxBytes) kept.pop();
  kept.push(NOTE);
  return text();
}
