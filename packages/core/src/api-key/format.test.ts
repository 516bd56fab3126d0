import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { sha256 } from "../wire/sha256.ts";
import { createApiKey, hasKeyForm, identifyApiKey, readApiKey } from "./format.ts";

// Its checksum is CRC-32 as zlib computes it, so that other languages can make and check keys.
const known = "orders_abcDEF123456_0123456789abcdefghijklmnopqrstuv_92a5f84b";

describe("a key", () => {
  test("comes apart into what it was made of", async () => {
    const made = await createApiKey("orders");
    expect(made.key).toMatch(/^orders_[A-Za-z0-9]{12}_[A-Za-z0-9]{32}_[0-9a-f]{8}$/);
    const parts = readApiKey(made.key);
    expect(parts).toMatchObject({ id: made.id });
    expect(made.hash).toBe(await sha256(parts?.secret ?? ""));
    expect(await identifyApiKey(made.key)).toEqual({ id: made.id, hash: made.hash });
  });

  test("is never made twice, and uses all letters and digits", async () => {
    const made = await Promise.all(Array.from({ length: 200 }, () => createApiKey("k")));
    expect(new Set(made.map(({ key }) => key)).size).toBe(200);
    expect(new Set(made.map(({ id }) => id)).size).toBe(200);
    const secrets = made.map(({ key }) => readApiKey(key)?.secret).join("");
    expect(new Set(secrets).size).toBe(62);
  });

  test("has the checksum that everybody computes (CRC-32 of ISO 3309)", () => {
    expect(readApiKey(known)).toEqual({
      id: "abcDEF123456",
      secret: "0123456789abcdefghijklmnopqrstuv",
    });
  });

  for (const prefix of ["", "A", "1a", "a_b", "a-b", "a b", "a".repeat(17), "é"]) {
    test(`has no prefix ${JSON.stringify(prefix)}`, async () => {
      await expect(createApiKey(prefix)).rejects.toThrow(ConfigurationError);
      await expect(createApiKey(prefix)).rejects.toThrow("1 to 16 of a-z, 0-9, a letter first");
    });
  }
});

/** Without the prefix, a text that is no key of ours may still be one that somebody else made. */
const readOurs = (text: string) => readApiKey(text, "orders");

describe("the checksum", () => {
  const character = fc.constantFrom(
    ..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.~ é",
  );

  test("refuses every change of one character", () => {
    for (let at = 0; at < known.length; at++) {
      for (const by of "ABCXYZabcxyz0123456789_-. ") {
        if (by === known[at]) continue;
        const changed = known.slice(0, at) + by + known.slice(at + 1);
        expect(readOurs(changed)).toBeUndefined();
      }
    }
  });

  test("refuses two neighbours that changed places", () => {
    for (let at = 0; at + 1 < known.length; at++) {
      const [a, b] = [known.charAt(at), known.charAt(at + 1)];
      if (a === b) continue;
      expect(readOurs(known.slice(0, at) + b + a + known.slice(at + 2))).toBeUndefined();
    }
  });

  test("refuses a character more, a character less, and a prefix of a key", () => {
    fc.assert(
      fc.property(fc.nat(known.length), character, (at, by) => {
        expect(readOurs(known.slice(0, at) + by + known.slice(at))).toBeUndefined();
        if (at < known.length) {
          expect(readOurs(known.slice(0, at) + known.slice(at + 1))).toBeUndefined();
          expect(readOurs(known.slice(0, at))).toBeUndefined();
        }
      }),
      { numRuns: 1000 },
    );
  });

  test("is no use behind anything else: one key has one spelling", () => {
    for (const before of ["orders_", " ", "\n", "A", "a_"]) {
      expect(readOurs(before + known)).toBeUndefined();
      expect(readApiKey(before + known)?.id).toBeUndefined();
      expect(hasKeyForm(before + known)).toBe(false);
    }
  });

  test("is written in lower case alone: one key has one spelling", () => {
    expect(readOurs(known.replace("92a5f84b", "92A5F84B"))).toBeUndefined();
    expect(readOurs(`${known}\n`)).toBeUndefined();
  });
});

describe("a key that somebody else made", () => {
  const key = "k".repeat(32);

  test.each([key, `${key.slice(2)}==`, "A-._~+/9".repeat(4), "k".repeat(1024)])("%s", (text) => {
    expect(readApiKey(text)).toEqual({ secret: text });
    expect(readOurs(text)).toBeUndefined();
  });

  test.each([
    key.slice(1),
    "k".repeat(1025),
    `${key} `,
    ` ${key}`,
    `${key}\n`,
    `${key} ${key}`,
    `${key}=k`,
    `${key},${key}`,
    `${key}\u00e9`,
    "=".repeat(32),
  ])("%j is none", (text) => {
    expect(readApiKey(text)).toBeUndefined();
  });
});

test("another key is known by the hash of the whole", async () => {
  for (const key of ["partner-key", known.replace("_92a5f84b", "_00000000")]) {
    expect(await identifyApiKey(key)).toEqual({ hash: await sha256(key) });
  }
});

test("hasKeyForm looks at the form alone", () => {
  expect(hasKeyForm(known)).toBe(true);
  expect(hasKeyForm(known.replace("_92a5f84b", "_00000000"))).toBe(true);
  expect(hasKeyForm("orders_x")).toBe(false);
});
