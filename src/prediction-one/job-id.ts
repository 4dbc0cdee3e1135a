// Which texts can be the id of a retrain job, as a pure rule; must not know where one comes from.

/** 1 to 256 characters without white space or control characters, and a path segment of its own when it is encoded. */
export function isJobId(text: string): boolean {
  const length = [...text].length;
  const isPlain = !/[\s\p{Cc}]/u.test(text) && text.isWellFormed();
  return length >= 1 && length <= 256 && isPlain && text !== '.' && text !== '..';
}
