// Finds code, error and message in an error body of any shape, as a pure rule; must not know what they mean.

export interface ErrorBody {
  readonly code?: string;
  readonly error?: string;
  readonly message?: string;
  /** Every text in the searched levels: the phrase that tells the cause may stand below a general one. */
  readonly texts: readonly string[];
}

const MAX_DEPTH = 5;
const MAX_NODES = 1_000;

/**
 * The first `code` (number or text), `error` and `message` (texts) in a parsed body, nearest to the top first.
 * The JSON shape around the documented columns is not documented, so nested objects and lists are searched too.
 */
export function findErrorBody(body: unknown): ErrorBody {
  const found: { code?: string; error?: string; message?: string } = {};
  const texts: string[] = [];
  let level: unknown[] = [body];
  let budget = MAX_NODES;
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth += 1) {
    const next: unknown[] = [];
    for (const node of level) {
      if (typeof node === 'string') texts.push(node);
      if (typeof node !== 'object' || node === null || budget <= 0) continue;
      budget -= 1;
      takeFields(node, found);
      next.push(...Object.values(node).slice(0, budget));
    }
    level = next;
  }
  return { ...found, texts };
}

function takeFields(node: object, found: { code?: string; error?: string; message?: string }): void {
  const field = (name: string): unknown =>
    Object.hasOwn(node, name) ? node[name as keyof typeof node] : undefined;
  const code = field('code');
  const error = field('error');
  const message = field('message');
  if (typeof code === 'number' || (typeof code === 'string' && code.trim() !== ''))
    found.code ??= String(code).trim();
  if (typeof error === 'string' && error.trim() !== '') found.error ??= error;
  if (typeof message === 'string' && message.trim() !== '') found.message ??= message;
}

/** A readable excerpt of a body that is no JSON: the title of an HTML page, or its first words. */
export function excerpt(text: string): string {
  const title = /<title[^>]*>([^<]{1,200})/i.exec(text)?.[1];
  const words = (title ?? text.replace(/<[^>]{0,500}>/g, ' ')).replace(/\s+/g, ' ').trim();
  return words.length > 200 ? `${words.slice(0, 200)}…` : words;
}
