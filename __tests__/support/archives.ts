// Archives for tests, good ones by yazl and bad ones by changing bytes of good ones.
import { buffer } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';
import { ZipFile } from 'yazl';

export interface Item {
  readonly name: string;
  readonly text: string | Buffer;
  readonly mode?: number;
  readonly compress?: boolean;
}

/** A ZIP of the items; a name that ends in `/` is a folder. */
export async function archiveOf(items: readonly Item[]): Promise<Buffer> {
  const zip = new ZipFile();
  for (const { name, text, mode, compress } of items) {
    const options = {
      ...(mode === undefined ? {} : { mode }),
      ...(compress === undefined ? {} : { compress }),
    };
    if (name.endsWith('/')) zip.addEmptyDirectory(name);
    else zip.addBuffer(Buffer.from(text), name, options);
  }
  zip.end();
  return buffer(zip.outputStream);
}

/** Every occurrence of `from` replaced by `to` of the same length, as in a name that stands in two headers. */
export function patched(archive: Buffer, from: string | Buffer, to: string | Buffer): Buffer {
  const [old, fresh] = [Buffer.from(from), Buffer.from(to)];
  if (old.length !== fresh.length) throw new Error('a patch must not move anything');
  const copy = Buffer.from(archive);
  let at = copy.indexOf(old);
  if (at === -1) throw new Error('there is nothing to patch');
  for (; at !== -1; at = copy.indexOf(old, at + old.length)) fresh.copy(copy, at);
  return copy;
}

/** The archive with a bit set in the flags of every central header (APPNOTE.TXT, 4.3.12). */
export function flagged(archive: Buffer, bit: number): Buffer {
  const copy = Buffer.from(archive);
  const signature = Buffer.from('504b0102', 'hex');
  for (let at = copy.indexOf(signature); at !== -1; at = copy.indexOf(signature, at + 4)) {
    copy.writeUInt16LE(copy.readUInt16LE(at + 8) | bit, at + 8);
  }
  return copy;
}

/** Name → text of every file in a ZIP, read with yauzl. */
export async function textsOf(archive: Buffer): Promise<Record<string, string>> {
  const zip = await fromBufferPromise(archive);
  const texts: Record<string, string> = {};
  for await (const entry of zip.eachEntry()) {
    texts[entry.fileName] = (await buffer(await zip.openReadStreamPromise(entry))).toString('utf8');
  }
  return texts;
}
