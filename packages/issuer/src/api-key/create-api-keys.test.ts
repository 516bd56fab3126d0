import { inspect } from "node:util";
import { apiKey, createGuard } from "@countersign/core";
import { type ApiKeyRegistry, createMemoryApiKeys } from "@countersign/core/state";
import { ConfigurationError, sha256 } from "@countersign/core/wire";
import { describe, expect, test } from "vitest";
import { createApiKeys } from "./create-api-keys.ts";

const start = 1_800_000_000;
const unavailable = { name: "IssuerError", error: "temporarily_unavailable", status: 503 };

/** Keys for tests, and a guard that takes them. */
function startKeys(registry: ApiKeyRegistry = createMemoryApiKeys([])) {
  const clock = { time: start * 1000, now: () => clock.time };
  const keys = createApiKeys({ registry, prefix: "orders", clock });
  const guard = createGuard({ clock, schemes: [apiKey({ keys: registry, prefix: "orders" })] });
  return {
    keys,
    registry,
    turn(seconds: number) {
      clock.time += seconds * 1000;
    },
    async who(key: string) {
      const verdict = await guard.check({
        method: "GET",
        url: "https://api.example.com/",
        header: (name) => (name === "x-api-key" ? key : undefined),
        body: () => undefined,
        address: undefined,
        secure: true,
        certificate: undefined,
      });
      return verdict.kind === "accepted" ? verdict.principal : verdict.reason;
    },
  };
}

const ada = { subject: "ada" };

describe("a new key", () => {
  test("is taken by the guard, with what it was made for", async () => {
    const { keys, who } = startKeys();
    const rights = { scopes: ["orders:read"], roles: ["clerk"], permissions: ["print"] };
    const { id, key, ...entry } = await keys.create({ ...ada, ...rights, lifetime: 3600 });
    expect(key.reveal()).toMatch(/^orders_[A-Za-z0-9]{12}_[A-Za-z0-9]{32}_[0-9a-f]{8}$/);
    expect(key.reveal().split("_")[1]).toBe(id);
    expect(entry).toEqual({ ...ada, ...rights, createdAt: start, expiresAt: start + 3600 });
    expect(await who(key.reveal())).toMatchObject({
      ...ada,
      ...rights,
      claims: { keyId: id },
      expiresAt: start + 3600,
    });
  });

  test("is kept as the SHA-256 of its secret part alone", async () => {
    const { keys, registry } = startKeys();
    const { id, key } = await keys.create(ada);
    const [, , secret = ""] = key.reveal().split("_");
    const record = await registry.find({ id, hash: "" });
    expect(record).toEqual({ id, hash: await sha256(secret), ...ada, createdAt: start });
    expect(JSON.stringify(record)).not.toContain(secret);
  });

  test("does not show itself", async () => {
    const { keys } = startKeys();
    const issued = await keys.create(ada);
    const shown = inspect(issued, { depth: 9, showHidden: true }) + JSON.stringify(issued);
    expect(shown).toContain("[redacted]");
    expect(shown).not.toContain(issued.key.reveal().split("_")[2]);
    expect(Object.isFrozen(issued)).toBe(true);
  });

  test("is another one each time", async () => {
    const { keys } = startKeys();
    const made = await Promise.all(Array.from({ length: 50 }, () => keys.create(ada)));
    expect(new Set(made.map(({ id }) => id)).size).toBe(50);
    expect(new Set(made.map(({ key }) => key.reveal())).size).toBe(50);
  });

  test("is good until it expires", async () => {
    const { keys, who, turn } = startKeys();
    const { key } = await keys.create({ ...ada, lifetime: 60 });
    turn(59);
    expect(await who(key.reveal())).toMatchObject(ada);
    turn(1);
    expect(await who(key.reveal())).toBe("api_key_expired");
  });

  test.each([
    [{ subject: "" }, /subject/],
    [{ subject: "ada", lifetime: 0 }, /lifetime/],
    [{ subject: "ada", lifetime: 1.5 }, /lifetime/],
    [{ subject: "ada", scopes: [""] }, /scopes/],
    [{ subject: "ada", roles: [7 as never] }, /roles/],
    [{ subject: "ada", permissions: [" "] }, /permissions/],
  ])("is refused with %j", async (options, message) => {
    const { keys, registry } = startKeys();
    await expect(keys.create(options)).rejects.toThrow(ConfigurationError);
    await expect(keys.create(options)).rejects.toThrow(message);
    expect(await registry.list(options.subject)).toEqual([]);
  });

  test("keeps nothing else that it was given", async () => {
    const { keys, registry } = startKeys();
    const { id } = await keys.create({
      ...ada,
      id: "mine",
      hash: "mine",
      note: "planted",
    } as never);
    expect(id).not.toBe("mine");
    expect(JSON.stringify(await registry.list("ada"))).not.toContain("planted");
  });
});

