import { describe, expect, test } from "vitest";
import { createGuard } from "../guard/create-guard.ts";
import { requestOf } from "../guard/request.fixture.ts";
import type { ApiKeyRecord, ApiKeyStore } from "../state/api-keys.ts";
import { createMemoryApiKeys } from "../state/memory-api-keys.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { apiKey } from "./api-key.ts";
import { cachedApiKeys } from "./cached-api-keys.ts";
import { createApiKey } from "./format.ts";

const hash = "h".repeat(43);
const record: ApiKeyRecord = { id: "k1", hash, subject: "billing" };

/** A store that can be watched, and a clock that can be turned, with a cache before it. */
function cachedStore(maxAge = 10, limit?: number) {
  const records = new Map([[record.id, record]]);
  const state = {
    now: 1_700_000_000_000,
    asked: [] as string[],
    answer: (id: string | undefined): ReturnType<ApiKeyStore["find"]> =>
      id === undefined ? [...records.values()].find((each) => each.hash === hash) : records.get(id),
  };
  const store: ApiKeyStore = {
    find: ({ id, hash }) => {
      state.asked.push(`${id} ${hash}`);
      return state.answer(id);
    },
  };
  const clock = { now: () => state.now };
  const keys = cachedApiKeys(store, { maxAge, clock, ...(limit && { limit }) });
  return Object.assign(state, {
    keys,
    records,
    later: (seconds: number) => (state.now += seconds * 1000),
  });
}

describe("a key that is there", () => {
  test("is asked for once in maxAge, and counts as it was then", async () => {
    const cached = cachedStore();
    for (let time = 0; time < 3; time++) {
      expect(await cached.keys.find({ id: "k1", hash })).toEqual(record);
    }
    expect(cached.asked).toHaveLength(1);

    cached.records.delete("k1");
    cached.later(9.999);
    expect(await cached.keys.find({ id: "k1", hash })).toEqual(record);
    cached.later(0.001);
    expect(await cached.keys.find({ id: "k1", hash })).toBeUndefined();
    expect(cached.asked).toHaveLength(2);
  });

  test("the time counts from the question, not from the answer", async () => {
    const cached = cachedStore();
    cached.answer = async () => {
      cached.later(6);
      return record;
    };
    await cached.keys.find({ id: "k1", hash });
    cached.later(3);
    await cached.keys.find({ id: "k1", hash });
    expect(cached.asked).toHaveLength(1);
    cached.later(1);
    await cached.keys.find({ id: "k1", hash });
    expect(cached.asked).toHaveLength(2);
  });

  test("is found without waiting once it is known", async () => {
    const cached = cachedStore();
    await cached.keys.find({ id: "k1", hash });
    expect(cached.keys.find({ id: "k1", hash })).toEqual(record);
  });

  test("a clock that is set back does not lengthen its life", async () => {
    const cached = cachedStore();
    await cached.keys.find({ id: "k1", hash });
    cached.later(-3600);
    await cached.keys.find({ id: "k1", hash });
    expect(cached.asked).toHaveLength(2);
  });

  test("without an id, too", async () => {
    const cached = cachedStore();
    await cached.keys.find({ hash });
    expect(cached.keys.find({ hash })).toEqual(record);
    expect(cached.asked).toEqual([`undefined ${hash}`]);
  });
});

describe("never mixed up", () => {
  test("the right id with another secret is asked for anew, and drives nothing out", async () => {
    const cached = cachedStore(10, 2);
    await cached.keys.find({ id: "k1", hash });
    for (let guess = 0; guess < 100; guess++) {
      // The store goes by the id alone; the guard compares the hashes.
      expect(await cached.keys.find({ id: "k1", hash: `${guess}` })).toEqual(record);
      expect(await cached.keys.find({ id: "k1", hash: `${guess}` })).toEqual(record);
    }
    expect(cached.asked).toHaveLength(201);
    await cached.keys.find({ id: "k1", hash });
    expect(cached.asked).toHaveLength(201);
  });

  test("another id with the same secret", async () => {
    const cached = cachedStore();
    await cached.keys.find({ id: "k1", hash });
    expect(await cached.keys.find({ id: "k2", hash })).toBeUndefined();
    cached.records.set("k2", { ...record, id: "k2", subject: "shipping" });
    expect(await cached.keys.find({ id: "k2", hash })).toMatchObject({ subject: "shipping" });
    expect(await cached.keys.find({ id: "k1", hash })).toMatchObject({ subject: "billing" });
  });

  test("an id and a hash that run together as another's do", async () => {
    const cached = cachedStore();
    cached.answer = (id) => ({ ...record, id: `${id}`, hash: id === "a b" ? "c" : "b c" });
    expect(await cached.keys.find({ id: "a b", hash: "c" })).toMatchObject({ id: "a b" });
    expect(await cached.keys.find({ id: "a", hash: "b c" })).toMatchObject({ id: "a" });
  });
});

test("a key that is not there is not remembered: a new one serves at once", async () => {
  const cached = cachedStore();
  cached.records.clear();
  expect(await cached.keys.find({ id: "k1", hash })).toBeUndefined();
  cached.records.set("k1", record);
  expect(await cached.keys.find({ id: "k1", hash })).toEqual(record);
});

