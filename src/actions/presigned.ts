// What every action does with a presigned URL first: hide it, then judge it; must not know what it is for.
import { isLoopback } from '../http/loopback.js';
import { PresignedUrl, type UrlField } from '../results/presigned-url.js';
import type { Parts } from './parts.js';

/** Makes the URL and its signatures known as credentials, before anything of its answer is told. */
export function hideUrl(text: string, { hide }: Pick<Parts, 'hide'>): void {
  const url = URL.canParse(text) && /^https?:/i.test(text) ? PresignedUrl.parse(text, true) : undefined;
  hide({ redact: [text, ...(url?.secrets() ?? [])], mask: url?.signatures() ?? [] });
}

/** The URL, if its scheme is allowed for this API. @throws StorageError */
export function presigned(text: string, apiUrl: URL, field: UrlField): PresignedUrl {
  return PresignedUrl.parse(text, apiUrl.protocol === 'http:' && isLoopback(apiUrl), field);
}
