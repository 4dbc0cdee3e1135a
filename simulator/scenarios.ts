// The named scenarios as a table of data; knows no server.
import { FAILED_STATUS, FINISHED_STATUS } from './assumptions.js';
import type { Scenario, ScriptContext } from './scenario.js';

// More than any run can use up: a fault that never ends.
const FOREVER = 10_000;
const GATEWAY_PAGE = '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>\n';
const NAME_TAKEN = {
  code: 'already_exists',
  msg: 'an artifact with this name already exists on the workflow run',
};

export interface NamedScenario {
  name: string;
  /** One line for people. */
  description: string;
  scenario: Scenario;
}

const TABLE = [
  {
    name: 'success',
    description: 'the job runs its time, finishes, and the results can be fetched',
    scenario: {},
  },
  {
    name: 'failed',
    description: 'training fails at the vendor with a message',
    scenario: {
      statusAnswers: [
        { status: 'training' },
        { status: FAILED_STATUS, message: 'The number of rows is too small to train.' },
      ],
    },
  },
  {
    name: 'flaky',
    description:
      '503, reset, 429, an HTML page and a cut body before all is well, then one cut in the download',
    scenario: {
      statusAnswers: [
        { httpStatus: 503 },
        { fault: 'reset' },
        { httpStatus: 429, headers: { 'retry-after': '1' }, body: { message: 'Too Many Requests' } },
        { body: GATEWAY_PAGE },
        { status: 'training', fault: 'cut_body' },
        {},
      ],
      storage: [{ fault: 'cut' }],
    },
  },
  {
    name: 'expired-url',
    description: 'the first download URL has expired already, the second one works',
    scenario: {
      statusAnswers: [
        { status: 'training' },
        { status: FINISHED_STATUS, downloadUrlSeconds: 0 },
        { status: FINISHED_STATUS },
      ],
    },
  },
  {
    name: 'timeout',
    description: 'the job never finishes',
    scenario: { statusAnswers: [{ status: 'training' }] },
  },
  {
    name: 'auth-error',
    description: 'the API key is no longer active',
    scenario: { statusAnswers: [{ httpStatus: 400, message: 'Inactive_credential.' }] },
  },
  {
    name: 'not-found',
    description: 'the job id is unknown to the vendor',
    scenario: { statusAnswers: [{ httpStatus: 400, message: 'Not found retrain job.' }] },
  },
  {
    name: 'deleted',
    description: 'the job was deleted while it was running',
    scenario: {
      statusAnswers: [{ status: 'training' }, { httpStatus: 400, message: 'This job may be deleted.' }],
    },
  },
  {
    name: 'storage-down',
    description: 'the job finishes, but its storage answers 503 for ever',
    scenario: { storage: repeated({ httpStatus: 503 }) },
  },
  {
    name: 'slow-download',
    description: 'the results come at 400 bytes a second',
    scenario: { storage: repeated({ bytesPerSecond: 400 }) },
  },
  {
    name: 'no-download-url-yet',
    description: 'the job is finished at once, its download URL appears in the third answer',
    scenario: {
      statusAnswers: [
        { status: FINISHED_STATUS, omitDownloadUrl: true },
        { status: FINISHED_STATUS, omitDownloadUrl: true },
        { status: FINISHED_STATUS },
      ],
    },
  },
  {
    name: 'artifact-quota',
    description: "GitHub refuses every artifact: the account's storage quota is used up",
    scenario: {
      artifact: repeated({
        on: 'CreateArtifact' as const,
        httpStatus: 403,
        body: { code: 'permission_denied', msg: 'insufficient usage to create artifact' },
      }),
    },
  },
  {
    name: 'artifact-name-taken',
    description: "the first artifact's name is taken, the next one is free",
    scenario: { artifact: [{ on: 'CreateArtifact', httpStatus: 409, body: NAME_TAKEN }] },
  },
  {
    name: 'hostile',
    description:
      'messages and file name with workflow commands, ANSI, markup, the key and a presigned URL inside',
    scenario: {
      statusAnswers: [
        { body: context => hostileBody(context, 'training\n::error::forged by status') },
        { body: context => hostileBody(context, 'training') },
        {
          body: context => ({
            ...hostileBody(context, FINISHED_STATUS),
            download_url: context.downloadUrl(),
          }),
        },
      ],
      results: { contentDisposition: 'attachment; filename="../../etc/::set-output name=x::evil.zip"' },
    },
  },
  {
    name: 'retry-after',
    description:
      'answers ask for pauses by Retry-After: 503 and 429 with seconds, 503 with a date, then all is well',
    scenario: {
      statusAnswers: [
        { httpStatus: 503, headers: { 'retry-after': '2' } },
        { httpStatus: 429, headers: { 'retry-after': '1' }, body: { message: 'Too Many Requests' } },
        {
          httpStatus: 503,
          headers: context => ({ 'retry-after': new Date(context.nowMs + 2000).toUTCString() }),
        },
        {},
      ],
    },
  },
  {
    name: 'gate',
    description: 'all is well: upload good data and damaged data, and let the gate tell them apart',
    scenario: {},
  },
] as const satisfies readonly NamedScenario[];

export type ScenarioName = (typeof TABLE)[number]['name'];

/** All named scenarios, in the order in which people should meet them. */
export const SCENARIOS: readonly (NamedScenario & { name: ScenarioName })[] = TABLE;

/** The scenario by its name, or the given one as it is. Throws for an unknown name, naming the option it came by. */
export function resolveScenario(scenario: ScenarioName | Scenario, option = '--scenario'): Scenario {
  if (typeof scenario !== 'string') return scenario;
  const named = SCENARIOS.find(candidate => candidate.name === scenario);
  if (named !== undefined) return named.scenario;
  const names = SCENARIOS.map(candidate => candidate.name).join(', ');
  throw new Error(`'${option}' must be one of ${names}: current value is '${scenario}'`);
}

function repeated<T>(script: T): T[] {
  return Array.from({ length: FOREVER }, () => script);
}

function hostileBody(context: ScriptContext, status: string): Record<string, unknown> {
  const { request, jobId } = context;
  const message = [
    '::set-output name=result::succeeded',
    '::add-mask::a',
    '##[error]forged',
    '\u001b[2J\u001b[31mred\u001b[0m\r\u0007\u0000\u202e',
    '<script>alert(1)</script><img src=x onerror=alert(1)> | [link](javascript:alert(1)) `code` @octocat',
    'EOF\nresult=succeeded\nghadelimiter_0',
    `key ${request.headers['x-api-key']} url ${context.downloadUrl()}`,
  ].join('\n');
  return { status, message, model_id: 48211, metadata: { retrain_job_id: jobId } };
}
