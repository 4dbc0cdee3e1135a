// What a header or label says by its words, as a pure rule; must not know tables or files.
import { HEADER_WORDS, KNOWN_METRICS, type WordMeaning } from './metrics-assumptions.js';

/** Which model a text speaks of; `both` and `other` belong to no model alone. */
export type ModelMeaning = 'new' | 'previous' | 'both' | 'other' | undefined;

export interface LabelMeaning {
  readonly model: ModelMeaning;
  /** The text says so and nothing else: `new_model`, not `new customers`. */
  readonly isWhole: boolean;
  /** It heads the metric names. */
  readonly isName: boolean;
  /** It heads values, whoever's. */
  readonly isValue: boolean;
  /** It heads the names of models. */
  readonly isModelName: boolean;
}

const MEANINGS = new Map<string, WordMeaning>();
for (const [meaning, words] of Object.entries(HEADER_WORDS) as [WordMeaning, string][]) {
  for (const word of words.split(/\s+/).filter(Boolean)) MEANINGS.set(word, meaning);
}
const LONGEST = Math.max(...[...MEANINGS.keys()].map(word => word.length));
/** A header that is longer is prose. */
const MAX_LENGTH = 200;

/** What the words of a header or a row's label say together. */
export function meaningOf(text: string): LabelMeaning {
  const words = text.length > MAX_LENGTH ? [undefined] : wordsOf(text);
  const has = (meaning: WordMeaning) => words.includes(meaning);
  const only = (...allowed: WordMeaning[]) =>
    words.length > 0 &&
    words.every(word => word === 'filler' || (word !== undefined && allowed.includes(word)));
  return {
    model: modelOf(has),
    isWhole: words.length > 0 && !words.includes(undefined),
    isName: has('name') && only('name'),
    isValue: has('value') && only('value', 'name', 'model'),
    isModelName: has('model') && only('model', 'name'),
  };
}

/** Whether a text names one of the metrics that are known; any other text may be a metric too. */
export function isKnownMetric(text: string): boolean {
  return text.length <= MAX_LENGTH && KNOWN_METRICS.test(text.normalize('NFKC').toLowerCase());
}

function modelOf(has: (meaning: WordMeaning) => boolean): ModelMeaning {
  if (has('other')) return 'other';
  if (has('new') && has('previous')) return 'both';
  if (has('new')) return 'new';
  return has('previous') ? 'previous' : undefined;
}

/** The meaning of each word, undefined for one without. */
function wordsOf(text: string): (WordMeaning | undefined)[] {
  return text
    .normalize('NFKC')
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .flatMap(part => part.match(/[\x20-\x7e]+|[^\x20-\x7e]+/g) ?? [])
    .flatMap(run => (/^[\x20-\x7e]/.test(run) ? [MEANINGS.get(run)] : unspacedWords(run)));
}

/** Japanese has no spaces: from left to right, the longest word that is known. */
function unspacedWords(run: string): (WordMeaning | undefined)[] {
  const found: (WordMeaning | undefined)[] = [];
  for (let at = 0; at < run.length; ) {
    let length = Math.min(LONGEST, run.length - at);
    while (length > 0 && !MEANINGS.has(run.slice(at, at + length))) length--;
    found.push(MEANINGS.get(run.slice(at, at + length)));
    at += Math.max(1, length);
  }
  return found;
}
