import { expect, test } from "vitest";
import { legacyHash as onNode } from "./hash-node.ts";
import { legacyHash as onWeb } from "./hash-web.ts";

test.each(["MD5", "SHA-512-256"] as const)(
  "%s is the same from Node and from noble",
  async (hash) => {
    for (const text of ["", "abc", "x".repeat(1000), "é\u0000"]) {
      const bytes = new TextEncoder().encode(text);
      expect(new Uint8Array(await onNode(hash, bytes))).toEqual(await onWeb(hash, bytes));
    }
  },
);
