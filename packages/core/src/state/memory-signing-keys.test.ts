import { describe, expect, test } from "vitest";
import { createMemorySigningKeys } from "./memory-signing-keys.ts";
import { signingKeyContract } from "./signing-key-contract.ts";

describe("contract", () => {
  for (const { name, run } of signingKeyContract) {
    test(name, () => run(createMemorySigningKeys()));
  }
});

test("keeps a copy, which nothing done to the given keys changes", async () => {
  const store = createMemorySigningKeys();
  const key = { kid: "a", signsFrom: 1, sealed: "s" };
  const keys = [key];
  store.replace(0, keys);
  keys.push({ kid: "b", signsFrom: 2, sealed: "t" });
  key.sealed = "changed";
  expect(await store.read()).toEqual({
    version: 1,
    keys: [{ kid: "a", signsFrom: 1, sealed: "s" }],
  });
});
