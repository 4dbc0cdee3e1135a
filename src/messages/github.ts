// The errors of GitHub's side, as data: the artifact service and the runner's files; must not know how they are told apart.
import type { Message } from './message.js';

const NOT_STORED = "The workflow artifact '{name}' could not be stored: {reason}";

export const ARTIFACT = {
  enterpriseServer: {
    id: 'artifact-enterprise-server',
    results: ['artifact_error'],
    title: 'GitHub Enterprise Server has no artifact service',
    what: 'The workflow artifact cannot be stored: GitHub Enterprise Server ({host}) has no artifact service for this library.',
    likelyCause: 'GitHub offers it on github.com and ghe.com only.',
    nextStep:
      'Set upload_artifact: false or if_artifact_fails: warn, and keep the file at results_file with a step of your own.',
  },
  noService: {
    id: 'artifact-no-service',
    results: ['artifact_error'],
    title: 'The runner names no artifact service',
    what: 'The workflow artifact cannot be stored: ACTIONS_RUNTIME_TOKEN or ACTIONS_RESULTS_URL is missing.',
    likelyCause: 'The action does not run on a GitHub runner, or a wrapper hides these variables.',
    nextStep: 'Set upload_artifact: false, or pass the variables on.',
  },
  notPrepared: {
    id: 'artifact-not-prepared',
    results: ['artifact_error'],
    title: 'The artifact cannot be prepared',
    what: 'The workflow artifact could not be prepared: {reason}',
    likelyCause: 'The folder for temporary files of the runner is full or cannot be written.',
    nextStep: 'Free space on the runner, or set upload_artifact: false, and re-run the job.',
  },
  nameTaken: {
    id: 'artifact-name-taken',
    results: ['artifact_error'],
    title: 'The artifact’s name is taken',
    what: "The workflow artifact '{name}' could not be stored: the name is taken in this run.",
    likelyCause: 'Another job or an earlier attempt of this run stored an artifact of that name.',
    nextStep: 'Set artifact_name to something unique, for instance with the matrix values in it.',
  },
  quota: {
    id: 'artifact-quota',
    results: ['artifact_error'],
    title: 'The artifact storage is used up',
    what: NOT_STORED,
    likelyCause: 'The artifact storage of the account is used up.',
    nextStep: 'Free artifact storage or raise the limit in the billing settings, then re-run the job.',
  },
  failing: {
    id: 'artifact-service-fails',
    results: ['artifact_error'],
    title: 'The artifact service fails',
    what: NOT_STORED,
    likelyCause:
      'GitHub’s artifact service, or the network to it, is failing or refuses the token (https://www.githubstatus.com).',
    nextStep: 'Re-run the job, or set if_artifact_fails: warn where the artifact is dispensable.',
  },
} as const satisfies Record<string, Message>;

export const RUNNER = {
  outputsNotWritten: {
    id: 'outputs-not-written',
    results: ['internal_error'],
    title: 'The outputs of the step cannot be written',
    what: 'The outputs of the step could not be written: {reason}.{more?}',
    likelyCause: 'The disk of the runner is full, or something removed the file that GITHUB_OUTPUT names.',
    nextStep: 'Re-run the job with the same retrain_job_id.',
  },
} as const satisfies Record<string, Message>;
