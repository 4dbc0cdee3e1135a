// The catalogue of errors: complete, in whole sentences, the only source of what is shown, and what its page says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { TROUBLESHOOTING, troubleshooting } from '../../scripts/docs.js';
import { troubleshootingPage } from '../../scripts/troubleshooting.js';
import { explain, type FailureCode, InternalError } from '../../src/errors.js';
import { CATALOGUE } from '../../src/messages/catalogue.js';
import type { Message } from '../../src/messages/message.js';
import { NETWORK, REQUEST_FAILED } from '../../src/messages/network.js';
import { TITLES } from '../../src/messages/titles.js';
import { VENDOR } from '../../src/messages/vendor.js';
import { type ApiCall, classify } from '../../src/prediction-one/error-catalogue.js';
import { PROJECT_ROOT, sourceFiles } from '../support/project.js';

const ENTRIES: readonly Message[] = CATALOGUE;
const CODES = Object.keys(TITLES) as FailureCode[];

describe('The catalogue', () => {
  test.each(CODES)('has an entry that comes first with the result %s', code => {
    expect(ENTRIES.some(({ results }) => results[0] === code)).toBe(true);
  });

  test('gives every entry an id of its own, which is no result either', () => {
    const ids = [...ENTRIES.map(({ id }) => id), ...CODES];
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter(id => !/^[a-z_]+(?:-[a-z]+)*$/.test(id))).toEqual([]);
  });

  test('gives every entry a heading of its own', () => {
    const titles = ENTRIES.map(({ title }) => title);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
    expect(titles.filter(title => !/^[A-Z].*[^.:]$/.test(title))).toEqual([]);
  });

  test.each(ENTRIES.map(entry => [entry.id, entry] as const))(
    '%s is told in whole sentences',
    (_id, entry) => {
      const { what, likelyCause, nextStep } = entry;
      // A sentence begins with a capital, an input's or a file's own name, or a hole; explain() ends what ends in a hole.
      const starts = /^(?:[A-Z]|\{|api_url |retrain_job_id )/;
      for (const text of [what, likelyCause, nextStep]) {
        expect(text).toMatch(starts);
        expect(text).not.toMatch(/ {2}|\.\.|\s$/);
      }
      expect(what).toMatch(/[.}]$|\)$/);
      expect(likelyCause).toMatch(/[.}]$/);
      expect(nextStep).toMatch(/\.$/);
      // One that may be empty brings its own space.
      for (const text of [what, likelyCause, nextStep]) expect(text).not.toMatch(/\s\{\w+\?\}/);
    },
  );

  test.each(ENTRIES.flatMap(({ id, japaneseHint }) => (japaneseHint ? [[id, japaneseHint] as const] : [])))(
    'the Japanese hint of %s is short, Japanese, and without holes',
    (_id, hint) => {
      expect(hint).toMatch(/^[^{}]*[\p{Script=Hiragana}][^{}]*。$/u);
      expect([...hint].length).toBeLessThanOrEqual(100);
    },
  );

  test('has a Japanese hint wherever the vendor has words of its own', () => {
    expect(ENTRIES.filter(({ vendorSays, japaneseHint }) => vendorSays && !japaneseHint)).toEqual([]);
    const { jobFailed, freshKeyRefused, secretKeyRefused } = VENDOR;
    for (const { japaneseHint } of [jobFailed, freshKeyRefused, secretKeyRefused])
      expect(japaneseHint).toBeTruthy();
  });
});

describe('The advice', () => {
  test('of an upload and of a switch speaks of no switch to leave alone', () => {
    const { anotherJobSwitched } = VENDOR;
    const upload = ENTRIES.filter(({ results }) => results.some(code => code === 'upload_error'));
    expect(upload.length).toBeGreaterThan(10);
    expect([...upload, anotherJobSwitched].filter(({ nextStep }) => /do not switch/i.test(nextStep))).toEqual(
      [],
    );
  });
});

