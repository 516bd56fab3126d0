import { inspect } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { createGuard } from "../guard/create-guard.ts";
import { requestOf } from "../guard/request.fixture.ts";
import type { ApiKeyRecord } from "../state/api-keys.ts";
import { createMemoryApiKeys } from "../state/memory-api-keys.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { sha256 } from "../wire/sha256.ts";
import { type ApiKeyOptions, apiKey } from "./api-key.ts";
import { createApiKey } from "./format.ts";
import { asApiKey, asBearer, inHeader, inQuery } from "./place.ts";

const now = 1_700_000_000;
const clock = { now: () => now * 1000 };
const ours = await createApiKey("orders");
const expired = await createApiKey("orders");
const foreign = await createApiKey("orders");
const loose = "partner.key/with+token68-0123456789==";
const records: ApiKeyRecord[] = [
  {
    id: ours.id,
    hash: ours.hash,
    subject: "billing",
    scopes: ["orders:read"],
    roles: ["service"],
    permissions: ["p"],
    expiresAt: now + 1,
  },
  { id: expired.id, hash: expired.hash, subject: "old", expiresAt: now },
  { id: "partner", hash: await sha256(loose), subject: "partner" },
];

/** A guard over these keys, and how often its store was asked. */
function guardOf(options: Partial<ApiKeyOptions> = {}) {
  const find = vi.fn(createMemoryApiKeys(records).find);
  const guard = createGuard({ clock, schemes: [apiKey({ keys: { find }, ...options })] });
  const outcome = async (headers: Record<string, string> | [string, string][], path?: string) => {
    const verdict = await guard.check(requestOf(headers, path));
    if (verdict.kind === "accepted") return verdict.principal.subject;
    return verdict.reason;
  };
  return { find, guard, outcome };
}

/** The key with its secret replaced and its checksum made right again. */
async function withSecretOf(key: string, other: string) {
  const [prefix, id] = key.split("_");
  const body = `${prefix}_${id}_${other.split("_")[2]}`;
  const { crc32 } = await import("node:zlib");
  return `${body}_${crc32(body).toString(16).padStart(8, "0")}`;
}

describe("a good key", () => {
  test("stands for its subject", async () => {
    const verdict = await guardOf().guard.check(requestOf({ "x-api-key": ours.key }));
    expect(verdict).toMatchObject({
      kind: "accepted",
      principal: {
        scheme: "api-key",
        subject: "billing",
        scopes: ["orders:read"],
        roles: ["service"],
        permissions: ["p"],
        claims: { keyId: ours.id },
        expiresAt: now + 1,
        authenticatedAt: undefined,
      },
    });
  });

  test("of no particular form, 32 characters and more", async () => {
    expect(await guardOf().outcome({ "x-api-key": loose })).toBe("partner");
  });

  test("is looked up by its id, and another by its hash", async () => {
    const { find, outcome } = guardOf();
    await outcome({ "x-api-key": ours.key });
    await outcome({ "x-api-key": loose });
    expect(find.mock.calls).toEqual([
      [{ id: ours.id, hash: ours.hash }],
      [{ hash: await sha256(loose) }],
    ]);
  });

  test("two keys of one subject, during an overlap", async () => {
    const second = await createApiKey("orders");
    const keys = createMemoryApiKeys([
      ...records,
      { id: second.id, hash: second.hash, subject: "billing" },
    ]);
    const { outcome } = guardOf({ keys });
    expect(await outcome({ "x-api-key": ours.key })).toBe("billing");
    expect(await outcome({ "x-api-key": second.key })).toBe("billing");
  });
});

