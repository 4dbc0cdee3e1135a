// A presigned URL as the credential it is: prints itself redacted; must not know how it is fetched.
import { inspect } from 'node:util';
import { type Explanation, explain, StorageError } from '../errors.js';
import { SIGNED_PARAMETERS } from '../http/signed-parameters.js';
import { PRESIGNED } from '../messages/storage.js';

const SIGNED_PARAMETER = new RegExp(`^(?:${SIGNED_PARAMETERS})$`, 'i');

/** What the API gave the URL for. */
export type UrlField = 'download_url' | 'upload_url';

/** A `download_url` or `upload_url`: https, or http where the API itself is http on loopback. */
export class PresignedUrl {
  readonly #url: URL;
  readonly #allowHttp: boolean;
  readonly #field: UrlField;

  private constructor(url: URL, allowHttp: boolean, field: UrlField) {
    this.#url = url;
    this.#allowHttp = allowHttp;
    this.#field = field;
  }

  /** Plain http (`allowHttp`) is for an API that is http on loopback itself. @throws StorageError when `text` is no URL, or one of a scheme that is not allowed. */
  static parse(text: string, allowHttp: boolean, field: UrlField = 'download_url'): PresignedUrl {
    if (!URL.canParse(text)) throw refused(field, explain(PRESIGNED.noUrl, { field }));
    const url = new URL(text);
    if (url.protocol === 'https:' || (url.protocol === 'http:' && allowHttp))
      return new PresignedUrl(url, allowHttp, field);
    const where = { field, scheme: url.protocol.replace(':', ''), host: url.host || 'no host' };
    throw refused(field, explain(PRESIGNED.notHttps, where));
  }

  /**
   * Where a redirect of this URL leads.
   * @throws StorageError when `location` cannot be followed: no URL, another scheme, or from https to http.
   */
  follow(location: string): PresignedUrl {
    if (!URL.canParse(location, this.#url.href))
      throw refused(this.#field, explain(PRESIGNED.redirectToNoUrl, {}));
    const target = new URL(location, this.#url);
    const isDowngrade = this.#url.protocol === 'https:' && target.protocol !== 'https:';
    const isAllowed = target.protocol === 'https:' || (target.protocol === 'http:' && this.#allowHttp);
    if (isDowngrade || !isAllowed) {
      const [from, to] = [this.#url, target].map(({ protocol }) => protocol.replace(':', ''));
      const where = { from: from ?? '', to: to ?? '', host: target.host };
      throw refused(this.#field, explain(PRESIGNED.redirectNotFollowed, where));
    }
    return new PresignedUrl(target, this.#allowHttp, this.#field);
  }

  /** The real URL: for the request alone. */
  reveal(): URL {
    return this.#url;
  }

  /** What must never be seen anywhere. */
  secrets(): string[] {
    const parameters = [...this.#url.searchParams].filter(([name]) => SIGNED_PARAMETER.test(name));
    const values = parameters.flatMap(([, value]) => [value, encodeURIComponent(value)]);
    const query = this.#url.search.slice(1);
    return [this.#url.href, query, ...values].filter(secret => secret.length >= 8);
  }

  /** The signatures alone, for the runner's own masking. */
  signatures(): string[] {
    return [...this.#url.searchParams]
      .filter(([name, value]) => /signature$|^sig$/i.test(name) && value.length >= 8)
      .map(([, value]) => value);
  }

  toString(): string {
    return `${this.#url.origin}${this.#url.pathname}${this.#url.search ? '?[redacted]' : ''}`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

function refused(field: UrlField, explanation: Explanation): StorageError {
  return new StorageError(explanation, {
    code: field === 'download_url' ? 'download_error' : 'upload_error',
  });
}
