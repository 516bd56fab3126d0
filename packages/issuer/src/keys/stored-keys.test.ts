import { inspect } from "node:util";
import {
  createMemorySigningKeys,
  type SigningKeyRecord,
  type SigningKeyStore,
} from "@countersign/core/state";
import { ConfigurationError, encodeBase64Url, toSecret } from "@countersign/core/wire";
import { compactVerify, createLocalJWKSet, SignJWT } from "jose";
import { describe, expect, test, vi } from "vitest";
import { createKeyRing } from "./create-key-ring.ts";
import type { KeyRing } from "./key-ring.ts";
import type { KeyRingEvent } from "./ring-event.ts";
import type { KeyRingOptions } from "./ring-options.ts";

const keyOf = (byte: number) => new Uint8Array(32).fill(byte);
const [first, second] = [keyOf(1), keyOf(2)];
const start = 1_800_000_000;

/** A store, and rings on it as several processes would have them. */
function share(store: SigningKeyStore = createMemorySigningKeys()) {
  const clock = { time: start * 1000, now: () => clock.time };
  let isDown = false;
  let reads = 0;
  const watched: SigningKeyStore = {
    read() {
      reads += 1;
      if (isDown) throw new Error("connection lost");
      return store.read();
    },
    replace: (version, keys) => {
      if (isDown) throw new Error("connection lost");
      return store.replace(version, keys);
    },
  };
  const events: KeyRingEvent[] = [];
  return {
    store,
    events,
    reads: () => reads,
    turn(seconds: number) {
      clock.time += seconds * 1000;
    },
    cut() {
      isDown = true;
    },
    heal() {
      isDown = false;
    },
    ring: (options: KeyRingOptions = {}) =>
      createKeyRing({
        store: watched,
        encryptionKey: first,
        clock,
        onEvent: (event) => events.push(event),
        ...options,
      }),
  };
}