describe("a list", () => {
  test("has the subject's keys, and no hashes", async () => {
    const { keys, registry } = startKeys();
    const [a, b] = [await keys.create(ada), await keys.create({ ...ada, scopes: ["x"] })];
    await keys.create({ subject: "bob" });
    await registry.touch?.(a.id, start + 60);
    const list = await keys.list("ada");
    expect(list).toHaveLength(2);
    expect(list).toContainEqual({ id: a.id, ...ada, createdAt: start, lastUsedAt: start + 60 });
    expect(list).toContainEqual({ id: b.id, ...ada, scopes: ["x"], createdAt: start });
    expect(await keys.list("nobody")).toEqual([]);
  });
});

describe("rotation", () => {
  test("gives a key with the same rights, beside which the old one goes on for the overlap", async () => {
    const { keys, who, turn } = startKeys();
    const rights = { scopes: ["a"], roles: ["b"], permissions: ["c"] };
    const old = await keys.create({ ...ada, ...rights });
    turn(1000);
    const fresh = await keys.rotate({ id: old.id, ...ada, overlap: 60 });
    expect(fresh).toMatchObject({ ...ada, ...rights, createdAt: start + 1000 });
    expect(fresh).not.toHaveProperty("expiresAt");
    const keyOf = (issued = fresh) => issued?.key.reveal() ?? "";
    expect(await who(keyOf())).toMatchObject({ ...ada, ...rights });
    turn(59);
    expect(await who(old.key.reveal())).toMatchObject(ada);
    turn(1);
    expect(await who(old.key.reveal())).toBe("api_key_expired");
    expect(await who(keyOf())).toMatchObject(ada);
  });

  test("without an overlap ends the old key at once", async () => {
    const { keys, who } = startKeys();
    const old = await keys.create(ada);
    await keys.rotate({ id: old.id, ...ada, overlap: 0 });
    expect(await who(old.key.reveal())).toBe("api_key_expired");
  });

  test("gives a lifetime of the same length, and never lets the old key live longer", async () => {
    const { keys, registry, turn } = startKeys();
    const old = await keys.create({ ...ada, lifetime: 1000 });
    turn(990);
    const fresh = await keys.rotate({ id: old.id, ...ada, overlap: 500 });
    expect(fresh?.expiresAt).toBe(start + 990 + 1000);
    expect((await registry.find({ id: old.id, hash: "" }))?.expiresAt).toBe(start + 1000);
  });

  test("of a key that nobody knows the beginning of gives what was left of it", async () => {
    const record = { id: "old", hash: "h", ...ada, expiresAt: start + 100 };
    const { keys } = startKeys(createMemoryApiKeys([record]));
    const fresh = await keys.rotate({ id: "old", ...ada, overlap: 0 });
    expect(fresh?.expiresAt).toBe(start + 100);
  });

  test("is done once, of many at once too", async () => {
    const { keys } = startKeys();
    const old = await keys.create(ada);
    const name = { id: old.id, ...ada, overlap: 60 };
    const made = await Promise.all(Array.from({ length: 20 }, () => keys.rotate(name)));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await keys.rotate(name)).toBeUndefined();
    expect(await keys.list("ada")).toHaveLength(2);
    const successor = made.find(Boolean);
    expect(await keys.rotate({ ...name, id: successor?.id ?? "" })).toBeDefined();
  });

  test("is refused for another's key, an expired one and none", async () => {
    const { keys, turn } = startKeys();
    const old = await keys.create({ ...ada, lifetime: 60 });
    expect(await keys.rotate({ id: old.id, subject: "eve", overlap: 60 })).toBeUndefined();
    expect(await keys.rotate({ id: "unknown", ...ada, overlap: 60 })).toBeUndefined();
    turn(60);
    expect(await keys.rotate({ id: old.id, ...ada, overlap: 60 })).toBeUndefined();
    expect(await keys.list("ada")).toHaveLength(1);
    expect(await keys.list("eve")).toEqual([]);
  });

  test.each([-1, 0.5, Number.NaN, undefined])(
    "with an overlap of %s is a mistake",
    async (overlap) => {
      const { keys } = startKeys();
      const { id } = await keys.create(ada);
      const rotating = keys.rotate({ id, ...ada, overlap: overlap as number });
      await expect(rotating).rejects.toThrow(ConfigurationError);
    },
  );
});

