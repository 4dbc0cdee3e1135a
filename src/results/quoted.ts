// Text of the results inside a message: quoted and bounded; must not know who shows it, or how it is made safe there.

const MAX_LENGTH = 80;
const MAX_LISTED = 5;

/** The text in single quotes, its end left out where it is long. */
export function quoted(text = ''): string {
  const characters = [...text.slice(0, 2 * MAX_LENGTH)];
  return characters.length <= MAX_LENGTH && text.length <= 2 * MAX_LENGTH
    ? `'${text}'`
    : `'${characters.slice(0, MAX_LENGTH).join('')}…'`;
}

/** The first few of several, and how many there are besides. */
export function listed(items: readonly string[]): string {
  const more = items.length - MAX_LISTED;
  return items.slice(0, MAX_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
