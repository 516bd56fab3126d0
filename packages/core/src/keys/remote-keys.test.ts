import type { JWK } from "jose";
import { afterEach, describe, expect, test, vi } from "vitest";
import { makeKey } from "../token/signing.fixture.ts";
import { type LoadKeys, remoteKeys } from "./remote-keys.ts";

const old = (await makeKey("ES256", "old")).jwk;
const next = (await makeKey("ES256", "next")).jwk;

const second = 1000;
const minute = 60 * second;
const start = 1_700_000_000_000;

/** A key source over a loader whose answers can be changed, and which counts. */
function sourceOf(answer: JWK[] | (() => unknown), lifetime = {}) {
  const state = { answer, loads: 0, now: start };
  const load = () => {
    state.loads += 1;
    const answer = state.answer;
    return typeof answer === "function" ? answer() : { keys: answer };
  };
  const source = remoteKeys(load as LoadKeys, undefined, lifetime);
  const find = (kid: string | undefined) => source.find({ kid, alg: "ES256" }, state.now);
  return Object.assign(state, { source, find, later: (time: number) => (state.now += time) });
}

const fails = () => Promise.reject(new Error("no route to host"));
/** Lets a fetch in the background end. */
const settle = () => new Promise((resolve) => setTimeout(resolve));
const isDown = { kind: "unavailable", reason: "keys_unavailable" };

afterEach(() => vi.restoreAllMocks());

describe("a fetch", () => {
  test("is made at the first token, and one flight serves a thousand", async () => {
    const keys = sourceOf([old]);
    expect(keys.loads).toBe(0);
    const found = await Promise.all(Array.from({ length: 1000 }, () => keys.find("old")));
    expect(found.every((key) => key && "kid" in key && key.kid === "old")).toBe(true);
    expect(keys.loads).toBe(1);
  });

  test("that fails is one flight too, and all are told", async () => {
    const keys = sourceOf(fails);
    const found = await Promise.all(Array.from({ length: 1000 }, () => keys.find("old")));
    for (const each of found) expect(each).toMatchObject(isDown);
    expect(keys.loads).toBe(1);
  });

  test("is not made for a key that is there: that one is given at once", async () => {
    const keys = sourceOf([old]);
    await keys.find("old");
    expect(keys.find("old")).toMatchObject({ kid: "old" });
    expect(keys.find("old")).toBe(keys.find("old"));
    expect(keys.loads).toBe(1);
  });

  test("that hangs is given up after 5 s", async () => {
    const deadline = new AbortController();
    const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(deadline.signal);
    let given: AbortSignal | undefined;
    const source = remoteKeys((signal) => {
      given = signal;
      return new Promise(() => {});
    }, undefined);
    const found = source.find({ kid: "old", alg: "ES256" }, start);
    expect(timeout).toHaveBeenCalledWith(5000);
    const cause = new DOMException("late", "TimeoutError");
    deadline.abort(cause);
    expect(await found).toMatchObject({ ...isDown, cause });
    expect(given?.aborted).toBe(true);
  });

  test("that throws at once is a failure, and leaves nothing behind that ends the process", async () => {
    const deadline = new AbortController();
    vi.spyOn(AbortSignal, "timeout").mockReturnValue(deadline.signal);
    const unheard = vi.fn();
    process.on("unhandledRejection", unheard);
    const keys = sourceOf(() => {
      throw new Error("no such file");
    });
    expect(await keys.find("old")).toMatchObject(isDown);
    deadline.abort(new DOMException("late", "TimeoutError"));
    await settle();
    process.off("unhandledRejection", unheard);
    expect(unheard).not.toHaveBeenCalled();
  });

  test("may be answered without waiting", async () => {
    const keys = sourceOf(() => ({ keys: [old] }));
    expect(await keys.find("old")).toMatchObject({ kid: "old" });
  });
});

