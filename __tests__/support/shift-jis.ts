// Text as Shift_JIS bytes, which Node can only read: its own decoder, the other way round.

const CODES = new Map<string, readonly number[]>();
const decoder = new TextDecoder('shift_jis');
for (let byte = 0; byte < 0x80; byte++) CODES.set(String.fromCharCode(byte), [byte]);
for (let byte = 0xa1; byte <= 0xdf; byte++) CODES.set(decoder.decode(Uint8Array.of(byte)), [byte]);
for (let lead = 0x81; lead <= 0xfc; lead++) {
  if (lead >= 0xa0 && lead <= 0xdf) continue;
  for (let trail = 0x40; trail <= 0xfc; trail++) {
    const character = decoder.decode(Uint8Array.of(lead, trail));
    if ([...character].length === 1 && !CODES.has(character)) CODES.set(character, [lead, trail]);
  }
}

export function shiftJis(text: string): Buffer {
  return Buffer.from(
    [...text].flatMap(character => {
      const code = CODES.get(character);
      if (code === undefined) throw new Error(`'${character}' is not in Shift_JIS`);
      return [...code];
    }),
  );
}
