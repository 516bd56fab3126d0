import fc from "fast-check";
import { expect, test } from "vitest";
import { equalInConstantTime } from "./equal.ts";

test("equal is what has the same characters, and nothing else", () => {
  const text = fc.string({ unit: "binary" });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(equalInConstantTime(a, `${a}`)).toBe(true);
      expect(equalInConstantTime(a, b)).toBe(a === b);
    }),
  );
});

test("one bit anywhere makes a difference", () => {
  const text = "Z".repeat(32);
  for (let at = 0; at < text.length; at++) {
    for (let bit = 0; bit < 16; bit++) {
      const other = String.fromCharCode(text.charCodeAt(at) ^ (1 << bit));
      const changed = text.slice(0, at) + other + text.slice(at + 1);
      expect(equalInConstantTime(text, changed)).toBe(false);
    }
  }
});

test("one that begins with the other is not equal to it", () => {
  expect(equalInConstantTime("aaa", "aaaa")).toBe(false);
  expect(equalInConstantTime("", "\0")).toBe(false);
  expect(equalInConstantTime("", "")).toBe(true);
});
