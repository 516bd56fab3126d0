import fc from "fast-check";
import { expect, test } from "vitest";
import { equalInConstantTime } from "./equal.ts";

test("equal is what has the same bytes, and nothing else", () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
      expect(equalInConstantTime(a, a.slice())).toBe(true);
      expect(equalInConstantTime(a, b)).toBe(Buffer.compare(a, b) === 0);
    }),
  );
});

test("one bit anywhere makes a difference", () => {
  const bytes = new Uint8Array(32).fill(0x5a);
  for (let at = 0; at < bytes.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const other = bytes.slice();
      other[at] = 0x5a ^ (1 << bit);
      expect(equalInConstantTime(bytes, other)).toBe(false);
    }
  }
});

test("one that begins with the other is not equal to it", () => {
  expect(equalInConstantTime(new Uint8Array(3), new Uint8Array(4))).toBe(false);
  expect(equalInConstantTime(new Uint8Array(0), new Uint8Array(1))).toBe(false);
  expect(equalInConstantTime(new Uint8Array(0), new Uint8Array(0))).toBe(true);
});