describe("an unknown kid", () => {
  test("is unknown for 30 s after a good fetch: a hundred cost no fetch", async () => {
    const keys = sourceOf([old]);
    for (let kid = 0; kid < 100; kid++) expect(await keys.find(`random-${kid}`)).toBeUndefined();
    expect(keys.loads).toBe(1);
    keys.later(30 * second - 1);
    expect(keys.find("random")).toBeUndefined();
    expect(keys.loads).toBe(1);
  });

  test("is asked for once after that, however many there are", async () => {
    const keys = sourceOf([old]);
    await keys.find("old");
    keys.later(30 * second);
    const found = await Promise.all(
      Array.from({ length: 100 }, (_, kid) => keys.find(`random-${kid}`)),
    );
    expect(found.every((key) => key === undefined)).toBe(true);
    expect(keys.loads).toBe(2);
    expect(keys.find("random")).toBeUndefined();
    expect(keys.loads).toBe(2);
  });

  test("is found when the keys were rotated", async () => {
    const keys = sourceOf([old]);
    await keys.find("old");
    keys.answer = [old, next];
    keys.later(31 * second);
    expect(await keys.find("next")).toMatchObject({ kid: "next" });
  });

  test("never keeps good users out", async () => {
    const keys = sourceOf([old]);
    await keys.find("old");
    for (let round = 0; round < 50; round++) {
      keys.later(10 * second);
      const bad = keys.find(`random-${round}`);
      expect(keys.find("old")).toMatchObject({ kid: "old" });
      await bad;
    }
    // 500 s, one fetch in 30 s at most.
    expect(keys.loads).toBeLessThanOrEqual(1 + Math.ceil(500 / 30));
  });

  test("cannot be told unknown when the last fetch failed", async () => {
    const keys = sourceOf([old]);
    await keys.find("old");
    keys.answer = fails;
    keys.later(31 * second);
    expect(await keys.find("next")).toMatchObject(isDown);
    expect(keys.find("next")).toMatchObject(isDown);
    expect(keys.find("old")).toMatchObject({ kid: "old" });
    expect(keys.loads).toBe(2);
  });
});

