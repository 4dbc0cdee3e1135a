// The one way out to the network, and its time limits, over loopback.
import '../support/one-realm.js';
import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { readBody } from '../../src/http/read-body.js';
import { TimeLimitExceeded, timeLimit } from '../../src/http/time-limit.js';
import { createTransport } from '../../src/http/transport.js';
import { answer, brokenOff, silence, withServer } from '../support/local-server.js';

const transport = createTransport('unit-test/1');
const never = new AbortController().signal;
const ask = (url: string, signal: AbortSignal = never, headers = {}) =>
  transport({ method: 'GET', url: new URL(url), headers, signal });

describe('The transport', () => {
  test('sends one request as it is told and gives the answer as it came', async () => {
    await withServer([answer(418, 'tea', { 'x-a': 'b' })], async ({ url, requests }) => {
      const got = await ask(`${url}/p%2Fq?r=s%20t`, never, { 'x-one': '1' });
      expect(got.statusCode).toBe(418);
      expect(got.headers['x-a']).toBe('b');
      expect(String(await readBody(got.body, 100))).toBe('tea');
      expect(requests).toHaveLength(1);
      expect(requests[0]?.url).toBe('/p%2Fq?r=s%20t');
      expect(requests[0]?.headers).toMatchObject({
        'x-one': '1',
        'user-agent': expect.stringContaining('unit-test/1'),
      });
    });
  });

  test.each([301, 302, 307, 308])('does not follow a redirect (%d)', async status => {
    await withServer([answer(status, '', { location: 'http://127.0.0.1:9/' })], async ({ url, requests }) => {
      const got = await ask(url);
      got.body.destroy();
      expect(got.statusCode).toBe(status);
      expect(requests).toHaveLength(1);
    });
  });

  test.each([429, 500, 502, 503, 504])('does not repeat a request (%d)', async status => {
    await withServer([answer(status)], async ({ url, requests }) => {
      (await ask(url)).body.destroy();
      expect(requests).toHaveLength(1);
    });
  });

  // Nothing listens there: with the URL's brackets left on, the name would not even resolve.
  test('asks an IPv6 address by its bare form', async () => {
    const error = await ask('http://[::1]:1/').catch(thrown => thrown);
    expect(String(error)).not.toContain('ENOTFOUND');
    expect(String(error)).toMatch(/ECONNREFUSED|EADDRNOTAVAIL|EAFNOSUPPORT|ENETUNREACH/);
  });

  test('rejects with a NetworkError where nothing listens', async () => {
    const gone = await withServer([silence], async ({ url }) => url);
    await expect(ask(gone)).rejects.toMatchObject({ code: 'network_error', retryable: true });
  });

  test('rejects with the reason of the signal, aborted before or while it waits', async () => {
    await withServer([silence], async ({ url, requests }) => {
      await expect(ask(url, AbortSignal.abort('too late'))).rejects.toBe('too late');
      expect(requests).toHaveLength(0);
      const controller = new AbortController();
      const asking = ask(url, controller.signal);
      setTimeout(() => controller.abort('stop'), 50);
      await expect(asking).rejects.toBe('stop');
    });
  });
});

describe('Reading a body', () => {
  test.each([
    { what: 'nothing', bytes: 0, limit: 10, read: 0 },
    { what: 'as much as allowed', bytes: 10, limit: 10, read: 10 },
    { what: 'a byte more', bytes: 11, limit: 10, read: undefined },
    { what: 'far more', bytes: 3_000_000, limit: 10, read: undefined },
  ])('$what', async ({ bytes, limit, read }) => {
    await withServer([answer(200, Buffer.alloc(bytes, 'x'))], async ({ url }) => {
      const { body } = await ask(url);
      expect((await readBody(body, limit))?.length).toBe(read);
      expect(body.destroyed).toBe(true);
    });
  });

  test('rejects where it breaks off', async () => {
    await withServer([brokenOff('half', 'cut')], async ({ url }) => {
      const { body } = await ask(url);
      await expect(readBody(body, 100)).rejects.toThrow();
    });
  });
});

describe('A time limit', () => {
  test('aborts with TimeLimitExceeded when its time is up', async () => {
    const limit = timeLimit(20, never);
    await new Promise(resolve => limit.signal.addEventListener('abort', resolve));
    expect(limit.signal.reason).toBeInstanceOf(TimeLimitExceeded);
    expect(limit.signal.reason).toMatchObject({ limitMs: 20, message: 'nothing came within 0.02 s' });
    limit.dispose();
  });

  test('tells a limit that is what is left of a longer one in whole milliseconds', () => {
    expect(new TimeLimitExceeded(1199.8998897).message).toBe('nothing came within 1.2 s');
  });

  test('aborts with the reason of the outer signal, at once where that has aborted', () => {
    const outer = new AbortController();
    const limit = timeLimit(60_000, outer.signal);
    outer.abort('cancelled');
    expect(limit.signal.reason).toBe('cancelled');
    limit.dispose();
    expect(timeLimit(60_000, outer.signal).signal.reason).toBe('cancelled');
  });

  test('that is disposed of aborts no more and leaves no listener', async () => {
    const outer = new AbortController();
    const limit = timeLimit(10, outer.signal);
    limit.dispose();
    await new Promise(resolve => setTimeout(resolve, 40));
    outer.abort('cancelled');
    expect(limit.signal.aborted).toBe(false);
    expect(getEventListeners(outer.signal, 'abort')).toHaveLength(0);
  });

  test('starts anew as often as it is told', async () => {
    const limit = timeLimit(400, never);
    for (let count = 0; count < 5; count += 1) {
      await new Promise(resolve => setTimeout(resolve, 100));
      limit.restart();
    }
    expect(limit.signal.aborted).toBe(false);
    limit.dispose();
  });
});
