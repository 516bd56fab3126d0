import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { revocationContract } from "./revocation-contract.ts";
import { createMemoryRevocations } from "./revocations.ts";

describe("contract", () => {
  for (const { name, run } of revocationContract) {
    test(name, () => run(createMemoryRevocations()));
  }
});

describe("the contract can be broken", () => {
  const broken: Record<string, ReturnType<typeof createMemoryRevocations>> = {
    "a store that forgets": { revoke: () => {}, isRevoked: () => false },
    "a store that revokes everything": { revoke: () => {}, isRevoked: () => true },
    "a store that looks at the first key": (() => {
      const keys = new Set<string>();
      return {
        revoke: (key) => void keys.add(key),
        isRevoked: ([key = ""]) => keys.has(key),
      };
    })(),
    "a store that shortens a revocation": (() => {
      const keys = new Map<string, number>();
      return {
        revoke: (key, expiresAt) => void keys.set(key, expiresAt),
        isRevoked: (asked) => asked.some((key) => (keys.get(key) ?? 0) > Date.now() / 1000),
      };
    })(),
    "a store without case": (() => {
      const keys = new Set<string>();
      return {
        revoke: (key) => void keys.add(key.toLowerCase()),
        isRevoked: (asked) => asked.some((key) => keys.has(key.toLowerCase())),
      };
    })(),
  };
  for (const [name, store] of Object.entries(broken)) {
    test(`by ${name}`, async () => {
      const runs = revocationContract.map(({ run }) => run(store));
      await expect(Promise.all(runs)).rejects.toThrow("expected");
    });
  }
});

describe("time and bounds", () => {
  test("a full store throws, forgets nothing, and still takes a known key", () => {
    const store = createMemoryRevocations({ limit: 2, clock: at(0) });
    store.revoke("a", 100);
    store.revoke("b", 100);
    expect(() => store.revoke("c", 100)).toThrow("full");
    expect(store.isRevoked(["c"])).toBe(false);
    store.revoke("a", 200);
    for (const key of ["a", "b"]) expect(store.isRevoked([key])).toBe(true);
  });

  test("expired keys make room, live ones do not", () => {
    const clock = at(0);
    const store = createMemoryRevocations({ limit: 2, clock });
    store.revoke("short", 100);
    store.revoke("long", 200);
    clock.time = 99_999;
    expect(() => store.revoke("c", 300)).toThrow("full");
    clock.time = 100_000;
    store.revoke("c", 300);
    expect(() => store.revoke("d", 300)).toThrow("full");
    expect(store.isRevoked(["long"])).toBe(true);
    clock.time = 200_000;
    store.revoke("d", 300);
    expect(store.isRevoked(["long"])).toBe(false);
  });

  test("a full store looks for expired keys at once", () => {
    const clock = at(0);
    const store = createMemoryRevocations({ limit: 1, clock });
    store.revoke("a", 5);
    clock.time = 5000;
    store.revoke("b", 10);
    expect(store.isRevoked(["b"])).toBe(true);
  });

  test("a key is kept until the later of its times", () => {
    const clock = at(0);
    const store = createMemoryRevocations({ limit: 1, clock });
    store.revoke("a", 200);
    store.revoke("a", 100);
    clock.time = 199_999;
    expect(() => store.revoke("b", 300)).toThrow("full");
    expect(store.isRevoked(["a"])).toBe(true);
    clock.time = 200_000;
    store.revoke("b", 300);
    expect(store.isRevoked(["b"])).toBe(true);
  });

  test("expired keys are swept from a store that is not full", () => {
    const clock = at(0);
    const store = createMemoryRevocations({ clock });
    store.revoke("a", 100);
    clock.time = 100_000;
    store.revoke("b", 1000);
    expect(store.isRevoked(["a"])).toBe(false);
  });

  test("a time that is none is refused, and one without end is kept", () => {
    const clock = at(0);
    const store = createMemoryRevocations({ clock });
    expect(() => store.revoke("a", Number.NaN)).toThrow("needs a time");
    store.revoke("b", Number.POSITIVE_INFINITY);
    clock.time = 1e15;
    store.revoke("c", 1);
    expect(store.isRevoked(["b"])).toBe(true);
  });
});

test("a store shows nothing of what it keeps", () => {
  const store = createMemoryRevocations();
  store.revoke("planted", 9e9);
  const shown = inspect(store, { depth: Infinity, showHidden: true }) + JSON.stringify(store);
  expect(shown).not.toContain("planted");
});

function at(time: number) {
  return {
    time,
    now() {
      return this.time;
    },
  };
}
