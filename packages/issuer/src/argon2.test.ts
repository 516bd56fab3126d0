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
  { parallelism: 4, memoryCost: 16 },
])("the costs %j are refused", (costs) => {
  expect(() => argon2id(costs)).toThrow(ConfigurationError);
});
