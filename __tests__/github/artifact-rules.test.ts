// The names of artifacts, and what a failed upload means.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { classifyArtifactFault } from '../../src/github/artifact-fault.js';
import { artifactNameFor, defaultArtifactName } from '../../src/github/artifact-name.js';

/** What GitHub refuses in a name (`@actions/artifact`, path-and-artifact-name-validation). */
const REFUSED_BY_GITHUB = /[":<>|*?\r\n\\/]/;

describe('The default name', () => {
  test.each([
    { job: 'job-1', name: 'retrain-results-job-1' },
    { job: 'ジョブ', name: 'retrain-results-ジョブ' },
  ])('of $job is $name', ({ job, name }) => expect(defaultArtifactName(job)).toBe(name));

  test('is one that GitHub takes, and another one for every job', () => {
    const ids = [
      'a/b',
      'a\\b',
      'a:b',
      'a"b',
      'a<b>',
      'a|b',
      'a*b',
      'a?b',
      '...',
      '結'.repeat(256),
      '😀'.repeat(256),
    ];
    const names = ids.map(defaultArtifactName);
    for (const name of names) expect(name).toMatch(/^retrain-results-[^":<>|*?\r\n\\/]{1,120}$/);
    expect(new Set(names).size).toBe(ids.length);
  });
});

describe('A file is stored', () => {
  const zip = { name: 'r.zip', kind: 'zip' } as const;
  test.each([
    {
      asked: 'model',
      attempt: 1,
      file: zip,
      name: 'model.zip',
      isRaw: true,
      why: 'as it is where it is compressed',
    },
    { asked: 'model', attempt: 2, file: zip, name: 'model-2.zip', isRaw: true, why: 'under a second name' },
    { asked: 'model', attempt: 3, file: zip, name: 'model-3.zip', isRaw: true, why: 'under a third name' },
    {
      asked: 'model.zip',
      attempt: 1,
      file: zip,
      name: 'model.zip',
      isRaw: true,
      why: 'with its extension once',
    },
    {
      asked: 'model.ZIP',
      attempt: 1,
      file: zip,
      name: 'model.ZIP',
      isRaw: true,
      why: 'with its extension once, in any letters',
    },
    {
      asked: 'model',
      attempt: 1,
      file: { name: 'r', kind: 'zip' },
      name: 'model.zip',
      isRaw: true,
      why: 'as what it is where its name does not say',
    },
    {
      asked: 'model',
      attempt: 1,
      file: { name: 'r.tar.gz', kind: 'compressed' },
      name: 'model.tar.gz',
      isRaw: true,
      why: 'with its own extension',
    },
    {
      asked: 'model',
      attempt: 1,
      file: { name: 'r', kind: 'compressed' },
      name: 'model',
      isRaw: false,
      why: 'zipped where no extension is known',
    },
    {
      asked: 'model',
      attempt: 1,
      file: { name: 'r.csv', kind: 'other' },
      name: 'model',
      isRaw: false,
      why: 'zipped where it is not compressed',
    },
    {
      asked: 'model',
      attempt: 2,
      file: { name: 'r.csv', kind: 'other' },
      name: 'model-2',
      isRaw: false,
      why: 'zipped, under a second name',
    },
  ] as const)('$why: $asked → $name', ({ asked, attempt, file, name, isRaw }) => {
    expect(artifactNameFor(asked, attempt, file)).toEqual({ name, isRaw });
  });

  test('under a name that starts with the asked one, is new for each try, and is one GitHub takes', () => {
    const asked = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 60 })
      .filter(name => !REFUSED_BY_GITHUB.test(name) && name.isWellFormed());
    const file = fc.record({
      name: fc.constantFrom('r.zip', 'r', 'r.tar.gz', 'r.csv', '結果.zip', `r.${'x'.repeat(10)}`),
      kind: fc.constantFrom('zip' as const, 'compressed' as const, 'other' as const),
    });
    fc.assert(
      fc.property(asked, file, (name, given) => {
        const tries = [1, 2, 3].map(attempt => artifactNameFor(name, attempt, given));
        for (const { name: became } of tries) {
          expect(became.startsWith(name)).toBe(true);
          expect(became).not.toMatch(REFUSED_BY_GITHUB);
          expect(Buffer.byteLength(became)).toBeLessThanOrEqual(255);
        }
        expect(new Set(tries.map(({ name: became }) => became)).size).toBe(3);
      }),
      { seed: 20261012, numRuns: 500 },
    );
  });
});

describe('What the library rejects with', () => {
  const SELF_HOSTED =
    '\nIf you are using self-hosted runners, please make sure your runner has access to all GitHub endpoints: https://docs.github.com/en/actions';
  const network = (where: string, code: string) =>
    new Error(`${where}Unable to make request: ${code}${SELF_HOSTED}`);
  const NAME_TAKEN = { isFinal: false, isNameTaken: true, needsNewName: true };
  const FINAL = { isFinal: true, isNameTaken: false, needsNewName: false };
  const SAME_NAME = { isFinal: false, isNameTaken: false, needsNewName: false };
  const NEW_NAME = { isFinal: false, isNameTaken: false, needsNewName: true };

  test.each([
    {
      what: 'a name that is taken',
      error: new Error(
        'Failed to CreateArtifact: Received non-retryable error: Failed request: (409) Conflict: an artifact with this name already exists on the workflow run',
      ),
      means: NAME_TAKEN,
    },
    {
      what: 'a used-up quota',
      error: new Error(
        'Failed to CreateArtifact: Artifact storage quota has been hit. Unable to upload any new artifacts.\nMore info on storage limits: https://docs.github.com/en/billing',
      ),
      means: FINAL,
    },
    {
      what: 'a refusal (403)',
      error: new Error(
        'Failed to CreateArtifact: Received non-retryable error: Failed request: (403) Forbidden: insufficient usage to create artifact',
      ),
      means: FINAL,
    },
    {
      what: 'a token that does not hold (401)',
      error: new Error(
        'Failed to CreateArtifact: Received non-retryable error: Failed request: (401) Unauthorized',
      ),
      means: NEW_NAME,
    },
    {
      what: 'a request that is refused (400)',
      error: new Error(
        'Failed to FinalizeArtifact: Received non-retryable error: Failed request: (400) Bad Request: hash mismatch',
      ),
      means: NEW_NAME,
    },
    {
      what: 'no connection before there is an artifact',
      error: network('Failed to CreateArtifact: ', 'ECONNREFUSED'),
      means: SAME_NAME,
    },
    {
      what: 'a lost connection before there is an artifact',
      error: network('Failed to CreateArtifact: ', 'ECONNRESET'),
      means: SAME_NAME,
    },
    {
      what: 'a name that does not resolve',
      error: new Error(
        'Failed to CreateArtifact: Failed to make request after 5 attempts: getaddrinfo EAI_AGAIN results.example',
      ),
      means: SAME_NAME,
    },
    { what: 'a lost connection while bytes go up', error: network('', 'ECONNRESET'), means: NEW_NAME },
    {
      what: 'a lost connection at the end',
      error: network('Failed to FinalizeArtifact: ', 'ETIMEDOUT'),
      means: NEW_NAME,
    },
    { what: 'a stalled upload', error: new Error('Upload progress stalled.'), means: NEW_NAME },
    {
      what: 'a service that fails',
      error: new Error(
        'Failed to CreateArtifact: Failed to make request after 5 attempts: Failed request: (503) Service Unavailable',
      ),
      means: NEW_NAME,
    },
    {
      what: 'too many requests',
      error: new Error(
        'Failed to CreateArtifact: Failed to make request after 5 attempts: Failed request: (429) Too Many Requests',
      ),
      means: NEW_NAME,
    },
    {
      what: 'an answer that is not ok',
      error: new Error('FinalizeArtifact: response from backend was not ok'),
      means: NEW_NAME,
    },
    { what: 'no error at all', error: 'nonsense', means: NEW_NAME },
  ])('$what', ({ error, means }) => {
    const { explanation, ...fault } = classifyArtifactFault(error, 'model.zip');
    expect(fault).toEqual(means);
    expect(explanation.what).toContain("'model.zip'");
    expect(explanation.what).not.toContain('\n');
    expect(explanation.likelyCause).toBeTruthy();
    expect(explanation.nextStep).toBeTruthy();
  });

  test('a used-up quota is named as the cause', () => {
    const text = 'Failed to CreateArtifact: Artifact storage quota has been hit.';
    expect(classifyArtifactFault(new Error(text), 'x').explanation.likelyCause).toMatch(/storage.*used up/);
  });
});
