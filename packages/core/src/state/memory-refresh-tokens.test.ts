import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { createMemoryRefreshTokens } from "./memory-refresh-tokens.ts";
import { refreshTokenContract } from "./refresh-token-contract.ts";
import type { RefreshTokenRecord, Rotation } from "./refresh-tokens.ts";

describe("contract", () => {
  for (const { name, run } of refreshTokenContract) {
    test(name, () => run(createMemoryRefreshTokens()));
  }
});

describe("bounds", () => {
  test("a full store refuses a login and keeps those it has", () => {
    const store = createMemoryRefreshTokens({ limit: 2, clock: at(0) });
    store.start(record("a"));
    store.start(record("b"));
    expect(() => store.start(record("c"))).toThrow("full");
    expect(store.find("a")).toBeDefined();
    expect(store.find("b")).toBeDefined();
    expect(store.find("c")).toBeUndefined();
  });

  test("a full store refuses a rotation and leaves the presented token usable", () => {
    const store = createMemoryRefreshTokens({ limit: 2, clock: at(0) });
    store.start(record("a"));
    store.start(record("b"));
    expect(() => store.rotate(rotation("a", "a2"))).toThrow("full");
    store.revokeFamily("family of b");
    expect(store.rotate(rotation("a", "a2"))).toEqual({ kind: "rotated" });
  });

  test("a full store still replays, recognises reuse and revokes", () => {
    const store = createMemoryRefreshTokens({ limit: 2, clock: at(0) });
    store.start(record("a"));
    store.rotate(rotation("a", "a2"));
    expect(store.rotate(rotation("a", "x"))).toMatchObject({ kind: "replayed" });
    expect(store.rotate({ ...rotation("a", "x"), now: 10 })).toMatchObject({ kind: "reused" });
    store.start(record("b"));
    expect(store.find("b")).toBeDefined();
  });

  test("expired tokens make room, live ones do not", () => {
    const clock = at(0);
    const store = createMemoryRefreshTokens({ limit: 2, clock });
    store.start(record("short", 100));
    store.start(record("long", 200));
    clock.time = 99_000;
    expect(() => store.start(record("c", 300))).toThrow("full");
    clock.time = 100_000;
    store.start(record("c", 300));
    expect(store.find("short")).toBeUndefined();
    expect(store.find("long")).toBeDefined();
    expect(() => store.start(record("d", 300))).toThrow("full");
    clock.time = 200_000;
    store.start(record("d", 300));
    expect(store.find("long")).toBeUndefined();
  });

  test("expired tokens are swept from a store that is not full", () => {
    const clock = at(0);
    const store = createMemoryRefreshTokens({ clock });
    store.start(record("a", 100));
    clock.time = 100_000;
    store.start(record("b", 1000));
    expect(store.find("a")).toBeUndefined();
    expect(store.find("b")).toBeDefined();
  });
});

test("a store shows nothing of what it keeps", () => {
  const store = createMemoryRefreshTokens({ clock: at(0) });
  store.start(record("planted-hash"));
  store.rotate(rotation("planted-hash", "planted-successor"));
  const shown = inspect(store, { depth: Infinity, showHidden: true }) + JSON.stringify(store);
  expect(shown).not.toMatch(/planted|sealed/);
});

function at(time: number) {
  return {
    time,
    now() {
      return this.time;
    },
  };
}

function record(hash: string, expiresAt = 1000): RefreshTokenRecord {
  const grant = { subject: "ada", audience: ["api"], scopes: [] };
  return { hash, family: `family of ${hash}`, grant, expiresAt, loginEndsAt: expiresAt };
}

function rotation(presented: string, successor: string): Rotation {
  const family = `family of ${presented}`;
  return {
    presented,
    successor: { ...record(successor), family },
    sealedAnswer: "sealed",
    replayUntil: 10,
    now: 0,
  };
}
