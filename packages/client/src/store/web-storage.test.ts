import { lockContract, tokenStoreContract } from "@countersign/core/state/contract";
import { afterEach, describe, expect, test, vi } from "vitest";
import { webLocks } from "./web-locks.ts";
import { type WebStorage, webStorageTokens } from "./web-storage-tokens.ts";

/** What browsers have, as far as it is used: text under names, nothing inherited. */
function memoryStorage(): WebStorage & { readonly values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    getItem: (name) => values.get(name) ?? null,
    setItem: (name, value) => void values.set(name, value),
    removeItem: (name) => void values.delete(name),
  };
}

describe("tokens in web storage", () => {
  test.each(tokenStoreContract)("$name", ({ run }) => run(webStorageTokens(memoryStorage())));

  test("stand under names of their own, beside what others keep there", () => {
    const storage = memoryStorage();
    storage.setItem("login", "the page's own");
    webStorageTokens(storage).write("login", "ours");
    expect([...storage.values]).toEqual([
      ["login", "the page's own"],
      ["countersign.tokens:login", "ours"],
    ]);
  });
});

// Node has the very API, for the threads of a process.
describe("web locks", () => {
  afterEach(() => vi.unstubAllGlobals());

  test.each(lockContract)("$name", ({ run }) => run([webLocks(), webLocks()]));

  test("are refused at start where there are none", () => {
    vi.stubGlobal("navigator", {});
    expect(() => webLocks()).toThrow(/no navigator\.locks/);
  });
});
