// Takes credentials out of text before anybody sees it; must not know where the text goes.
import { SIGNED_PARAMETERS } from '../http/signed-parameters.js';

/** A pattern for every form of a longer one would be huge; such a secret is looked for as it is. */
const LONGEST_FOLDED = 512;
const REPLACEMENT = '***';
/** Shorter ones would blank out half of every text, and no real key is that short. */
const SHORTEST_SECRET = 4;
const URL_QUERY = /(\bhttps?:\/\/[^\s?"'<>`]+\?)[^\s"'<>`]+/gi;
const SIGNED_PARAMETER = new RegExp(`\\b(${SIGNED_PARAMETERS})(=|%3d)[^&\\s"'<>\`]+`, 'gi');

/** What may stand between the signs of a secret and vanish later: white space, invisible signs, terminal codes. */
const GAP = '(?:[\\s\\p{Cc}\\p{Cf}\\p{DI}]|\\u001b\\[[0-?]*[ -/]*[@-~])*';
const ENTITIES: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};

/** Knows the secrets of one run. */
export class Redactor {
  /** The longest secret first, so that none is left in part. */
  #patterns = new Map<string, RegExp | string>();

  /** Adds a secret; it is found in the encodings of URLs, JSON and HTML too, and with invisible signs inside. */
  add(secret: string): void {
    if (secret.length < SHORTEST_SECRET || this.#patterns.has(secret)) return;
    // As a text, not as a pattern: an expression of tens of thousands of signs cannot be compiled.
    const isLong = secret.length > LONGEST_FOLDED;
    const pattern = isLong ? secret : new RegExp([...secret].map(formsOf).join(GAP), 'gu');
    const all = [...this.#patterns, [secret, pattern] as const];
    this.#patterns = new Map(all.sort(([one], [other]) => other.length - one.length));
  }

  /** `text` without known secrets, without the query of any URL and without signed parameters. */
  readonly redact = (text: string): string => {
    let rest = text;
    for (const pattern of this.#patterns.values()) rest = rest.replaceAll(pattern, REPLACEMENT);
    return rest.replace(URL_QUERY, '$1[redacted]').replace(SIGNED_PARAMETER, '$1$2[redacted]');
  };
}

/** One sign as itself, percent-encoded once or more, as a character reference, or escaped in JSON. */
function formsOf(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  const hex = anyCase(code.toString(16).padStart(2, '0'));
  const bytes = [...Buffer.from(sign)].map(byte => `%(?:25)*${anyCase(byte.toString(16).padStart(2, '0'))}`);
  const entity = ENTITIES[sign];
  const forms = [
    `\\\\?${escaped(sign)}`,
    bytes.join(''),
    `&#0*${code};`,
    `&#[xX]0*${hex};`,
    `\\\\u${anyCase(code.toString(16).padStart(4, '0'))}`,
    ...(entity === undefined ? [] : [`&${entity};`]),
  ];
  return `(?:${forms.join('|')})`;
}

function anyCase(hex: string): string {
  return hex.replace(/[a-f]/g, digit => `[${digit}${digit.toUpperCase()}]`);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