const kidOf = async (ring: KeyRing) => (await ring.current()).kid;
const kidsOf = async (ring: KeyRing) => (await ring.published()).map(({ kid }) => kid);
/** Gives what goes on in the background a chance, where nothing should come of it. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 50));
const untilKeys = (store: SigningKeyStore, count: number) =>
  vi.waitFor(async () => expect((await store.read()).keys).toHaveLength(count));

describe("keys in a store", () => {
  test("are there again after a restart", async () => {
    const { ring } = share();
    const before = ring();
    const { kid, privateKey, algorithm } = await before.current();
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: algorithm, kid })
      .sign(privateKey);
    const after = ring();
    expect(await kidOf(after)).toBe(kid);
    const published = { keys: [...(await after.published())] };
    await compactVerify(token, createLocalJWKSet(published));
    expect((await after.current()).privateKey.extractable).toBe(false);
  });

  test("are made once, however many processes start at once", async () => {
    const { ring, store } = share();
    const kids = await Promise.all(Array.from({ length: 8 }, () => kidOf(ring())));
    expect(new Set(kids).size).toBe(1);
    expect((await store.read()).keys).toHaveLength(1);
  });

  test("are made once, by whoever is first, though another has just seen none", async () => {
    const store = createMemorySigningKeys();
    const nothing = await store.read();
    const kid = await kidOf(share(store).ring());
    let isFirstLook = true;
    const read = () => {
      if (!isFirstLook) return store.read();
      isFirstLook = false;
      return nothing;
    };
    expect(await kidOf(share({ ...store, read }).ring())).toBe(kid);
    expect((await store.read()).keys).toHaveLength(1);
  });

  test("are encrypted there: nothing of a private key is legible, and nothing shows it", async () => {
    const { ring, store, events } = share();
    const keys = ring({ algorithm: "RS256" });
    await keys.rotate();
    const { keys: records } = await store.read();
    expect(records[0]?.sealed).toMatch(/^v1\.[\w-]{8}\.[\w-]+$/);
    const shown =
      inspect([keys, await keys.current(), events], { depth: 9 }) + JSON.stringify(keys);
    expect(JSON.stringify(records) + shown).not.toMatch(/"?\b(d|p|q|kty)"?: ?['"]/);
    expect(shown).not.toContain(encodeBase64Url(first));
  });

  test("keep the algorithm they were made for when the ring's changes", async () => {
    const { ring, turn } = share();
    await kidOf(ring({ algorithm: "EdDSA" }));
    const changed = ring({ algorithm: "ES256" });
    expect((await changed.current()).algorithm).toBe("EdDSA");
    await changed.rotate();
    turn(360);
    expect((await changed.current()).algorithm).toBe("ES256");
    expect((await changed.published()).map(({ alg }) => alg)).toEqual(["EdDSA", "ES256"]);
  });
});

describe("rotation by several processes", () => {
  test("at once makes one key", async () => {
    const { ring, store, events } = share();
    const rings = Array.from({ length: 8 }, () => ring());
    await kidOf(rings[0] as KeyRing);
    await Promise.all(rings.map((each) => each.rotate()));
    expect((await store.read()).keys).toHaveLength(2);
    const lists = await Promise.all(rings.map(kidsOf));
    for (const list of lists) expect(list).toEqual(lists[0]);
    expect(events.filter(({ type }) => type === "signing_key_added")).toHaveLength(2);
  });

  test("one after another makes one key, until that key signs", async () => {
    const { ring, store, turn } = share();
    const [a, b] = [ring(), ring()];
    await a.rotate();
    await a.rotate();
    const { version } = await store.read();
    turn(359);
    await b.rotate();
    await a.rotate();
    expect((await store.read()).keys).toHaveLength(2);
    // Nor is anything written for nothing.
    expect((await store.read()).version).toBe(version);
    turn(1);
    await b.rotate();
    expect((await store.read()).keys).toHaveLength(3);
  });

  test("is known to all before the new key signs, and nobody signs with the old one then", async () => {
    const { ring, turn } = share();
    const [a, b] = [ring(), ring()];
    const old = await kidOf(a);
    expect(await kidOf(b)).toBe(old);
    await a.rotate();
    turn(61);
    const [, fresh] = await kidsOf(b);
    expect(fresh).toBeDefined();
    turn(298);
    expect([await kidOf(a), await kidOf(b)]).toEqual([old, old]);
    turn(1);
    expect([await kidOf(a), await kidOf(b)]).toEqual([fresh, fresh]);
  });

  test("is seen in time by a process that nobody has asked for anything since", async () => {
    const { ring, turn } = share();
    const [a, idle] = [ring(), ring()];
    await kidOf(idle);
    turn(5);
    await a.rotate();
    turn(360);
    expect(await kidOf(idle)).toBe(await kidOf(a));
  });
});

describe("the store is read", () => {
  test("when what is known is older than the bound, and not on every use", async () => {
    const { ring, turn, reads } = share();
    const keys = ring({ reloadEvery: 30 });
    await keys.current();
    const asked = reads();
    for (let second = 0; second < 30; second++) {
      turn(1);
      expect(keys.published()).toBeInstanceOf(Array);
      expect(keys.current()).toHaveProperty("kid");
    }
    await settle();
    expect(reads()).toBe(asked);
    turn(1);
    await keys.published();
    expect(reads()).toBe(asked + 1);
  });

  test("once, however many ask", async () => {
    const { ring, turn, reads } = share();
    const keys = ring();
    await keys.current();
    const asked = reads();
    turn(61);
    await Promise.all(Array.from({ length: 50 }, () => keys.published()));
    expect(reads()).toBe(asked + 1);
  });

  test("in the background for signing, so that no login waits for it", async () => {
    const { ring, turn, reads } = share();
    const [a, b] = [ring(), ring()];
    await kidOf(b);
    await a.rotate();
    turn(61);
    const asked = reads();
    expect(b.current()).toHaveProperty("kid");
    await vi.waitFor(() => expect(reads()).toBe(asked + 1));
    await vi.waitFor(() => expect(b.published()).toHaveLength(2));
  });

  test("without opening again what is open", async () => {
    const { ring, turn } = share();
    const [a, b] = [ring(), ring()];
    const { privateKey } = await b.current();
    await a.rotate();
    turn(61);
    expect(await b.published()).toHaveLength(2);
    expect((await b.current()).privateKey).toBe(privateKey);
  });

  test("anew after the clock was set back", async () => {
    const { ring, turn } = share();
    const [a, b] = [ring(), ring()];
    await kidOf(b);
    turn(2000);
    await kidsOf(b);
    turn(-1000);
    await a.rotate();
    expect(await kidsOf(b)).toHaveLength(2);
  });
});

describe("while the store cannot be read", () => {
  test("known keys serve on for as long as no other can sign, and then nothing does", async () => {
    const { ring, turn, cut, heal, events } = share();
    const keys = ring();
    const kid = await kidOf(keys);
    cut();
    turn(360);
    expect(await kidOf(keys)).toBe(kid);
    expect(await kidsOf(keys)).toEqual([kid]);
    expect(events.at(-1)).toMatchObject({ type: "signing_keys_unavailable" });
    turn(1);
    await expect(kidOf(keys)).rejects.toThrow("connection lost");
    await expect(kidsOf(keys)).rejects.toThrow("connection lost");
    heal();
    turn(1);
    expect(await kidOf(keys)).toBe(kid);
    expect(await kidsOf(keys)).toEqual([kid]);
  });

  test("it is asked once a second at most", async () => {
    const { ring, turn, cut, reads } = share();
    const keys = ring();
    await keys.current();
    turn(361);
    cut();
    const asked = reads();
    for (let round = 0; round < 20; round++) await kidOf(keys).catch(() => {});
    expect(reads()).toBe(asked + 1);
    turn(1);
    await kidOf(keys).catch(() => {});
    expect(reads()).toBe(asked + 2);
  });

  test("it is asked once a second at most while known keys serve", async () => {
    const { ring, turn, cut, reads } = share();
    const keys = ring({ rotateEvery: 1000 });
    const kid = await kidOf(keys);
    turn(100);
    cut();
    const asked = reads();
    expect(await kidsOf(keys)).toEqual([kid]);
    for (let round = 0; round < 20; round++) {
      expect(await kidsOf(keys)).toEqual([kid]);
      expect(await kidOf(keys)).toBe(kid);
    }
    await settle();
    expect(reads()).toBe(asked + 1);
    turn(1);
    await kidsOf(keys);
    expect(reads()).toBe(asked + 2);
  });

  test("a process that starts says so", async () => {
    const { ring, cut } = share();
    cut();
    await expect(kidOf(ring())).rejects.toThrow("connection lost");
    await expect(ring().rotate()).rejects.toThrow("connection lost");
  });

  test("a rotation that fails is tried again", async () => {
    const { ring, cut, heal, turn, store, events } = share();
    const keys = ring({ rotateEvery: 1000 });
    await keys.current();
    turn(640);
    await keys.published();
    cut();
    keys.current();
    await vi.waitFor(() => expect(events.at(-1)?.type).toBe("signing_keys_unavailable"));
    heal();
    turn(1);
    keys.current();
    await untilKeys(store, 2);
  });
});

describe("rotation by age", () => {
  test("publishes the next key so that it signs when the present one is of age", async () => {
    const { ring, turn, store } = share();
    const keys = ring({ rotateEvery: 86_400 });
    const old = await kidOf(keys);
    turn(86_400 - 361);
    await keys.published();
    await settle();
    expect((await store.read()).keys).toHaveLength(1);
    turn(1);
    keys.current();
    await untilKeys(store, 2);
    const { keys: records } = await store.read();
    expect(records.map(({ signsFrom }) => signsFrom)).toEqual([start, start + 86_400]);
    expect(await kidOf(keys)).toBe(old);
    turn(360);
    expect(await kidOf(keys)).toBe(records[1]?.kid);
  });

  test("happens where keys are only published, too", async () => {
    const { ring, turn, store } = share();
    const keys = ring({ rotateEvery: 86_400 });
    await keys.published();
    turn(86_400);
    await keys.published();
    await keys.published();
    await untilKeys(store, 2);
  });

  test("is done once by eight processes", async () => {
    const { ring, turn, store } = share();
    const rings = Array.from({ length: 8 }, () => ring({ rotateEvery: 86_400 }));
    await Promise.all(rings.map(kidOf));
    turn(86_400);
    await Promise.all(rings.map(kidsOf));
    for (const each of rings) each.current();
    await untilKeys(store, 2);
    await Promise.all(rings.map((each) => each.rotate()));
    expect((await store.read()).keys).toHaveLength(2);
  });

  test("does not happen unless it was asked for", async () => {
    const { ring, turn, store } = share();
    const keys = ring();
    await keys.current();
    turn(10 * 365 * 86_400);
    await keys.published();
    keys.current();
    await settle();
    expect((await store.read()).keys).toHaveLength(1);
  });

  test("leaves out keys whose tokens have all expired, and no others", async () => {
    const { ring, turn, store } = share();
    const keys = ring({ retention: 900 });
    const kids = [await kidOf(keys)];
    for (let round = 0; round < 5; round++) {
      await keys.rotate();
      turn(600);
      kids.push(await kidOf(keys));
    }
    await keys.rotate();
    const records = (await store.read()).keys.map(({ kid }) => kid);
    expect(records.slice(0, -1)).toEqual(kids.slice(-3));
  });
});

describe("the encryption key", () => {
  test("can be rotated: the first encrypts, all decrypt, and the old one can go after a rotation", async () => {
    const { ring, turn } = share();
    const kid = await kidOf(ring({ encryptionKey: first }));
    expect(await kidOf(ring({ encryptionKey: [second, first] }))).toBe(kid);
    await expect(kidOf(ring({ encryptionKey: second }))).rejects.toThrow(ConfigurationError);
    const both = ring({ encryptionKey: [second, first] });
    await both.rotate();
    expect(await kidOf(ring({ encryptionKey: second }))).toBe(kid);
    turn(360);
    expect(await kidOf(ring({ encryptionKey: second }))).not.toBe(kid);
  });

  test("is changed for keys at rest though the next key is waiting already", async () => {
    const { ring, store } = share();
    const old = ring({ encryptionKey: first });
    await kidOf(old);
    await old.rotate();
    await ring({ encryptionKey: [second, first] }).rotate();
    expect((await store.read()).keys).toHaveLength(2);
    expect(await kidsOf(ring({ encryptionKey: second }))).toHaveLength(2);
  });

  test.each([
    ["bytes", first],
    ["base64url", encodeBase64Url(first)],
    ["a Secret", toSecret(encodeBase64Url(first))],
  ])("is taken as %s", async (_what, encryptionKey) => {
    const { ring } = share();
    const kid = await kidOf(ring());
    expect(await kidOf(ring({ encryptionKey }))).toBe(kid);
  });

  test.each([
    ["none", undefined],
    ["an empty list", []],
    ["an empty text", ""],
    ["too few bytes", new Uint8Array(31)],
    ["too many", new Uint8Array(33)],
    ["base64 with padding", `${encodeBase64Url(first)}=`],
    ["a password", "correct horse battery staple planted"],
    ["one bad key among good ones", [first, "planted"]],
  ])("is refused at once when it is %s", (_what, encryptionKey) => {
    const { ring } = share();
    const create = () => ring({ encryptionKey } as KeyRingOptions);
    expect(create).toThrow(ConfigurationError);
    expect(create).toThrow(/openssl rand/);
    expect(create).not.toThrow(/planted/);
  });
});

describe("a record that cannot be opened", () => {
  const spoil = async (change: (sealed: string) => string) => {
    const shared = share();
    const keys = shared.ring();
    await keys.rotate();
    shared.turn(360);
    await keys.rotate();
    const { version, keys: records } = await shared.store.read();
    const [broken, ...others] = records;
    if (!broken) throw new Error("There is no record.");
    const spoilt = { ...broken, sealed: change(broken.sealed) };
    await shared.store.replace(version, [spoilt, ...others]);
    return { ...shared, broken };
  };
  const flip = (sealed: string) => sealed.slice(0, -2) + (sealed.endsWith("AA") ? "BA" : "AA");

  test.each([
    ["changed", flip, /changed/],
    ["cut short", (sealed: string) => sealed.slice(0, 30), /changed/],
    ["emptied", () => "", /format/],
    ["of a later format", (sealed: string) => sealed.replace("v1", "v2"), /format/],
    [
      "under another key",
      (sealed: string) => sealed.replace(/^v1\.[^.]+/, "v1.unknown_"),
      /unknown_/,
    ],
  ])(
    "because it was %s is never passed over: the error says what to do",
    async (_how, change, message) => {
      const { ring, broken } = await spoil(change);
      for (const ask of [
        kidOf,
        kidsOf,
        (keys: KeyRing) => (keys as ReturnType<typeof ring>).rotate(),
      ]) {
        const asking = ask(ring());
        await expect(asking).rejects.toThrow(ConfigurationError);
        await expect(asking).rejects.toThrow(message);
        await expect(asking).rejects.toThrow(broken.kid);
        await expect(asking).rejects.toThrow(/encryptionKey|remove the record/);
      }
    },
  );

  test.each<[string, (record: SigningKeyRecord) => Partial<SigningKeyRecord>]>([
    ["text", ({ sealed }) => ({ sealed: flip(sealed) })],
    ["time", ({ signsFrom }) => ({ signsFrom: signsFrom + 1 })],
    ["name", ({ kid }) => ({ kid: `${kid}x` })],
  ])("is noticed where it was open already, when its %s is changed", async (_what, change) => {
    const { ring, store, turn, events } = share();
    const keys = ring();
    const kid = await kidOf(keys);
    const { version, keys: records } = await store.read();
    await store.replace(
      version,
      records.map((record) => ({ ...record, ...change(record) })),
    );
    turn(61);
    expect(await kidsOf(keys)).toEqual([kid]);
    expect(events.at(-1)).toMatchObject({ cause: { name: "ConfigurationError" } });
    turn(300);
    await expect(kidOf(keys)).rejects.toThrow(/changed/);
  });

  test("is not written over by a rotation", async () => {
    const { ring, store } = await spoil(flip);
    const before = await store.read();
    await ring()
      .rotate()
      .catch(() => {});
    expect(await store.read()).toEqual(before);
  });

  test("cannot be another's, nor made to sign at another time", async () => {
    const { ring, store } = share();
    const keysOfOne = ring();
    await kidOf(keysOfOne);
    await keysOfOne.rotate();
    const { version, keys } = await store.read();
    const [a, b] = keys;
    if (!a || !b) throw new Error("There are no records.");
    await store.replace(version, [a, { ...b, sealed: a.sealed }]);
    await expect(kidOf(ring())).rejects.toThrow(/changed/);
    await store.replace(version + 1, [a, { ...b, signsFrom: start }]);
    await expect(kidOf(ring())).rejects.toThrow(/changed/);
    await store.replace(version + 2, [a, b]);
    expect(await kidOf(ring())).toBe(a.kid);
  });
});

test("a store whose changes are all refused is an error, not a hang", async () => {
  const store = { ...createMemorySigningKeys(), replace: () => false };
  await expect(kidOf(share(store).ring())).rejects.toThrow(/another were faster/);
});

test("a short notice shortens how often the store is read", async () => {
  const { ring, turn, reads } = share();
  const keys = ring({ notice: 60 });
  await keys.published();
  const asked = reads();
  turn(31);
  await keys.published();
  expect(reads()).toBe(asked + 1);
});

test.each([
  { notice: 100, reloadEvery: 100 },
  { reloadEvery: -1 },
  { rotateEvery: 0 },
  { rotateEvery: 360 },
  { rotateEvery: Number.NaN },
])("the options %j are refused", (options) => {
  expect(() => share().ring(options)).toThrow(ConfigurationError);
});
