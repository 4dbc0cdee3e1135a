// Takes credentials out of text before anybody sees it; must not know where the text goes.
import { SIGNED_PARAMETERS } from '../http/signed-parameters.js';

const REPLACEMENT = '***';
/** Shorter ones would blank out half of every text, and no real key is that short. */
const SHORTEST_SECRET = 4;
const URL_QUERY = /(\bhttps?:\/\/[^\s?"'<>`]+\?)[^\s"'<>`]+/gi;
const SIGNED_PARAMETER = new RegExp(`\\b(${SIGNED_PARAMETERS})(=|%3d)[^&\\s"'<>\`]+`, 'gi');

/** Knows the secrets of one run. */
export class Redactor {
  #secrets: string[] = [];

  /** Adds a secret, and the forms in which it may come back inside other text. */
  add(secret: string): void {
    const encoded = encodeURIComponent(secret);
    const lowerCased = encoded.replace(/%[0-9A-F]{2}/g, code => code.toLowerCase());
    const forms = [secret, encoded, lowerCased, JSON.stringify(secret).slice(1, -1), htmlEscaped(secret)];
    const known = new Set([...this.#secrets, ...forms].filter(form => form.length >= SHORTEST_SECRET));
    this.#secrets = [...known].sort((one, other) => other.length - one.length);
  }

  /** `text` without known secrets, without the query of any URL and without signed parameters. */
  readonly redact = (text: string): string => {
    const withoutSecrets = this.#secrets.reduce((rest, secret) => rest.replaceAll(secret, REPLACEMENT), text);
    return withoutSecrets.replace(URL_QUERY, '$1[redacted]').replace(SIGNED_PARAMETER, '$1$2[redacted]');
  };
}

function htmlEscaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
