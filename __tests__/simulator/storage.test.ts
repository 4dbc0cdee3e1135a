// The simulated presigned storage: signatures, exact range semantics, scripted faults; knows no status of a job.
import { createHash } from 'node:crypto';
import { describe, expect, jest, test } from '@jest/globals';
import type { Scenario, Simulator, StorageScript } from '../../simulator/index.js';
import { createSigner } from '../../simulator/presign.js';
import { bytesOf, downloadUrl, rawStatusCode, withSimulator } from './client.js';

const TEN = Buffer.from('0123456789');
const TEN_ETAG = `"${createHash('md5').update(TEN).digest('hex')}"`;

type Check = (
  get: (headers?: Record<string, string>) => Promise<Response>,
  simulator: Simulator,
) => Promise<void>;

/** Serves ten digits and gives a client of the same download URL. */
function withDigits(scenario: Scenario, check: Check) {
  const results = { bytes: TEN, ...scenario.results };
  return withSimulator({ jobSeconds: 0, scenario: { ...scenario, results } }, async simulator => {
    const url = await downloadUrl(simulator);
    await check(headers => fetch(url, { headers, redirect: 'manual' }), simulator);
  });
}

function withScript(script: StorageScript, check: Check) {
  return withDigits({ storage: [script] }, check);
}

describe('signatures', () => {
  test('a fresh URL works without any key and more than once', async () => {
    await withDigits({}, async get => {
      expect(await (await get()).text()).toBe('0123456789');
      expect((await get()).status).toBe(200);
    });
  });

  test('an expired URL is refused with the XML of S3', async () => {
    await withDigits({ downloadUrlSeconds: 0 }, async get => {
      const response = await get();
      expect([response.status, response.headers.get('content-type')]).toEqual([403, 'application/xml']);
      expect(await response.text()).toContain(
        '<Code>AccessDenied</Code><Message>Request has expired</Message>',
      );
    });
  });

  test('a URL lives at least as long as it says, though its date has whole seconds only', () => {
    const clock = jest.spyOn(Date, 'now');
    const verdictAt = (signedAtMs: number, readAtMs: number) => {
      const signer = createSigner();
      clock.mockReturnValue(signedAtMs);
      const url = new URL(signer.sign({ method: 'GET', origin: 'http://x', path: '/a', lifetimeSeconds: 1 }));
      clock.mockReturnValue(readAtMs);
      return signer.verify({ method: 'GET', path: '/a', query: url.searchParams });
    };
    try {
      expect(verdictAt(1_000_000_999, 1_000_001_998)).toBe('valid');
      expect(verdictAt(1_000_000_999, 1_000_002_999)).toBe('expired');
      expect(verdictAt(1_000_000_000, 1_000_001_000)).toBe('expired');
    } finally {
      clock.mockRestore();
    }
  });

  test.each([
    ['signature', /X-Amz-Signature=./, 'X-Amz-Signature=x'],
    ['lifetime', /X-Amz-Expires=\d+/, 'X-Amz-Expires=99999'],
    ['path', /\/results\/[^/]+/, '/results/other'],
  ])('a changed %s is refused', async (_, pattern, replacement) => {
    await withSimulator({ jobSeconds: 0 }, async simulator => {
      const response = await fetch((await downloadUrl(simulator)).replace(pattern, replacement));
      expect([response.status, await response.text()]).toEqual([
        403,
        expect.stringContaining('SignatureDoesNotMatch'),
      ]);
    });
  });

  test('no signature at all is refused', async () => {
    await withSimulator({ jobSeconds: 0 }, async simulator => {
      expect((await fetch((await downloadUrl(simulator)).split('?')[0] ?? '')).status).toBe(403);
    });
  });
});

