import { describe, expect, test } from "vitest";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { apiKeyContract } from "./api-key-contract.ts";
import { createMemoryApiKeys } from "./memory-api-keys.ts";

describe("contract", () => {
  for (const { name, run } of apiKeyContract) {
    test(name, () => run(createMemoryApiKeys([])));
  }
});

const record = (id: string, expiresAt?: number) => ({
  id,
  hash: `hash of ${id}`,
  subject: "ada",
  ...(expiresAt !== undefined && { expiresAt }),
});

describe("bounds", () => {
  test("a full store refuses a key and keeps those it has", () => {
    const store = createMemoryApiKeys([record("a")], { limit: 2 });
    store.add(record("b"));
    expect(() => store.add(record("c"))).toThrow("full");
    expect(store.find(record("a"))).toBeDefined();
    expect(store.find(record("b"))).toBeDefined();
    store.remove("a");
    store.add(record("c"));
    expect(store.find(record("c"))).toBeDefined();
  });

  test("a full store refuses a replacement and leaves the old key as it was", () => {
    const store = createMemoryApiKeys([record("a")], { limit: 1 });
    expect(() => store.replace("a", record("b"), 10)).toThrow("full");
    expect(store.find(record("a"))).toEqual(record("a"));
  });

  test("expired keys make room in a full store, live ones do not", () => {
    const clock = { time: 0, now: () => clock.time };
    const store = createMemoryApiKeys([record("short", 100), record("for ever")], {
      limit: 2,
      clock,
    });
    clock.time = 99_999;
    expect(() => store.add(record("c", 300))).toThrow("full");
    clock.time = 100_000;
    store.add(record("c", 300));
    expect(store.find(record("short"))).toBeUndefined();
    expect(store.find(record("for ever"))).toBeDefined();
    clock.time = 299_000;
    expect(() => store.add(record("d"))).toThrow("full");
    clock.time = 300_000;
    store.add(record("d"));
    expect(store.find(record("c"))).toBeUndefined();
  });

  test("a replaced key makes room from when it expires", () => {
    const clock = { time: 0, now: () => clock.time };
    const store = createMemoryApiKeys([record("a")], { limit: 2, clock });
    store.replace("a", record("b"), 50);
    clock.time = 50_000;
    store.add(record("c"));
    expect(store.find(record("a"))).toBeUndefined();
  });

  test("what is wrong at the start is said then", () => {
    expect(() => createMemoryApiKeys([record("a"), record("a")])).toThrow(ConfigurationError);
    expect(() => createMemoryApiKeys([record("a"), record("b")], { limit: 1 })).toThrow("limit");
  });
});

test("of two keys with one hash, removing one leaves the other findable", () => {
  const [a, b] = [record("a"), { ...record("b"), hash: "hash of a" }];
  const store = createMemoryApiKeys([a, b]);
  store.remove("a");
  expect(store.find({ hash: "hash of a" })).toEqual(b);
});
