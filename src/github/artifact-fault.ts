// What a failed artifact upload means for the next try and for people, told by the library's texts, as a pure rule.
import { type Explanation, explain } from '../errors.js';
import { ARTIFACT } from '../messages/github.js';

export interface ArtifactFault {
  readonly explanation: Explanation;
  /** Nothing will help: the quota is used up. */
  readonly isFinal: boolean;
  readonly isNameTaken: boolean;
  /** The name is used up: it is taken, or a half-made artifact of ours holds it. */
  readonly needsNewName: boolean;
}

const NETWORK =
  /\b(ECONNRESET|ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN|EPIPE)\b|socket hang up/;

/** Classifies what `uploadArtifact` rejected with; see docs/decisions.md for the texts it is told by. */
export function classifyArtifactFault(error: unknown, name: string): ArtifactFault {
  const text =
    error instanceof Error
      ? `${error.message} ${(error as NodeJS.ErrnoException).code ?? ''}`.trim()
      : String(error);
  const firstLine = text.split('\n')[0] ?? '';
  if (/\b409\b|conflict|already exists/i.test(text)) {
    const explanation = explain(ARTIFACT.nameTaken, { name });
    return { explanation, isFinal: false, isNameTaken: true, needsNewName: true };
  }
  if (/quota|insufficient usage|\(403\)/i.test(text)) {
    const explanation = explain(ARTIFACT.quota, { name, reason: firstLine });
    return { explanation, isFinal: true, isNameTaken: false, needsNewName: false };
  }
  const explanation = explain(ARTIFACT.failing, { name, reason: firstLine });
  const neverCreated = /CreateArtifact/.test(text) && NETWORK.test(text);
  return { explanation, isFinal: false, isNameTaken: false, needsNewName: !neverCreated };
}