describe("one question at a time about a key", () => {
  test("however many wait for it", async () => {
    const cached = cachedStore();
    let answer: (found: ApiKeyRecord | undefined) => void = () => {};
    cached.answer = () => new Promise((resolve) => (answer = resolve));
    const waiting = Array.from({ length: 1000 }, () => cached.keys.find({ id: "k1", hash }));
    expect(cached.asked).toHaveLength(1);
    answer(record);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set([record]));
  });

  test("and another one after it has failed, for all who waited: nothing is remembered of that", async () => {
    const cached = cachedStore();
    for (const fail of [
      () => Promise.reject(new Error("down")),
      () => {
        throw new Error("down");
      },
    ]) {
      cached.answer = fail;
      const waiting = [1, 2].map(async () => cached.keys.find({ id: "k1", hash }));
      const outcomes = await Promise.allSettled(waiting);
      expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    }
    cached.answer = () => record;
    expect(await cached.keys.find({ id: "k1", hash })).toEqual(record);
    expect(cached.asked).toHaveLength(3);
  });
});

test("a bounded memory: of many keys the recent ones are known", async () => {
  const cached = cachedStore(60, 10);
  cached.answer = (id) => ({ ...record, id: `${id}`, hash: `${id}` });
  const use = (id: number) => cached.keys.find({ id: `${id}`, hash: `${id}` });
  for (let id = 0; id < 1000; id++) await use(id);
  expect(cached.asked).toHaveLength(1000);
  for (let id = 999; id >= 990; id--) await use(id);
  const again = cached.asked.length - 1000;
  expect(again).toBeLessThanOrEqual(5);
  await use(0);
  expect(cached.asked).toHaveLength(1000 + again + 1);
});

describe("what cannot be right or safe: ConfigurationError", () => {
  const options: object[] = [
    { maxAge: 0 },
    { maxAge: -1 },
    { maxAge: 61 },
    { maxAge: Number.NaN },
    {},
    { maxAge: 10, limit: 1 },
    { maxAge: 10, limit: 2.5 },
  ];
  for (const each of options) {
    test(JSON.stringify(each), () => {
      const make = () => cachedApiKeys(createMemoryApiKeys([]), each as never);
      expect(make).toThrow(ConfigurationError);
    });
  }
});

describe("in a guard", () => {
  const clock = { now: () => 1_700_000_000_000 };
  const guardWith = (keys: ApiKeyStore, now = clock) =>
    createGuard({ schemes: [apiKey({ keys })], clock: now });
  const check = (guard: ReturnType<typeof guardWith>, key: string) =>
    guard.check(requestOf({ "x-api-key": key }));

  test("lets in who has the key, and nobody with another secret, before and after", async () => {
    const made = await createApiKey("shop");
    const other = await createApiKey("shop");
    const store = createMemoryApiKeys([{ ...record, ...made }]);
    const guard = guardWith(cachedApiKeys(store, { maxAge: 10, clock }));
    for (let time = 0; time < 2; time++) {
      expect(await check(guard, made.key)).toMatchObject({ kind: "accepted" });
      expect(await check(guard, other.key)).toMatchObject({ reason: "api_key_invalid" });
    }
  });

  test("what a key says of its end counts at once, however long it is remembered", async () => {
    const made = await createApiKey("shop");
    const expiresAt = 1_700_000_005;
    const turned = { now: () => turned.at, at: 1_700_000_000_000 };
    const store = createMemoryApiKeys([{ ...record, ...made, expiresAt }]);
    const guard = guardWith(cachedApiKeys(store, { maxAge: 60, clock: turned }), turned);
    expect(await check(guard, made.key)).toMatchObject({ kind: "accepted" });
    turned.at += 5000;
    expect(await check(guard, made.key)).toMatchObject({ reason: "api_key_expired" });
  });

  test("a store that fails is unavailable, unless the key is known", async () => {
    const made = await createApiKey("shop");
    const inner = createMemoryApiKeys([{ ...record, ...made }]);
    let isDown = false;
    const store: ApiKeyStore = {
      find: (query) => {
        if (isDown) throw new Error("down");
        return inner.find(query);
      },
    };
    const turned = { now: () => turned.at, at: 1_700_000_000_000 };
    const guard = guardWith(cachedApiKeys(store, { maxAge: 10, clock: turned }), turned);
    await check(guard, made.key);
    isDown = true;
    expect(await check(guard, made.key)).toMatchObject({ kind: "accepted" });
    turned.at += 10_000;
    expect(await check(guard, made.key)).toMatchObject({ reason: "store_unavailable" });
  });

  test("the store is told when a key was last used", async () => {
    const made = await createApiKey("shop");
    const touched: unknown[] = [];
    const inner = createMemoryApiKeys([{ ...record, ...made }]);
    const store = { find: inner.find, touch: (...use: unknown[]) => void touched.push(use) };
    const guard = guardWith(cachedApiKeys(store, { maxAge: 10, clock }));
    await check(guard, made.key);
    await check(guard, made.key);
    expect(touched).toEqual([[made.id, 1_700_000_000]]);
    expect(cachedApiKeys({ find: inner.find }, { maxAge: 10 }).touch).toBeUndefined();
  });
});