describe("revocation", () => {
  test("ends a key at once", async () => {
    const { keys, who } = startKeys();
    const [a, b] = [await keys.create(ada), await keys.create(ada)];
    expect(await keys.revoke({ id: a.id, ...ada })).toBe(true);
    expect(await who(a.key.reveal())).toBe("api_key_invalid");
    expect(await who(b.key.reveal())).toMatchObject(ada);
    expect(await keys.revoke({ id: a.id, ...ada })).toBe(false);
    expect(await keys.revoke({ id: "unknown", ...ada })).toBe(false);
  });

  test("of another's key does nothing", async () => {
    const { keys, who } = startKeys();
    const { id, key } = await keys.create(ada);
    expect(await keys.revoke({ id, subject: "eve" })).toBe(false);
    expect(await who(key.reveal())).toMatchObject(ada);
  });

  test("of both keys of an overlap ends both", async () => {
    const { keys, who } = startKeys();
    const old = await keys.create(ada);
    const fresh = await keys.rotate({ id: old.id, ...ada, overlap: 600 });
    for (const { id } of await keys.list("ada")) await keys.revoke({ id, ...ada });
    for (const each of [old, fresh])
      expect(await who(each?.key.reveal() ?? "")).toBe("api_key_invalid");
  });
});

test("a registry that fails does not pass for an answer", async () => {
  const fail = () => Promise.reject(new Error("connection lost"));
  const registry = createMemoryApiKeys([{ id: "a", hash: "h", ...ada }]);
  const failing = (broken: Partial<ApiKeyRegistry>) =>
    createApiKeys({ registry: { ...registry, ...broken }, prefix: "orders" });
  const name = { id: "a", ...ada };
  await expect(failing({ add: fail }).create(ada)).rejects.toMatchObject(unavailable);
  await expect(failing({ list: fail }).list("ada")).rejects.toMatchObject(unavailable);
  await expect(failing({ find: fail }).revoke(name)).rejects.toMatchObject(unavailable);
  await expect(failing({ remove: fail }).revoke(name)).rejects.toMatchObject(unavailable);
  const rotating = failing({ replace: fail }).rotate({ ...name, overlap: 0 });
  await expect(rotating).rejects.toMatchObject(unavailable);
});

test.each(["", "Orders", "1a", "a_b", "a".repeat(17)])(
  "the prefix %j is refused at once",
  (prefix) => {
    const registry = createMemoryApiKeys([]);
    expect(() => createApiKeys({ registry, prefix })).toThrow(ConfigurationError);
    expect(() => createApiKeys({ registry: {} as never, prefix: "a" })).toThrow(/registry/);
  },
);
