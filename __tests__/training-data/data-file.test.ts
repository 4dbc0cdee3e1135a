// A data file: what may be one, that it is read as it is, and that no change of it goes unseen.
import '../support/one-realm.js';
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import { DataFile } from '../../src/training-data/data-file.js';
import { needsSystem } from '../support/system.js';
import { inTempDirectory } from '../support/temp-directory.js';

needsSystem('unix', '/dev/null');

const LARGE = Buffer.alloc(3 * 1024 * 1024 + 17, 'abcdefghijklm');

async function withFile(content: string | Buffer, use: (file: DataFile) => Promise<void>): Promise<void> {
  await inTempDirectory(async directory => {
    const path = join(directory, 'data.csv');
    writeFileSync(path, content);
    const file = await DataFile.open(path);
    if (!(file instanceof DataFile)) throw new Error(file.must);
    try {
      await use(file);
    } finally {
      await file.close();
    }
  });
}

describe('A file', () => {
  test.each([
    ['of one byte', 'x'],
    ['of many pieces', LARGE],
  ])('%s comes out as it is, as often as it is read', async (_what, content) => {
    await withFile(content, async file => {
      expect(file.sizeBytes).toBe(content.length);
      for (let pass = 0; pass < 2; pass += 1) {
        const { stream, sent } = file.read();
        expect((await buffer(stream)).equals(Buffer.from(content))).toBe(true);
        const sha256 = createHash('sha256').update(content).digest('hex');
        expect(sent).toEqual({ bytes: content.length, sha256 });
      }
    });
  });

  test.each<[string, (path: string) => void, RegExp]>([
    ['that shrank', path => truncateSync(path, 5), /bytes before, 5 now/],
    ['that grew', path => appendFileSync(path, 'more'), /bytes before/],
    ['that was written anew', path => writeFileSync(path, Buffer.alloc(LARGE.length, 'z')), /written anew/],
    ['that was emptied', path => truncateSync(path, 0), /bytes before, 0 now/],
  ])('%s while it was read never comes whole', async (_what, change, says) => {
    await withFile(LARGE, async file => {
      const { stream, sent } = file.read();
      let receivedBytes = 0;
      const reading = (async () => {
        for await (const piece of stream) {
          if (receivedBytes === 0) change(file.path);
          receivedBytes += (piece as Buffer).length;
        }
      })();
      await expect(reading).rejects.toMatchObject({
        code: 'upload_error',
        retryable: false,
        message: expect.stringMatching(says),
      });
      expect(receivedBytes).toBeLessThan(LARGE.length);
      expect(sent.sha256).toBeUndefined();
    });
  });

  test('of which one byte is to go ahead comes out as it is too', async () => {
    await withFile(LARGE, async file => {
      let aheadBytes = 0;
      const { stream, sent } = file.read({
        afterFirstByte: async () => {
          aheadBytes = stream.readableLength + receivedBytes;
        },
      });
      let receivedBytes = 0;
      const pieces: Buffer[] = [];
      for await (const piece of stream) {
        receivedBytes += (piece as Buffer).length;
        pieces.push(piece as Buffer);
      }
      expect(aheadBytes).toBe(1);
      expect(Buffer.concat(pieces).equals(LARGE)).toBe(true);
      expect(sent.bytes).toBe(LARGE.length);
    });
  });

  test('that changed between two passes is refused before its first byte', async () => {
    await withFile(LARGE, async file => {
      await buffer(file.read().stream);
      appendFileSync(file.path, 'more');
      const { stream, sent } = file.read();
      await expect(buffer(stream)).rejects.toMatchObject({ code: 'upload_error' });
      expect(sent.bytes).toBe(0);
    });
  });

  test('that is left in the middle lets its handle go', async () => {
    await withFile(LARGE, async file => {
      const { stream } = file.read();
      for await (const _piece of stream) break;
      expect(stream.destroyed).toBe(true);
    });
  });
});

describe('What is no data file', () => {
  test.each<[string, (directory: string) => string, RegExp]>([
    ['nothing', directory => join(directory, 'nowhere'), /there is none at/],
    ['a path through a file', directory => join(directory, 'empty', 'x'), /there is none at/],
    ['an empty file', directory => join(directory, 'empty'), /at least one byte/],
    ['a folder', directory => join(directory, 'folder'), /regular file/],
    ['a device', () => '/dev/null', /regular file/],
  ])('%s', async (_what, pathIn, must) => {
    await inTempDirectory(async directory => {
      writeFileSync(join(directory, 'empty'), '');
      mkdirSync(join(directory, 'folder'));
      expect(await DataFile.open(pathIn(directory))).toEqual({ must: expect.stringMatching(must) });
    });
  });
});
