// Where links into a page may lead: GitHub's names of its headings, and the anchors that the page sets itself.
import { marked, type Tokens } from 'marked';

/** The names that GitHub gives to the headings of a page, in their order. */
export function headingAnchors(text: string): string[] {
  const given = new Map<string, number>();
  return marked
    .lexer(text)
    .filter((token): token is Tokens.Heading => token.type === 'heading')
    .map(({ text: heading }) => {
      const words = marked.parseInline(heading, { async: false }).replace(/<[^>]*>|&\w+;|&#\d+;/g, '');
      const anchor = words
        .toLowerCase()
        .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
        .replaceAll(' ', '-');
      const times = given.get(anchor) ?? 0;
      given.set(anchor, times + 1);
      return times === 0 ? anchor : `${anchor}-${times}`;
    });
}

/** All of them, `<a id="…">` included. */
export function anchors(text: string): string[] {
  const own = [...text.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, id]) => id ?? '');
  return [...headingAnchors(text), ...own];
}