describe('An explanation', () => {
  test('is its entry with the holes filled, once', () => {
    const explanation = explain(REQUEST_FAILED.OTHER, { host: '{via}', via: ' $& {host}', happened: 'x' });
    expect(explanation).toEqual({
      id: 'network-fault',
      what: 'The request to {via} $& {host} failed: x.',
      likelyCause: 'A fault of the network or of the server.',
      nextStep: 'Check that the runner may reach {via}, then re-run the job.',
    });
  });

  test('leaves out what may stay empty, and ends in one full stop', () => {
    const { what } = explain(VENDOR.keyRefused, { statusAndCode: 'HTTP 403' });
    expect(what).toBe('The API answered with an error (HTTP 403).');
    expect(explain(NETWORK.proxyGivesNoWay, { proxy: 'p', host: 'h', reason: 'no.' }).what).toBe(
      'The proxy p gave no way to h: no.',
    );
  });

  test('of an error without one is that of the action itself', () => {
    expect(new InternalError(new Error('oops')).explanation).toMatchObject({
      ...{ id: 'internal-error', what: 'The action itself failed: oops.' },
    });
  });

  test.each<ApiCall>(['status', 'upload', 'switch', 'api_key'])(
    'of an error answer to the %s call has a result that its entry names',
    call => {
      const texts = ['?', ...ENTRIES.flatMap(({ vendorSays = [] }) => vendorSays)];
      for (const text of texts)
        for (const httpStatus of [400, 401, 403, 404, 408, 418, 429, 500, 503])
          for (const isKeyFresh of [true, false]) {
            const { code, message } = classify({ text, httpStatus, call, isKeyFresh });
            expect([text, httpStatus, message.results]).toEqual([
              text,
              httpStatus,
              expect.arrayContaining([code]),
            ]);
          }
    },
  );
});

describe('Everything that is shown comes from the catalogue:', () => {
  /** Files that make an error of an explanation that another error or file made of an entry. */
  const HAND_ON: Record<string, string> = {
    'src/actions/run.ts': 'the advice after a cancel, from its entry',
    'src/actions/vendor-call.ts': 'the last fault, with how long it went on',
    'src/actions/retrain-status-check/judge-model.ts': 'made by results/gate.ts',
    'src/actions/retrain-status-check/keep-artifact.ts': 'the fault, with where the file is',
    'src/github/cleaned.ts': 'the same error, its texts redacted',
    'src/results/arriving-file.ts': 'made by results/storage-fault.ts',
    'src/results/storage-source.ts': 'made by results/storage-fault.ts',
  };
  const files = sourceFiles('src')
    .filter(file => !file.startsWith('src/messages/'))
    .map(file => ({ file, text: readFileSync(join(PROJECT_ROOT, file), 'utf8') }));
  const makesErrors =
    /new (?:Explained|InvalidInput|Vendor|Network|Storage|Gate|GitHub|TimedOut|Cancelled)Error\(/;

  test('whoever makes an error asks the catalogue, or hands an explanation on', () => {
    const makers = files.filter(({ text }) => makesErrors.test(text));
    expect(makers.length).toBeGreaterThan(15);
    const others = makers.filter(({ text }) => !/\bexplain\(/.test(text)).map(({ file }) => file);
    expect(others).toEqual(Object.keys(HAND_ON).sort());
  });

  test('no other file writes a cause or an advice', () => {
    const writes = /\b(?:likelyCause|nextStep|japaneseHint)\s*[:=]\s*(?:['"`]|\n)/;
    expect(files.filter(({ text }) => writes.test(text)).map(({ file }) => file)).toEqual([]);
  });
});

describe('docs/troubleshooting.md', () => {
  const page = troubleshootingPage(ENTRIES);

  test('is made of the catalogue as it is now (else: npm run docs)', () => {
    expect(readFileSync(TROUBLESHOOTING, 'utf8')).toBe(troubleshooting());
  });

  test('has one anchor for every result and every entry, and every link leads to one', () => {
    const anchors = [...page.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, id]) => id);
    expect(anchors.sort()).toEqual([...CODES, ...ENTRIES.map(({ id }) => id)].sort());
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, id]) => id);
    expect(links.filter(id => !anchors.includes(id))).toEqual([]);
  });

  test('shows holes as words, leaves out those that may stay empty, and repeats what the vendor says', () => {
    const entry: Message = {
      ...{ id: 'a-b', results: ['api_error', 'not_found'], title: 'It fails' },
      ...{ what: 'At {theHost}{via?} it failed: {why}', likelyCause: 'Bad <luck>.', nextStep: 'Wait.' },
      ...{ vendorSays: ['Oh no'], japaneseHint: '待ってください。' },
    };
    const lines = troubleshootingPage([entry]).split('\n');
    for (const line of [
      '### It fails',
      '- **You see:** At *the host* it failed: *why*.',
      '- **The vendor says:** `Oh no`',
      '- **Likely cause:** Bad \\<luck>.',
      '- **What to do:** Wait.',
      '- **日本語:** 待ってください。',
      'Also with this result: [It fails](#a-b).',
    ])
      expect(lines).toContain(line);
  });
});