describe('headers', () => {
  test('are those of S3 by default', async () => {
    await withDigits({}, async get => {
      const { headers } = await get();
      expect(Object.fromEntries(headers)).toMatchObject({
        etag: TEN_ETAG,
        'accept-ranges': 'bytes',
        'content-length': '10',
        'content-type': 'application/zip',
        'content-disposition': 'attachment; filename="retrain_results.zip"',
        'last-modified': expect.stringMatching(/GMT$/),
      });
      expect(headers.has('content-md5')).toBe(false);
    });
  });

  test.each([
    ['weak', `W/${TEN_ETAG}`],
    ['opaque', '"simulator-10-1"'],
    ['none', null],
  ] as const)('etag %p', async (etag, expected) => {
    await withDigits({ results: { etag } }, async get => {
      expect((await get()).headers.get('etag')).toBe(expected);
    });
  });

  test('Content-MD5 right or wrong, on a whole body only', async () => {
    const right = createHash('md5').update(TEN).digest('base64');
    await withDigits({ results: { contentMd5: 'right' } }, async get => {
      expect((await get()).headers.get('content-md5')).toBe(right);
      expect((await get({ range: 'bytes=1-' })).headers.get('content-md5')).toBeNull();
    });
    await withDigits({ results: { contentMd5: 'wrong' } }, async get => {
      const wrong = (await get()).headers.get('content-md5');
      expect(wrong).not.toBe(right);
      expect(Buffer.from(String(wrong), 'base64').length).toBe(16);
    });
  });

  test.each([
    [{ chunked: true }, ['chunked', 'keep-alive']],
    [{ closeDelimited: true }, [null, 'close']],
  ])('%j has no Content-Length', async (results, expected) => {
    await withDigits({ results }, async get => {
      const response = await get();
      const { headers } = response;
      expect(headers.get('content-length')).toBeNull();
      expect([headers.get('transfer-encoding'), headers.get('connection')]).toEqual(expected);
      expect(await response.text()).toBe('0123456789');
    });
  });

  test('a name outside ASCII is given twice, and none when asked so', async () => {
    await withDigits({ results: { fileName: '結果.zip' } }, async get => {
      const expected = 'attachment; filename="__.zip"; filename*=UTF-8\'\'%E7%B5%90%E6%9E%9C.zip';
      expect((await get()).headers.get('content-disposition')).toBe(expected);
    });
    await withDigits({ results: { contentDisposition: null, lastModified: false } }, async get => {
      const { headers } = await get();
      expect([headers.has('content-disposition'), headers.has('last-modified')]).toEqual([false, false]);
    });
  });
});

