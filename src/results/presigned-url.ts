// A presigned URL as the credential it is: prints itself redacted; must not know how it is fetched.
import { inspect } from 'node:util';
import { StorageError } from '../errors.js';
import { SIGNED_PARAMETERS } from '../http/signed-parameters.js';

const NEXT_STEPS = {
  download_url: 'Do not switch; re-run the job, and if it happens again, ask the vendor.',
  upload_url: 'Re-run the job: the upload starts anew; if it happens again, ask the vendor.',
} as const;

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

  /**
   * Plain http (`allowHttp`) is for an API that is http on loopback itself.
   * @throws StorageError when `text` is no URL, or one of a scheme that is not allowed
   */
  static parse(text: string, allowHttp: boolean, field: UrlField = 'download_url'): PresignedUrl {
    if (!URL.canParse(text)) {
      const what = `The API's ${field} is not a URL.`;
      throw refused(field, { what, likelyCause: 'The API changed, or something answered in its place.' });
    }
    const url = new URL(text);
    if (url.protocol === 'https:' || (url.protocol === 'http:' && allowHttp))
      return new PresignedUrl(url, allowHttp, field);
    const what = `The ${field} must be https: it is ${url.protocol.replace(':', '')} to ${url.host || 'no host'}.`;
    const likelyCause = 'A proxy rewrites the answers of the API, or the API is not the vendor’s.';
    throw refused(field, { what, likelyCause });
  }

  /**
   * Where a redirect of this URL leads.
   * @throws StorageError when `location` cannot be followed: no URL, another scheme, or from https to http.
   */
  follow(location: string): PresignedUrl {
    const likelyCause = 'The storage, or a proxy in front of it, is misconfigured.';
    if (!URL.canParse(location, this.#url.href)) {
      const what = 'The storage redirected to something that is not a URL.';
      throw refused(this.#field, { what, likelyCause });
    }
    const target = new URL(location, this.#url);
    const isDowngrade = this.#url.protocol === 'https:' && target.protocol !== 'https:';
    const isAllowed = target.protocol === 'https:' || (target.protocol === 'http:' && this.#allowHttp);
    if (isDowngrade || !isAllowed) {
      const what = `The storage redirected from ${this.#url.protocol.replace(':', '')} to ${target.protocol.replace(':', '')} (${target.host}), which is not followed.`;
      throw refused(this.#field, { what, likelyCause });
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

function refused(
  field: UrlField,
  { what, likelyCause }: { what: string; likelyCause: string },
): StorageError {
  const code = field === 'download_url' ? 'download_error' : 'upload_error';
  return new StorageError({ what, likelyCause, nextStep: NEXT_STEPS[field] }, { code });
}
