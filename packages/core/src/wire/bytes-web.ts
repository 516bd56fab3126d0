const utf8 = /* @__PURE__ */ new TextEncoder();
const sextets = /* @__PURE__ */ sextetsByCharacter();

/** Bytes as base64url without padding. */
export function encode(bytes: Uint8Array): string {
  const binary = bytes.reduce((text, byte) => text + String.fromCharCode(byte), "");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes of a text that {@link encode} would write the same. */
export function decode(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array((text.length * 3) >> 2);
  let written = 0;
  let bits = 0;
  let held = 0;
  for (const character of text) {
    const value = sextets.get(character);
    if (value === undefined) return undefined;
    held = ((held << 6) | value) & 0xfff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[written++] = held >> bits;
    }
  }
  // What is left over is less than a character, and zero.
  const stray = held & ((1 << bits) - 1);
  return bits < 6 && stray === 0 ? bytes : undefined;
}

/** SHA-256 of a text's UTF-8 bytes, in base64url. */
export async function sha256(text: string): Promise<string> {
  return encode(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8.encode(text))));
}

function sextetsByCharacter(): ReadonlyMap<string, number> {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return new Map(Array.from(alphabet, (character, value) => [character, value]));
}

export { sha256 as fingerprint };
