import { ConfigurationError } from "@countersign/core/wire";
import { hash } from "@node-rs/argon2";
import { describe, expect, test } from "vitest";
import { argon2id } from "./argon2.ts";

// As cheap as argon2 goes: the tests are not about its strength.
const passwords = argon2id({ memoryCost: 8, timeCost: 1 });

test("knows the right password from a wrong one", async () => {
  const stored = await passwords.hash("correct horse");
  expect(await passwords.verify(stored, "correct horse")).toBe(true);
  for (const wrong of ["", "correct hors", "Correct horse", "correct horse\u0000"]) {
    expect(await passwords.verify(stored, wrong)).toBe(false);
  }
});

test("salts each hash", async () => {
  expect(await passwords.hash("same")).not.toBe(await passwords.hash("same"));
});

test("uses OWASP's costs unless told otherwise", async () => {
  const stored = await argon2id().hash("correct horse");
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  expect(await passwords.verify(stored, "correct horse")).toBe(true);
});

test("no password fits an unknown user", async () => {
  for (const password of ["", "anything", "undefined"]) {
    expect(await passwords.verify(undefined, password)).toBe(false);
    expect(await argon2id().verify(undefined, password)).toBe(false);
  }
});

describe("length", () => {
  test("is bounded in bytes", async () => {
    const longest = "é".repeat(512);
    const stored = await passwords.hash(longest);
    expect(await passwords.verify(stored, longest)).toBe(true);
    expect(await passwords.verify(stored, `${longest}e`)).toBe(false);
    expect(await passwords.verify(undefined, "e".repeat(1_000_000))).toBe(false);
  });

  test("out of bounds never matches, not even its own hash", async () => {
    const long = "e".repeat(1025);
    const stored = await hash(long, { memoryCost: 8, timeCost: 1 });
    expect(await passwords.verify(stored, long)).toBe(false);
  });

  test("out of bounds is never hashed", async () => {
    await expect(passwords.hash("")).rejects.toThrow(RangeError);
    await expect(passwords.hash("e".repeat(1025))).rejects.toThrow(RangeError);
  });
});

test.each([
  "",
  "correct horse",
  "$argon2id$",
  "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$",
  "$argon2id$v=19$m=0,t=0,p=0$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA",
  "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$c2FsdHNhbHRzYWx0c2FsdA",
  "$2b$10$abcdefghijklmnopqrstuv",
])("the stored hash %j is a problem of the store", async (stored) => {
  await expect(passwords.verify(stored, "correct horse")).rejects.toThrow();
});

test.each([
  { memoryCost: 7 },
  { timeCost: 0 },
  { parallelism: 0 },
  { parallelism: 256, memoryCost: 4096 },
  { timeCost: 2 ** 32 },
  { memoryCost: 2 ** 32 },
  { parallelism: 4, memoryCost: 16 },
])("the costs %j are refused", (costs) => {
  expect(() => argon2id(costs)).toThrow(ConfigurationError);
});

describe("rehashing", () => {
  const old = argon2id({ memoryCost: 8, timeCost: 1 });

  /** A table of one user, as a store would update it. */
  function startUser(stored: string, changes = {}) {
    const user = { hash: stored };
    const calls: [string, string][] = [];
    const hasher = argon2id({
      memoryCost: 16,
      timeCost: 1,
      onRehash(before, fresh) {
        calls.push([before, fresh]);
        if (user.hash === before) user.hash = fresh;
      },
      ...changes,
    });
    return { user, calls, hasher };
  }

  test("happens at a login when the costs have changed, once", async () => {
    const stored = await old.hash("correct horse");
    const { user, calls, hasher } = startUser(stored);
    expect(hasher.needsRehash(stored)).toBe(true);
    expect(await hasher.verify(user.hash, "correct horse")).toBe(true);
    expect(user.hash).toMatch(/^\$argon2id\$v=19\$m=16,t=1,p=1\$/);
    expect(hasher.needsRehash(user.hash)).toBe(false);
    expect(await hasher.verify(user.hash, "correct horse")).toBe(true);
    expect(await hasher.verify(user.hash, "wrong horse")).toBe(false);
    expect(calls).toEqual([[stored, user.hash]]);
  });

  test.each([
    ["memoryCost", { memoryCost: 32 }],
    ["timeCost", { timeCost: 2 }],
    ["parallelism", { parallelism: 2 }],
  ])("happens for another %s, up or down", async (_name, costs) => {
    const stored = await argon2id({ memoryCost: 16, timeCost: 1, ...costs }).hash("correct horse");
    const { calls, hasher } = startUser(stored);
    await hasher.verify(stored, "correct horse");
    expect(calls).toHaveLength(1);
  });

  test("happens for nobody who does not know the password, or does not exist", async () => {
    const stored = await old.hash("correct horse");
    const { calls, hasher } = startUser(stored);
    for (const [hash, password] of [
      [stored, "wrong"],
      [stored, ""],
      [undefined, "correct horse"],
      [stored, "x".repeat(2000)],
    ] as const) {
      expect(await hasher.verify(hash, password)).toBe(false);
    }
    expect(calls).toEqual([]);
  });

  test("that fails refuses nobody", async () => {
    const stored = await old.hash("correct horse");
    const onRehash = () => Promise.reject(new Error("connection lost"));
    const { hasher } = startUser(stored, { onRehash });
    expect(await hasher.verify(stored, "correct horse")).toBe(true);
  });
});
