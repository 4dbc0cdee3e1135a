// Entries of the catalogue of errors as patterns of what people are shown.
import { CATALOGUE, type CatalogueEntry } from '../../src/messages/catalogue.js';

/** The entries whose result and words, holes filled somehow, make up `message` as an annotation shows it. */
export function entriesOf(result: string, message: string): CatalogueEntry[] {
  return CATALOGUE.filter(({ results, what, likelyCause, nextStep }) => {
    const words = `${pattern(what)}\\.?( .*)? Likely cause: ${pattern(likelyCause)} What to do: ${pattern(nextStep)}`;
    return (results as readonly string[]).includes(result) && new RegExp(`^${words}$`, 's').test(message);
  });
}

function pattern(template: string): string {
  return template
    .split(/\{\w+\??\}/)
    .map(text => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    .join('.*');
}