describe('ranges', () => {
  test.each([
    ['bytes=3-', '3456789', 'bytes 3-9/10'],
    ['bytes=3-5', '345', 'bytes 3-5/10'],
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
    ['bytes=-4', '6789', 'bytes 6-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
  ])('%p gives 206 and %p', async (range, text, contentRange) => {
    await withDigits({}, async get => {
      const response = await get({ range });
      expect(response.status).toBe(206);
      expect(response.headers.get('content-range')).toBe(contentRange);
      expect(response.headers.get('content-length')).toBe(String(text.length));
      expect(await response.text()).toBe(text);
    });
  });

  test.each(['bytes=10-', 'bytes=99-100', 'bytes=-0'])('%p gives 416 and the size', async range => {
    await withDigits({}, async get => {
      const response = await get({ range });
      expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */10']);
    });
  });

  test.each(['bytes=5-3', 'bytes=a-b', 'bytes=-', 'lines=1-2', 'bytes=0-1,3-4'])(
    '%p is ignored',
    async range => {
      await withDigits({}, async get => {
        const response = await get({ range });
        expect([response.status, response.headers.get('content-range')]).toEqual([200, null]);
      });
    },
  );

  test('If-Range with the right ETag or date gives the part, else the whole', async () => {
    await withDigits({}, async get => {
      const date = String((await get()).headers.get('last-modified'));
      const statusWith = async (ifRange: string) =>
        (await get({ range: 'bytes=3-', 'if-range': ifRange })).status;
      expect(await statusWith(TEN_ETAG)).toBe(206);
      expect(await statusWith(date)).toBe(206);
      expect(await statusWith('"other"')).toBe(200);
      expect(await statusWith(`W/${TEN_ETAG}`)).toBe(200);
      expect(await statusWith('Thu, 01 Jan 1970 00:00:00 GMT')).toBe(200);
    });
  });

  test('a weak ETag never satisfies If-Range', async () => {
    await withDigits({ results: { etag: 'weak' } }, async get => {
      const etag = String((await get()).headers.get('etag'));
      expect((await get({ range: 'bytes=3-', 'if-range': etag })).status).toBe(200);
    });
  });

  test('an If-Range that fails makes an unsatisfiable range harmless', async () => {
    await withDigits({}, async get => {
      expect((await get({ range: 'bytes=99-', 'if-range': '"other"' })).status).toBe(200);
    });
  });

  test('If-Match that does not match gives 412', async () => {
    await withDigits({}, async get => {
      expect((await get({ 'if-match': '"other"' })).status).toBe(412);
      expect((await get({ 'if-match': `"other", ${TEN_ETAG}` })).status).toBe(200);
    });
  });

  test('a server without ranges sends all and says nothing of ranges', async () => {
    await withDigits({ results: { acceptRanges: false } }, async get => {
      const response = await get({ range: 'bytes=3-' });
      expect([response.status, response.headers.get('accept-ranges')]).toEqual([200, null]);
    });
  });
});

describe('generated files', () => {
  test('any part of one equals the same part of the whole', async () => {
    const sizeBytes = 700_001;
    await withSimulator({ jobSeconds: 0, scenario: { results: { sizeBytes } } }, async simulator => {
      const url = await downloadUrl(simulator);
      const whole = await bytesOf(await fetch(url));
      expect(whole.length).toBe(sizeBytes);
      expect(createHash('sha256').update(whole).digest('hex')).toBe(simulator.results.sha256);
      expect(simulator.results).toMatchObject({ sizeBytes, bytes: Buffer.alloc(0) });
      const part = await bytesOf(await fetch(url, { headers: { range: 'bytes=262139-600000' } }));
      expect(part.equals(whole.subarray(262139, 600001))).toBe(true);
    });
  });
});

describe('scripted faults', () => {
  async function received(response: Response): Promise<number> {
    let count = 0;
    try {
      for await (const chunk of response.body ?? []) count += chunk.length;
    } catch {
      return count;
    }
    throw new Error('The body was complete.');
  }

  test('cut ends the connection after afterBytes, then the storage is healthy', async () => {
    await withScript({ fault: 'cut', afterBytes: 7 }, async get => {
      const response = await get();
      expect(response.headers.get('content-length')).toBe('10');
      expect(await received(response)).toBe(7);
      expect(await (await get({ range: 'bytes=7-' })).text()).toBe('789');
    });
  });

  test('cut counts the bytes of this response, half of them by default', async () => {
    await withScript({ fault: 'cut' }, async get => {
      expect(await received(await get({ range: 'bytes=4-' }))).toBe(3);
    });
  });

  test('stall goes silent', async () => {
    await withScript({ fault: 'stall', afterBytes: 2 }, async get => {
      const reader = (await get()).body?.getReader();
      expect((await reader?.read())?.value?.length).toBe(2);
      const silence = new Promise(resolve => setTimeout(resolve, 30, 'silence'));
      expect(await Promise.race([reader?.read(), silence])).toBe('silence');
      await reader?.cancel();
    });
  });

  test.each([
    [{ fault: 'empty' }, 200, ''],
    [{ fault: 'html' }, 200, expect.stringContaining('<html>')],
    [{ httpStatus: 503 }, 503, expect.stringContaining('SlowDown')],
    [{ body: 'x' }, 200, 'x'],
  ] as const)('%j answers instead of the file', async (script, status, text) => {
    await withScript(script, async get => {
      const response = await get();
      expect([response.status, await response.text()]).toEqual([status, text]);
      expect(await (await get()).text()).toBe('0123456789');
    });
  });

  test('reset breaks the connection', async () => {
    await withScript({ fault: 'reset' }, async get => {
      await expect(get()).rejects.toThrow();
    });
  });

  test('redirectTo gets the URL that was asked for', async () => {
    await withScript({ redirectTo: url => `${url}&hop=1` }, async (get, simulator) => {
      const response = await get();
      expect(response.status).toBe(302);
      expect(response.headers.get('location')).toBe(`${await downloadUrl(simulator)}&hop=1`);
      expect(await (await fetch(String(response.headers.get('location')))).text()).toBe('0123456789');
    });
  });

  test('ignoreRange sends the whole, wrongContentRange another part', async () => {
    await withDigits({ storage: [{ ignoreRange: true }, { wrongContentRange: true }] }, async get => {
      expect((await get({ range: 'bytes=5-' })).status).toBe(200);
      const wrong = await get({ range: 'bytes=5-' });
      expect([wrong.status, wrong.headers.get('content-range')]).toEqual([206, 'bytes 4-9/10']);
    });
  });

  test('etag replaces the file under a resuming client', async () => {
    await withDigits({ storage: [{}, { etag: '"new"' }] }, async get => {
      const etag = String((await get()).headers.get('etag'));
      const response = await get({ range: 'bytes=5-', 'if-range': etag });
      expect([response.status, response.headers.get('etag')]).toEqual([200, '"new"']);
    });
  });

  test('bytesPerSecond slows the body down', async () => {
    await withScript({ bytesPerSecond: 100 }, async get => {
      const startedAt = performance.now();
      expect(await (await get()).text()).toBe('0123456789');
      expect(performance.now() - startedAt).toBeGreaterThan(45);
    });
  });

  test('a badly signed request uses no script up', async () => {
    await withScript({ httpStatus: 500 }, async (get, simulator) => {
      expect(await rawStatusCode(simulator.storageUrl, '/results/x/y', {})).toBe(403);
      expect((await get()).status).toBe(500);
    });
  });
});
