import { describe, expect, test } from "vitest";
import { element, integer, objectIdentifier, sequence } from "./der-node.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const of = (digits: string) => new Uint8Array(Buffer.from(digits, "hex"));

describe("an INTEGER (ITU-T X.690 §8.3) has no zero too many, and none too few", () => {
  for (const [bytes, encoded] of [
    ["00", "020100"],
    ["0000", "020100"],
    ["01", "020101"],
    ["7f", "02017f"],
    ["80", "02020080"],
    ["0080", "02020080"],
    ["00000080", "02020080"],
    ["0100", "02020100"],
    ["ff00", "020300ff00"],
  ] as const) {
    test(bytes, () => expect(hex(integer(of(bytes)))).toBe(encoded));
  }
});

describe("a length in as few octets as can be (ITU-T X.690 §10.1)", () => {
  for (const [length, head] of [
    [0, "0400"],
    [127, "047f"],
    [128, "048180"],
    [255, "0481ff"],
    [256, "04820100"],
    [65_535, "0482ffff"],
  ] as const) {
    test(`${length}`, () => {
      const encoded = hex(element(0x04, new Uint8Array(length)));
      expect(encoded).toBe(head + "00".repeat(length));
    });
  }
});

test("elements in elements, one after another: the AlgorithmIdentifier of SHA-256 (RFC 8017 Appendix B.1)", () => {
  const identifier = objectIdentifier("608648016503040201");
  expect(hex(sequence(identifier, element(0x05)))).toBe("300d06096086480165030402010500");
});