describe("a bad key", () => {
  const refused: [what: string, key: string | Promise<string>, reason: string][] = [
    ["unknown", foreign.key, "api_key_invalid"],
    [
      "of another's secret and the right id",
      withSecretOf(ours.key, foreign.key),
      "api_key_invalid",
    ],
    ["expired", expired.key, "api_key_expired"],
    ["unknown, of no particular form", "x".repeat(32), "api_key_invalid"],
  ];
  for (const [what, key, reason] of refused) {
    test(`${what}: ${reason}`, async () => {
      const { find, outcome } = guardOf();
      expect(await outcome({ "x-api-key": await key })).toBe(reason);
      expect(find).toHaveBeenCalledTimes(1);
    });
  }

  const unasked: [what: string, key: string][] = [
    ["empty", ""],
    ["of 31 characters", "x".repeat(31)],
    ["of more than 1024", "x".repeat(1025)],
    ["with a space", `${"x".repeat(20)} ${"x".repeat(20)}`],
    ["with a quote", `"${"x".repeat(40)}"`],
    ["beyond ASCII", "é".repeat(40)],
    ["a prefix of a key", ours.key.slice(0, -1)],
    ["the id alone", ours.id],
    ["with a wrong checksum", ours.key.replace(/.$/, (last) => (last === "0" ? "1" : "0"))],
  ];
  for (const [what, key] of unasked) {
    test(`${what}: refused`, async () => {
      expect(await guardOf().outcome({ "x-api-key": key })).toBe("api_key_invalid");
    });
  }

  test("with a wrong checksum is refused without a look-up, not even by its hash", async () => {
    const wrong = ours.key.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    const hash = await sha256(wrong);
    const find = vi.fn(() => ({ id: "trap", hash, subject: "trap" }));
    expect(await guardOf({ keys: { find } }).outcome({ "x-api-key": wrong })).toBe(
      "api_key_invalid",
    );
    expect(find).not.toHaveBeenCalled();
  });

  test("every change of one character is refused, and costs no look-up while the form stays", async () => {
    const { find, outcome } = guardOf();
    const prefixed = guardOf({ prefix: "orders" });
    for (let at = 0; at < ours.key.length; at++) {
      for (const by of ["a", "Z", "7", "_"]) {
        if (by === ours.key[at]) continue;
        const changed = ours.key.slice(0, at) + by + ours.key.slice(at + 1);
        find.mockClear();
        expect(await outcome({ "x-api-key": changed })).toBe("api_key_invalid");
        const keepsForm = /^[a-z][a-z0-9]{0,15}_[A-Za-z0-9]{1,32}_[A-Za-z0-9]{32,64}_[0-9a-f]{8}$/;
        if (keepsForm.test(changed)) expect(find).not.toHaveBeenCalled();
        expect(await prefixed.outcome({ "x-api-key": changed })).toBe("api_key_invalid");
      }
    }
    // Where keys have a prefix there are no others, so none is looked up in vain.
    expect(prefixed.find).not.toHaveBeenCalled();
  });

  test("a store's record for another key is not believed", async () => {
    const find = () => records[0];
    const { outcome } = guardOf({ keys: { find } });
    expect(await outcome({ "x-api-key": foreign.key })).toBe("api_key_invalid");
    expect(await outcome({ "x-api-key": loose })).toBe("api_key_invalid");
    expect(await outcome({ "x-api-key": ours.key })).toBe("billing");
  });

  test("the hash of a key is no key", async () => {
    const { outcome } = guardOf();
    for (const { hash } of records) {
      expect(await outcome({ "x-api-key": hash })).toBe("api_key_invalid");
    }
  });
});

describe("prefix", () => {
  test("another one is refused, and so are keys of no particular form", async () => {
    const { find, outcome } = guardOf({ prefix: "billing" });
    expect(await outcome({ "x-api-key": ours.key })).toBe("api_key_invalid");
    expect(await outcome({ "x-api-key": loose })).toBe("api_key_invalid");
    expect(find).not.toHaveBeenCalled();
    expect(await guardOf({ prefix: "orders" }).outcome({ "x-api-key": ours.key })).toBe("billing");
  });
});

