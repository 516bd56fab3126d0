import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import { ConfigurationError, toSecret } from "@countersign/core/wire";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { connectRedis } from "../connect-redis.ts";
import { openKeyspace } from "../keyspace.fixture.ts";
import { howToGetRedis, type RedisServer, startRedis, withoutRedis } from "../redis.fixture.ts";
import type { RedisState } from "../redis-state.ts";
import { createSealer, type EncryptionKey } from "./seal.ts";

const encryptionKey = randomBytes(32).toString("base64url");

describe("an encryption key", () => {
  test("is taken as bytes, as text, and as a secret, which are the same", () => {
    const bytes = Buffer.from(encryptionKey, "base64url");
    const sealed = createSealer(encryptionKey).seal("text", "place");
    expect(createSealer(bytes).unseal(sealed, "place")).toBe("text");
    expect(createSealer(toSecret(encryptionKey)).unseal(sealed, "place")).toBe("text");
  });

  const wrong: [what: string, key: EncryptionKey][] = [
    ["empty", ""],
    ["42 characters long", "planted".repeat(6)],
    ["padded", `${encryptionKey}=`],
    ["16 bytes long", new Uint8Array(16)],
    ["33 bytes long", new Uint8Array(33)],
    ["missing", undefined as never],
  ];
  test.each(wrong)("that is %s is refused, and not shown", (_, key) => {
    let error: unknown;
    try {
      createSealer(key);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(inspect(error)).toContain("openssl rand");
    expect(inspect(error)).not.toContain("planted");
  });
});

describe("a sealed text", () => {
  const sealer = createSealer(encryptionKey);
  const sealed = sealer.seal("the text", "place");

  test("never looks the same twice, and says nothing", () => {
    expect(sealer.seal("the text", "place")).not.toBe(sealed);
    expect(Buffer.from(sealed.slice(3), "base64url").toString("latin1")).not.toContain("the text");
  });

  test("opens in its own place alone", () => {
    expect(sealer.unseal(sealed, "place")).toBe("the text");
    expect(() => sealer.unseal(sealed, "elsewhere")).toThrow(/cannot be opened/);
  });

  test("opens with its own key alone", () => {
    const other = createSealer(randomBytes(32));
    expect(() => other.unseal(sealed, "place")).toThrow(/another encryptionKey/);
  });

  test("does not open when anything of it is changed", () => {
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.slice(0, at) + (sealed[at] === "A" ? "B" : "A") + sealed.slice(at + 1);
      expect(() => sealer.unseal(changed, "place"), `character ${at}`).toThrow(/cannot be opened/);
    }
    for (const length of [0, 2, 3, 10, 30, sealed.length - 2]) {
      expect(() => sealer.unseal(sealed.slice(0, length), "place")).toThrow(/cannot be opened/);
    }
  });
});

describe.skipIf(withoutRedis)(`a client's tokens on Redis (${howToGetRedis})`, () => {
  let server: RedisServer;
  let redis: RedisState;
  let keyspace: Awaited<ReturnType<typeof openKeyspace>>;
  beforeAll(async () => {
    server = await startRedis();
    redis = await connectRedis(server.url);
    keyspace = await openKeyspace(server.url);
  });
  afterEach(() => keyspace.client.flushAll());
  afterAll(async () => {
    keyspace?.close();
    await redis?.close();
    await server?.remove();
  });

  test("are shared with who has the key, and unreadable for who has another", async () => {
    await redis.tokens({ encryptionKey }).write("billing", "refresh token");
    const same = await connectRedis(server.url);
    expect(await same.tokens({ encryptionKey }).read("billing")).toBe("refresh token");
    const other = same.tokens({ encryptionKey: randomBytes(32) });
    await expect(other.read("billing")).rejects.toThrow(/cannot be opened/);
    await same.close();
  });

  test("cannot be put in the place of others", async () => {
    const tokens = redis.tokens({ encryptionKey });
    await tokens.write("mine", "good for little");
    const [mine = ""] = await keyspace.keys();
    await tokens.write("theirs", "good for much");
    const theirs = (await keyspace.keys()).find((key) => key !== mine) ?? "";
    await keyspace.client.copy(theirs, mine, { REPLACE: true });
    await expect(tokens.read("mine")).rejects.toThrow(/cannot be opened/);
  });

  test("are kept for as long as they are used", async () => {
    const tokens = redis.tokens({ encryptionKey, keepFor: 3600 });
    await tokens.write("a", "b");
    const [key = ""] = await keyspace.keys();
    expect(await keyspace.client.pTTL(key)).toBeGreaterThan(3_590_000);
    await keyspace.client.pExpire(key, 1000);
    expect(await tokens.read("a")).toBe("b");
    expect(await keyspace.client.pTTL(key)).toBeGreaterThan(3_590_000);
  });

  test.each([0, -1, Number.NaN])("a keepFor of %s is refused", (keepFor) => {
    expect(() => redis.tokens({ encryptionKey, keepFor })).toThrow(ConfigurationError);
  });
});
