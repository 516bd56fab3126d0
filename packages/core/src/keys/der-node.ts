import { Buffer } from "node:buffer";

/** An element in DER (ITU-T X.690 §8.1): its tag, its length, and what is in it, up to 64 KiB. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  return Buffer.concat([Buffer.from([tag, ...lengthOctets(length)]), content]);
}

/** In as few octets as can be (ITU-T X.690 §10.1). */
function lengthOctets(length: number): readonly number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

export function sequence(...contents: readonly Uint8Array[]): Buffer {
  return element(0x30, ...contents);
}

/** A number that is not negative: nothing leads it but one zero, where it would be without (§8.3). */
export function integer(bytes: Uint8Array): Buffer {
  let start = 0;
  while (bytes[start] === 0 && start < bytes.length - 1) start++;
  const digits = bytes.subarray(start);
  return (digits[0] ?? 0) > 0x7f ? element(0x02, Buffer.from([0]), digits) : element(0x02, digits);
}

/** @param hex its encoding: a number in hexadecimal for each part (§8.19) */
export function objectIdentifier(hex: string): Buffer {
  return element(0x06, Buffer.from(hex, "hex"));
}
