// What a failed artifact upload means for the next try and for people, told by the library's texts, as a pure rule.
import { type Explanation, sentence } from '../errors.js';

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

export const ARTIFACT_FAULTS = {
  enterpriseServer: (host: string): Explanation => ({
    what: `The workflow artifact cannot be stored: GitHub Enterprise Server (${host}) has no artifact service for this library.`,
    likelyCause: 'GitHub offers it on github.com and ghe.com only.',
    nextStep:
      'Set upload_artifact: false or if_artifact_fails: warn, and keep the file at results_file with a step of your own.',
  }),
  notPrepared: (reason: string): Explanation => ({
    what: sentence(`The workflow artifact could not be prepared: ${reason}`),
    likelyCause: 'The folder for temporary files of the runner is full or cannot be written.',
    nextStep: 'Free space on the runner, or set upload_artifact: false, and re-run the job.',
  }),
  noService: {
    what: 'The workflow artifact cannot be stored: ACTIONS_RUNTIME_TOKEN or ACTIONS_RESULTS_URL is missing.',
    likelyCause: 'The action does not run on a GitHub runner, or a wrapper hides these variables.',
    nextStep: 'Set upload_artifact: false, or pass the variables on.',
  },
} as const;

/** Classifies what `uploadArtifact` rejected with; see docs/decisions.md for the texts it is told by. */
export function classifyArtifactFault(error: unknown, name: string): ArtifactFault {
  const text =
    error instanceof Error
      ? `${error.message} ${(error as NodeJS.ErrnoException).code ?? ''}`.trim()
      : String(error);
  const firstLine = text.split('\n')[0] ?? '';
  const failed = sentence(`The workflow artifact '${name}' could not be stored: ${firstLine}`);
  if (/\b409\b|conflict|already exists/i.test(text)) {
    return {
      explanation: {
        what: `The workflow artifact '${name}' could not be stored: the name is taken in this run.`,
        likelyCause: 'Another job or an earlier attempt of this run stored an artifact of that name.',
        nextStep: 'Set artifact_name to something unique, for instance with the matrix values in it.',
      },
      isFinal: false,
      isNameTaken: true,
      needsNewName: true,
    };
  }
  if (/quota|insufficient usage|\(403\)/i.test(text)) {
    const explanation = {
      what: failed,
      likelyCause: 'The artifact storage of the account is used up.',
      nextStep: 'Free artifact storage or raise the limit in the billing settings, then re-run the job.',
    };
    return { explanation, isFinal: true, isNameTaken: false, needsNewName: false };
  }
  const explanation = {
    what: failed,
    likelyCause:
      'GitHub’s artifact service, or the network to it, is failing or refuses the token (https://www.githubstatus.com).',
    nextStep: 'Re-run the job, or set if_artifact_fails: warn where the artifact is dispensable.',
  };
  const neverCreated = /CreateArtifact/.test(text) && NETWORK.test(text);
  return { explanation, isFinal: false, isNameTaken: false, needsNewName: !neverCreated };
}