describe("places", () => {
  const everywhere = guardOf({
    from: [inHeader("X-API-Key"), asApiKey(), asBearer(), inQuery("api_key")],
  });
  const accepted: [what: string, headers: Record<string, string>, path: string][] = [
    ["a header, in any case", { "X-Api-KEY": ours.key }, "/"],
    ["Authorization: ApiKey", { authorization: `ApiKey ${ours.key}` }, "/"],
    ["in any case", { authorization: `apikey ${ours.key}` }, "/"],
    ["Authorization: Bearer", { authorization: `Bearer ${ours.key}` }, "/"],
    ["the query", {}, `/?api_key=${ours.key}`],
    ["the query, among others", {}, `/?a=1&api_key=${ours.key}&b=2`],
  ];
  for (const [what, headers, path] of accepted) {
    test(what, async () => expect(await everywhere.outcome(headers, path)).toBe("billing"));
  }

  const key = ours.key;
  const refused: [what: string, headers: Record<string, string>, path: string, reason: string][] = [
    ["header and query", { "x-api-key": key }, `/?api_key=${key}`, "credential_conflict"],
    [
      "header and Authorization",
      { "x-api-key": key, authorization: `ApiKey ${key}` },
      "/",
      "credential_conflict",
    ],
    [
      "query and Authorization",
      { authorization: `Bearer ${key}` },
      `/?api_key=${key}`,
      "credential_conflict",
    ],
    ["the query twice", {}, `/?api_key=${key}&api_key=${key}`, "credential_conflict"],
    ["an empty query parameter", {}, "/?api_key=", "api_key_invalid"],
    ["a query parameter without value", {}, "/?api_key", "api_key_invalid"],
    [
      "a good header and an empty query parameter",
      { "x-api-key": key },
      "/?api_key=",
      "credential_conflict",
    ],
    ["another parameter", {}, `/?apikey=${key}`, "credential_missing"],
    ["the parameter in another case", {}, `/?API_KEY=${key}`, "credential_missing"],
    ["a fragment", {}, `/#?api_key=${key}`, "credential_missing"],
    ["a cookie", { cookie: `api_key=${key}` }, "/", "credential_missing"],
  ];
  for (const [what, headers, path, reason] of refused) {
    test(`${what}: ${reason}`, async () => {
      expect(await everywhere.outcome(headers, path)).toBe(reason);
    });
  }

  test("two header lines, or two keys in one, are a conflict", async () => {
    const lines: [string, string][] = [
      ["x-api-key", key],
      ["x-api-key", key],
    ];
    expect(await everywhere.outcome(lines)).toBe("credential_conflict");
    expect(await everywhere.outcome({ "x-api-key": `${key},${key}` })).toBe("credential_conflict");
  });

  test.each(["SK", "a_b", "", "0k", "x".repeat(17)])(
    "the prefix %j is refused at start",
    (prefix) => {
      expect(() => guardOf({ prefix })).toThrow(ConfigurationError);
    },
  );

  test("by default a header and Authorization: ApiKey, and no query", async () => {
    const usual = guardOf();
    expect(await usual.outcome({ "x-api-key": key })).toBe("billing");
    expect(await usual.outcome({ authorization: `ApiKey ${key}` })).toBe("billing");
    expect(await usual.outcome({}, `/?api_key=${key}`)).toBe("credential_missing");
    expect(await usual.outcome({ authorization: `Bearer ${key}` })).toBe("scheme_not_admitted");
  });

  test("sent as Bearer, a key with a prefix is told from other tokens by it", async () => {
    const prefixed = guardOf({ prefix: "orders", from: [asBearer()] });
    expect(await prefixed.outcome({ authorization: `Bearer ${key}` })).toBe("billing");
    expect(await prefixed.outcome({ authorization: "Bearer orders_x" })).toBe("api_key_invalid");
    expect(await prefixed.outcome({ authorization: "Bearer other" })).toBe("token_malformed");
  });

  test("describes them for OpenAPI", () => {
    expect(everywhere.guard.admitted[0]?.describe()).toEqual([
      { type: "apiKey", in: "header", name: "X-API-Key" },
      { type: "http", scheme: "apikey" },
      { type: "http", scheme: "bearer" },
      { type: "apiKey", in: "query", name: "api_key" },
    ]);
  });
});

describe("options that cannot be right: ConfigurationError", () => {
  const keys = createMemoryApiKeys([]);
  test("no places", () => expect(() => apiKey({ keys, from: [] })).toThrow(ConfigurationError));
  test("no store", () => {
    expect(() => apiKey({ keys: undefined as never })).toThrow(ConfigurationError);
    expect(() => apiKey({ keys: {} as never })).toThrow(ConfigurationError);
  });
  test("two records of one id", () => {
    const twice = [records[0], { ...records[0], hash: "x" }] as ApiKeyRecord[];
    expect(() => createMemoryApiKeys(twice)).toThrow(ConfigurationError);
  });
});

test("no verdict shows the key", async () => {
  const { guard } = guardOf({ from: [inHeader("x-api-key"), inQuery("api_key")] });
  const secret = ours.key.split("_")[2] ?? "";
  const wrong = await withSecretOf(expired.key, ours.key);
  for (const request of [
    requestOf({ "x-api-key": ours.key }),
    requestOf({ "x-api-key": `${ours.key}x` }),
    requestOf({ "x-api-key": wrong }),
    requestOf({}, `/?api_key=${wrong}`),
    requestOf({}, `/?api_key=${ours.key}&api_key=${ours.key}`),
  ]) {
    const verdict = await guard.check(request);
    const shown = inspect(verdict, { depth: Infinity, showHidden: true }) + JSON.stringify(verdict);
    expect(shown).not.toContain(secret);
  }
});