describe("after failures", () => {
  test("the next fetch waits 1, 2, 4, … and at most 60 s", async () => {
    const keys = sourceOf(fails);
    const gaps: number[] = [];
    await keys.find("old");
    let loads = keys.loads;
    for (let waited = 0; gaps.length < 9; ) {
      keys.later(second);
      waited += 1;
      expect(await keys.find("old")).toMatchObject(isDown);
      if (keys.loads > loads) {
        gaps.push(waited);
        [loads, waited] = [keys.loads, 0];
      }
    }
    expect(gaps).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  test("callers are told when", async () => {
    const keys = sourceOf(fails);
    for (const wait of [1, 2, 4]) {
      expect(await keys.find("old")).toMatchObject({ ...isDown, retryAfter: wait });
      keys.later(wait * second);
    }
  });

  test("no caller is told to come back in no time", async () => {
    const keys = sourceOf(fails);
    await keys.find("old");
    keys.later(second - 1);
    expect(keys.find("old")).toMatchObject({ retryAfter: 1 });
  });

  test("a service that started while the issuer was down recovers by itself", async () => {
    const keys = sourceOf(fails);
    expect(await keys.find("old")).toMatchObject(isDown);
    keys.answer = [old];
    expect(keys.find("old")).toMatchObject(isDown);
    keys.later(second);
    expect(await keys.find("old")).toMatchObject({ kid: "old" });
    expect(await keys.find("unknown")).toBeUndefined();
  });

  test("a success forgets the failures before it", async () => {
    const keys = sourceOf(fails);
    for (const wait of [1, 2, 4]) {
      await keys.find("old");
      keys.later(wait * second);
    }
    keys.answer = [old];
    await keys.find("old");
    keys.answer = fails;
    keys.later(31 * second);
    expect(await keys.find("next")).toMatchObject({ retryAfter: 1 });
  });

  test("the cause is kept for this side", async () => {
    const cause = new Error("no route to host");
    const keys = sourceOf(() => Promise.reject(cause));
    expect(await keys.find("old")).toMatchObject({ cause });
    expect(keys.find("old")).toMatchObject({ cause });
  });
});

describe("a set without a usable key is a failure", () => {
  const sets: [what: string, set: unknown][] = [
    ["empty", { keys: [] }],
    ["no set", {}],
    ["null", null],
    ["undefined", undefined],
    ["a string", "keys"],
    ["keys that are no array", { keys: { length: 1, 0: old } }],
    ["keys that are null", { keys: null }],
    ["entries that are no objects", { keys: [null, 5, "key", [old]] }],
    ["symmetric keys alone", { keys: [{ kty: "oct", k: "AAAA", kid: "old" }] }],
    ["encryption keys alone", { keys: [{ ...old, use: "enc" }] }],
  ];
  for (const [what, set] of sets) {
    test(`${what}: it neither drops the good keys nor voids the wait`, async () => {
      const keys = sourceOf([old]);
      await keys.find("old");
      keys.answer = () => set;
      keys.later(31 * second);
      expect(await keys.find("next")).toMatchObject(isDown);
      for (let kid = 0; kid < 100; kid++) expect(keys.find(`${kid}`)).toMatchObject(isDown);
      expect(keys.loads).toBe(2);
      expect(keys.find("old")).toMatchObject({ kid: "old" });
    });

    test(`${what}, from the beginning: unavailable`, async () => {
      const keys = sourceOf(() => set);
      expect(await keys.find("old")).toMatchObject(isDown);
    });
  }

  const entries: [what: string, entry: unknown][] = [
    ["null", null],
    ["a string", "key"],
    ["a key with odd key_ops", { ...next, key_ops: 5 }],
    ["a key with an inherited curve", { kty: "EC", crv: "constructor", x: "AA", y: "AA" }],
    ["a key whose members are of other kinds", { kty: 5, crv: {}, x: [], alg: 1, use: null }],
  ];
  for (const [what, entry] of entries) {
    test(`but ${what} beside a good key is passed over (RFC 7517 §5)`, async () => {
      const keys = sourceOf(() => ({ keys: [entry, old] }));
      expect(await keys.find("old")).toMatchObject({ kid: "old" });
    });
  }
});

describe("age", () => {
  test("after 10 minutes keys are fetched in the background, and serve meanwhile", async () => {
    const keys = sourceOf([old]);
    await keys.find("old");
    keys.answer = [old, next];
    keys.later(10 * minute - 1);
    keys.find("old");
    expect(keys.loads).toBe(1);
    keys.later(1);
    for (let request = 0; request < 100; request++) {
      expect(keys.find("old")).toMatchObject({ kid: "old" });
    }
    expect(keys.loads).toBe(2);
    await settle();
    expect(keys.find("next")).toMatchObject({ kid: "next" });
    expect(keys.loads).toBe(2);
  });

  test("a key that was withdrawn is gone with the next refresh", async () => {
    const keys = sourceOf([old, next]);
    await keys.find("old");
    keys.answer = [next];
    keys.later(10 * minute);
    keys.find("next");
    await settle();
    expect(await keys.find("old")).toBeUndefined();
  });

  test("while the issuer is down, keys serve until they are an hour old, and no longer", async () => {
    const keys = sourceOf([old]);
    await keys.find("old");
    keys.answer = fails;
    for (let at = 10; at < 60; at += 5) {
      keys.now = start + at * minute;
      expect(keys.find("old")).toMatchObject({ kid: "old" });
      await settle();
    }
    keys.now = start + 60 * minute - 1;
    expect(keys.find("old")).toMatchObject({ kid: "old" });
    await settle();
    keys.now = start + 60 * minute;
    expect(await keys.find("old")).toMatchObject(isDown);
    keys.answer = [old];
    keys.later(minute);
    expect(await keys.find("old")).toMatchObject({ kid: "old" });
  });

  test("a refresh in the background that fails waits before the next one", async () => {
    const keys = sourceOf([old]);
    await keys.find("old");
    keys.answer = fails;
    keys.later(10 * minute);
    for (let request = 0; request < 100; request++) {
      expect(keys.find("old")).toMatchObject({ kid: "old" });
      await settle();
    }
    expect(keys.loads).toBe(2);
  });

  test("without traffic for hours, the next token waits for fresh keys", async () => {
    const keys = sourceOf([old]);
    await keys.find("old");
    keys.answer = [next];
    keys.later(5 * 60 * minute);
    expect(await keys.find("old")).toBeUndefined();
    expect(await keys.find("next")).toMatchObject({ kid: "next" });
    expect(keys.loads).toBe(2);
  });

  test("both ages can be set", async () => {
    const keys = sourceOf([old], { refreshAfter: 5, maxAge: 8 });
    await keys.find("old");
    keys.answer = fails;
    keys.later(4 * second);
    keys.find("old");
    expect(keys.loads).toBe(1);
    keys.later(second);
    keys.find("old");
    expect(keys.loads).toBe(2);
    await settle();
    keys.later(3 * second);
    expect(await keys.find("old")).toMatchObject(isDown);
  });
});

describe("warm", () => {
  test("fetches before the first token", async () => {
    const keys = sourceOf([old]);
    await keys.source.warm(start);
    expect(keys.find("old")).toMatchObject({ kid: "old" });
    expect(keys.loads).toBe(1);
  });

  test("says why it cannot, and the source recovers by itself", async () => {
    const keys = sourceOf(fails);
    await expect(keys.source.warm(start)).rejects.toThrow("no route to host");
    keys.answer = [old];
    keys.later(second);
    expect(await keys.find("old")).toMatchObject({ kid: "old" });
  });

  test("shares its flight", async () => {
    const keys = sourceOf([old]);
    await Promise.all([keys.source.warm(start), keys.find("old"), keys.source.warm(start)]);
    expect(keys.loads).toBe(1);
  });
});
