import { beforeEach, describe, expect, test } from "vitest";
import { apiKey } from "../api-key/api-key.ts";
import { toAnswer } from "../guard/answer.ts";
import { createGuard } from "../guard/create-guard.ts";
import { makeRequest } from "../guard/made-request.fixture.ts";
import { fresh } from "../requirement/fresh.ts";
import { role } from "../requirement/role.ts";
import { createMemoryApiKeys } from "../state/memory-api-keys.ts";
import { createMemoryReplays } from "../state/replay.ts";
import { formatAuthParams, parseAuthParams } from "../wire/auth-params.ts";
import {
  type DigestAlgorithm,
  type DigestQop,
  digestHa1,
  digestHashOf,
  digestResponse,
} from "../wire/digest.ts";
import { type DigestOptions, digest } from "./digest.ts";

const realm = "orders";
const password = "Circle of Life";
const clock = { time: 0, now: () => clock.time };
beforeEach(() => {
  clock.time = 1_700_000_000_000;
});

const names = ["ada", "J\u00e4s\u00f8n Doe"];
const users = {
  async find(username: string, asked: string) {
    if (!names.includes(username) || asked !== realm) return undefined;
    const user = { username, realm, password };
    const [sha256, sha512, md5] = await Promise.all(
      (["SHA-256", "SHA-512-256", "MD5"] as const).map((hash) => digestHa1(hash, user)),
    );
    const ha1 = { "SHA-256": sha256 ?? "", "SHA-512-256": sha512 ?? "", MD5: md5 ?? "" };
    return { subject: username, ha1, roles: ["reader"] };
  },
};

function guardWith(options: Partial<DigestOptions> = {}) {
  const replays = createMemoryReplays({ clock });
  return createGuard({ realm, clock, schemes: [digest({ users, replays, ...options })] });
}
type AnyGuard = ReturnType<typeof guardWith>;

/** The challenges of a 401, parameters by name. */
async function challenged(guard: AnyGuard, request = makeRequest()) {
  const verdict = await guard.check(request);
  if (verdict.kind !== "rejected") throw new Error(verdict.kind);
  return verdict.challenges.map(({ params }) => params);
}

interface Signing {
  readonly username?: string;
  readonly password?: string;
  readonly realm?: string;
  readonly algorithm?: DigestAlgorithm;
  readonly qop?: DigestQop;
  readonly method?: string;
  readonly uri?: string;
  readonly nonceCount?: string;
  readonly cnonce?: string;
  readonly body?: Uint8Array;
}

/** Digest credentials as a client makes them; tampering happens to what is sent. */
async function sign(
  nonce: string,
  signing: Signing = {},
  tamper: Record<string, string | undefined> = {},
) {
  const { username = "ada", algorithm = "SHA-256", qop = "auth", uri = "/orders" } = signing;
  const { nonceCount = "00000001", cnonce = "c", method = "GET", body } = signing;
  const user = { username, realm: signing.realm ?? realm, password: signing.password ?? password };
  const ha1 = await digestHa1(digestHashOf(algorithm), user);
  const input = { algorithm, qop, ha1, method, uri, nonce, nonceCount, cnonce, body };
  const params = {
    username,
    realm: user.realm,
    nonce,
    uri,
    algorithm,
    qop,
    nc: nonceCount,
    cnonce,
    response: await digestResponse(input),
    ...tamper,
  };
  const given = Object.entries(params).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return `Digest ${formatAuthParams(given, ["algorithm", "qop", "nc", "username*", "userhash"])}`;
}

/** What a guard says to this Authorization field: `"accepted"` or the reason. */
async function say(
  guard: AnyGuard,
  authorization: string,
  more: Parameters<typeof makeRequest>[0] = {},
) {
  const verdict = await guard.check(makeRequest({ ...more, headers: { authorization } }));
  return verdict.kind === "accepted" ? "accepted" : verdict.reason;
}

async function nonceOf(guard: AnyGuard): Promise<string> {
  return (await challenged(guard))[0]?.nonce ?? "";
}

describe("accepts", () => {
  const algorithms = [
    "SHA-256",
    "SHA-512-256",
    "MD5",
    "SHA-256-sess",
    "SHA-512-256-sess",
    "MD5-sess",
  ] as const;
  const guard = guardWith({ algorithms });
  for (const algorithm of algorithms) {
    for (const qop of ["auth", "auth-int"] as const) {
      test(`${algorithm}, ${qop}`, async () => {
        const body = new TextEncoder().encode('{"item":"tea"}');
        const field = await sign(await nonceOf(guard), { algorithm, qop, body, method: "POST" });
        expect(await say(guard, field, { method: "POST", content: body })).toBe("accepted");
      });
    }
  }

  test("a frozen principal who has just logged in", async () => {
    const guard = guardWith();
    const authorization = await sign(await nonceOf(guard));
    const verdict = await guard.check(
      makeRequest({ headers: { authorization } }),
      fresh({ maxAge: 0 }),
    );
    if (verdict.kind !== "accepted") throw new Error(verdict.reason);
    expect(verdict.principal).toMatchObject({
      scheme: "digest",
      subject: "ada",
      roles: ["reader"],
      authenticatedAt: 1_700_000_000,
    });
    expect(Object.isFrozen(verdict.principal)).toBe(true);
  });

  test("nonce counts in any order, each once", async () => {
    const guard = guardWith();
    const nonce = await nonceOf(guard);
    for (const nonceCount of ["00000003", "00000001", "0000000a", "00000002"]) {
      expect(await say(guard, await sign(nonce, { nonceCount }))).toBe("accepted");
      expect(await say(guard, await sign(nonce, { nonceCount }))).toBe("request_replayed");
    }
    expect(await say(guard, await sign(nonce, { nonceCount: "0000000A" }))).toBe(
      "request_replayed",
    );
  });

  test("a user name beyond ASCII, as username* and as UTF-8 in the field", async () => {
    const guard = guardWith();
    const username = "J\u00e4s\u00f8n Doe";
    const extended = { username: undefined, "username*": "UTF-8''J%C3%A4s%C3%B8n%20Doe" };
    expect(await say(guard, await sign(await nonceOf(guard), { username }, extended))).toBe(
      "accepted",
    );
    const raw = String.fromCharCode(...new TextEncoder().encode(username));
    const field = await sign(await nonceOf(guard), { username }, { username: "RAW" });
    expect(await say(guard, field.replace("RAW", raw))).toBe("accepted");
  });

  test("quoted qop and algorithm, other case, an opaque of somebody's, any order", async () => {
    const guard = guardWith();
    const nonce = await nonceOf(guard);
    const field = await sign(nonce, {}, { algorithm: "sha-256", opaque: "o" });
    const pairs = parseAuthParams(field.slice("Digest ".length)) ?? [];
    const quoted = pairs.map(([name, value]) => `${name.toUpperCase()}="${value}"`).toReversed();
    expect(await say(guard, `dIGEST ${quoted.join(",")}`)).toBe("accepted");
  });

  test("a uri as the target is, absolute, and tidied up as the framework has it", async () => {
    const guard = createGuard({
      realm,
      clock,
      publicUrl: "https://api.example.com",
      schemes: [digest({ users, replays: createMemoryReplays({ clock }) })],
    });
    const nonce = await nonceOf(guard);
    let count = 0;
    const at = async (url: string, uri: string) =>
      say(guard, await sign(nonce, { uri, nonceCount: String(++count).padStart(8, "0") }), { url });
    const url = "https://api.example.com/a?q=%27x%27";
    for (const uri of ["/a?q=%27x%27", url, "/a?q='x'", "/b/../a?q='x'"]) {
      expect(await at(url, uri)).toBe("accepted");
    }
    for (const uri of ["/a", "/a?q=%27x%27&r", "/A?q=%27x%27", "a?q=%27x%27", "?q=%27x%27", "*"]) {
      expect(await at(url, uri)).toBe("digest_uri_mismatch");
    }
    for (const other of ["http://api.example.com", "https://evil.example", "//api.example.com"]) {
      expect(await at(url, `${other}/a?q=%27x%27`)).toBe("digest_uri_mismatch");
    }
    // On a framework that leaves the target alone, it is left alone here too.
    const raw = "https://api.example.com/b/../a";
    expect(await at(raw, "/b/../a")).toBe("accepted");
    expect(await at(raw, "/a")).toBe("digest_uri_mismatch");
    expect(await at("https://api.example.com//evil.example/a", "//evil.example/a")).toBe(
      "accepted",
    );
  });
});

describe("refuses", () => {
  test.each<[what: string, reason: string, Signing, Record<string, string | undefined>?]>([
    ["a wrong password", "digest_invalid", { password: "wrong" }],
    ["an unknown user", "digest_invalid", { username: "nobody" }],
    ["another method", "digest_invalid", { method: "POST" }],
    ["another uri", "digest_uri_mismatch", { uri: "/private" }],
    ["another uri than was signed", "digest_invalid", { uri: "/private" }, { uri: "/orders" }],
    ["another realm", "digest_not_offered", { realm: "other" }],
    ["another realm than was signed", "digest_invalid", { realm: "other" }, { realm }],
    ["a count that was not signed", "digest_invalid", {}, { nc: "00000002" }],
    ["a cnonce that was not signed", "digest_invalid", {}, { cnonce: "d" }],
    ["another user than was signed", "digest_invalid", {}, { username: "J\u00e4s" }],
    ["an upper-case response", "digest_invalid", {}, { response: "A".repeat(64) }],
    ["a short response", "digest_invalid", {}, { response: "a" }],
    ["MD5, which was not offered", "digest_not_offered", { algorithm: "MD5" }],
    [
      "no algorithm, which is MD5",
      "digest_not_offered",
      { algorithm: "MD5" },
      { algorithm: undefined },
    ],
    ["a session, not offered", "digest_not_offered", { algorithm: "SHA-256-sess" }],
    ["an algorithm nobody knows", "digest_not_offered", {}, { algorithm: "ROT13" }],
    ["a qop nobody knows", "digest_not_offered", {}, { qop: "auth-conf" }],
    ["a hashed user name, not offered", "digest_not_offered", {}, { userhash: "true" }],
    [
      "RFC 2069: no qop, count, cnonce",
      "digest_not_offered",
      {},
      { qop: undefined, nc: undefined, cnonce: undefined },
    ],
    ["no qop", "digest_not_offered", {}, { qop: undefined }],
    ["no count", "credential_malformed", {}, { nc: undefined }],
    ["a count that is too short", "credential_malformed", {}, { nc: "1" }],
    ["a count that is no number", "credential_malformed", {}, { nc: "0000000g" }],
    ["no cnonce", "credential_malformed", {}, { cnonce: undefined }],
    ["an empty cnonce", "credential_malformed", {}, { cnonce: "" }],
    ["no user name", "credential_malformed", {}, { username: undefined }],
    ["an empty user name", "credential_malformed", {}, { username: "" }],
    ["two user names", "credential_malformed", {}, { "username*": "UTF-8''ada" }],
    [
      "a username* that cannot be read",
      "credential_malformed",
      {},
      { username: undefined, "username*": "latin1''ada" },
    ],
    ["no realm", "credential_malformed", {}, { realm: undefined }],
    ["no nonce", "credential_malformed", {}, { nonce: undefined }],
    ["no uri", "credential_malformed", {}, { uri: undefined }],
    ["no response", "credential_malformed", {}, { response: undefined }],
    ["an empty response", "credential_malformed", {}, { response: "" }],
  ])("%s", async (_what, reason, signing, tamper) => {
    const guard = guardWith();
    const field = await sign(await nonceOf(guard), signing, tamper);
    expect(await say(guard, field)).toBe(reason);
    const [again] = await challenged(guard, makeRequest({ headers: { authorization: field } }));
    expect(again?.stale).toBeUndefined();
  });

  test.each(["Digest", "Digest abc", "Digest =", 'Digest username="ada', "Digest a=1 b=2"])(
    "%s, which cannot be read",
    async (field) => {
      expect(await say(guardWith(), field)).toBe("credential_malformed");
    },
  );

  test("a parameter twice, in whatever case", async () => {
    const guard = guardWith();
    const field = await sign(await nonceOf(guard));
    expect(await say(guard, `${field}, URI="/orders"`)).toBe("credential_malformed");
  });

  test("a user without a hash, with an empty one, or with one for another algorithm", async () => {
    const records = [{}, { "SHA-256": "" }, { MD5: "x" }];
    for (const ha1 of records) {
      const guard = guardWith({ users: { find: () => ({ subject: "ada", ha1 }) } });
      const nonce = await nonceOf(guard);
      const input = { algorithm: "SHA-256", qop: "auth", method: "GET", uri: "/orders" } as const;
      const forged = { ...input, ha1: "", nonce, nonceCount: "00000001", cnonce: "c" };
      const field = await sign(nonce, {}, { response: await digestResponse(forged) });
      expect(await say(guard, field)).toBe("digest_invalid");
    }
  });

  test("a hash that was made for another realm, by whoever knows it", async () => {
    const ha1 = await digestHa1("SHA-256", { username: "ada", realm: "other", password });
    const guard = guardWith({
      users: { find: () => ({ subject: "ada", ha1: { "SHA-256": ha1 } }) },
    });
    expect(await say(guard, await sign(await nonceOf(guard)))).toBe("digest_invalid");
  });
});

describe("nonces", () => {
  test("stale=true when all but the nonce is right, and only then", async () => {
    const guard = guardWith({ nonceLifetime: 60 });
    const nonce = await nonceOf(guard);
    clock.time += 59_999;
    expect(await say(guard, await sign(nonce))).toBe("accepted");
    clock.time += 1;
    const stale = async (signing: Signing) => {
      const authorization = await sign(nonce, { nonceCount: "00000002", ...signing });
      const [challenge] = await challenged(guard, makeRequest({ headers: { authorization } }));
      return challenge?.stale;
    };
    expect(await say(guard, await sign(nonce, { nonceCount: "00000002" }))).toBe(
      "digest_nonce_stale",
    );
    expect(await stale({})).toBe("true");
    expect(await stale({ password: "wrong" })).toBeUndefined();
    expect(await stale({ username: "nobody" })).toBeUndefined();
    expect(await stale({ uri: "/private" })).toBeUndefined();
  });

  test("the nonce that comes with a stale one is good", async () => {
    const guard = guardWith();
    const headers = { authorization: await sign("somebody else's") };
    const [challenge] = await challenged(guard, makeRequest({ headers }));
    expect(challenge?.stale).toBe("true");
    expect(await say(guard, await sign(challenge?.nonce ?? ""))).toBe("accepted");
  });

  test("a replay is told stale=true too: the caller can go on with another nonce", async () => {
    const guard = guardWith();
    const headers = { authorization: await sign(await nonceOf(guard)) };
    await guard.check(makeRequest({ headers }));
    const [challenge] = await challenged(guard, makeRequest({ headers }));
    expect(challenge?.stale).toBe("true");
  });

  test("one request sent a hundred times at once is let in once", async () => {
    const guard = guardWith();
    const headers = { authorization: await sign(await nonceOf(guard)) };
    const verdicts = await Promise.all(
      Array.from({ length: 100 }, () => guard.check(makeRequest({ headers }))),
    );
    expect(verdicts.filter(({ kind }) => kind === "accepted")).toHaveLength(1);
  });

  test("every challenge has a nonce of its own", async () => {
    const guard = guardWith();
    const nonces = await Promise.all(Array.from({ length: 100 }, () => nonceOf(guard)));
    expect(new Set(nonces).size).toBe(100);
  });

  test("servers with one secret know each other's, others do not", async () => {
    const nonceSecret = "0123456789abcdef0123456789abcdef";
    const replays = createMemoryReplays({ clock });
    const one = guardWith({ nonceSecret, replays });
    const two = guardWith({ nonceSecret: new TextEncoder().encode(nonceSecret), replays });
    const field = await sign(await nonceOf(one));
    expect(await say(two, field)).toBe("accepted");
    expect(await say(one, field)).toBe("request_replayed");
    expect(await say(guardWith(), await sign(await nonceOf(one)))).toBe("digest_nonce_stale");
    const other = guardWith({ nonceSecret: `${nonceSecret}!` });
    expect(await say(other, await sign(await nonceOf(one)))).toBe("digest_nonce_stale");
  });

  test("none can be made, made younger, or spelled otherwise", async () => {
    const guard = guardWith();
    const nonce = await nonceOf(guard);
    const [expiresAt = "", random = "", mac = ""] = nonce.split(".");
    for (const forged of [
      `${Number(expiresAt) + 1}.${random}.${mac}`,
      `0${nonce}`,
      `${nonce}=`,
      ` ${nonce}`,
      `${expiresAt}.${random}.`,
      `${expiresAt}.${random}.${mac.slice(0, -1)}`,
      `${expiresAt}.${random.slice(0, -1)}.${mac}`,
      `${expiresAt}.${"A".repeat(16)}.${mac}`,
      "..",
      "x",
    ]) {
      expect(await say(guard, await sign(forged))).toBe("digest_nonce_stale");
    }
    expect(await say(guard, await sign(nonce))).toBe("accepted");
  });

  test("nothing is remembered of a digest that does not hold", async () => {
    const keys: string[] = [];
    const replays = {
      reserve(key: string, expiresAt: number) {
        keys.push(`${key} ${expiresAt}`);
        return true;
      },
    };
    const guard = guardWith({ replays });
    const nonce = await nonceOf(guard);
    await say(guard, await sign(nonce, { password: "wrong" }));
    await say(guard, await sign("foreign"));
    expect(keys).toEqual([]);
    await say(guard, await sign(nonce, { nonceCount: "0000000A" }));
    expect(keys).toEqual([`digest:${nonce}:0000000a ${1_700_000_000 + 300}`]);
    expect(keys[0]?.length).toBeLessThan(256);
  });
});

describe("auth-int", () => {
  const tea = "item=tea";
  const signed = async (guard: AnyGuard, qop: DigestQop = "auth-int") =>
    sign(await nonceOf(guard), { qop, method: "POST", body: new TextEncoder().encode(tea) });

  test("another body is refused, where auth lets it pass", async () => {
    const guard = guardWith();
    const say2 = async (field: string, content: string) =>
      say(guard, field, { method: "POST", content });
    expect(await say2(await signed(guard), "item=teA")).toBe("digest_invalid");
    expect(await say2(await signed(guard), "")).toBe("digest_invalid");
    expect(await say2(await signed(guard), tea)).toBe("accepted");
    expect(await say2(await signed(guard, "auth"), "item=teA")).toBe("accepted");
  });

  test("auth cannot stand in where auth-int alone is offered, nor one for the other", async () => {
    const guard = guardWith({ qop: ["auth-int"] });
    expect(await say(guard, await signed(guard, "auth"), { method: "POST" })).toBe(
      "digest_not_offered",
    );
    const relabelled = (await signed(guardWith(), "auth")).replace("qop=auth", "qop=auth-int");
    expect(await say(guardWith(), relabelled, { method: "POST", content: tea })).toBe(
      "digest_invalid",
    );
  });

  test("the body is read for auth-int alone, up to 1 MiB; more is 413", async () => {
    const guard = guardWith();
    const content = new Uint8Array(1024 * 1024 + 1);
    const post = { method: "POST", content };
    const request = makeRequest({ ...post, headers: { authorization: await signed(guard) } });
    const verdict = await guard.check(request);
    if (verdict.kind !== "rejected") throw new Error(verdict.kind);
    expect(request.reads).toEqual([1024 * 1024]);
    expect(toAnswer(verdict)).toMatchObject({
      status: 413,
      body: expect.stringContaining("Content Too Large"),
    });
    expect(verdict.challenges).toEqual([]);

    const plain = makeRequest({ ...post, headers: { authorization: await signed(guard, "auth") } });
    expect((await guard.check(plain)).kind).toBe("accepted");
    expect(plain.reads).toEqual([]);
  });
});

describe("challenges (RFC 7616 §3.3, §3.7)", () => {
  test("one for each algorithm, the best first, with one nonce", async () => {
    const guard = guardWith({ algorithms: ["SHA-512-256", "SHA-256"] });
    const verdict = await guard.check(makeRequest());
    if (verdict.kind !== "rejected") throw new Error(verdict.kind);
    const nonce = verdict.challenges[0]?.params.nonce;
    const rest = `nonce="${nonce}", charset="UTF-8", userhash=false`;
    expect(toAnswer(verdict).headers).toContainEqual([
      "www-authenticate",
      `Digest realm="orders", qop="auth, auth-int", algorithm=SHA-512-256, ${rest}, ` +
        `Digest realm="orders", qop="auth, auth-int", algorithm=SHA-256, ${rest}`,
    ]);
  });

  test("stand beside those of other schemes, the refused one first", async () => {
    const keys = apiKey({ keys: createMemoryApiKeys([]) });
    const both = digest({ users, replays: createMemoryReplays({ clock }) });
    const guard = createGuard({ realm, clock, schemes: [keys, both] });
    const schemesFor = async (headers: Record<string, string>) => {
      const verdict = await guard.check(makeRequest({ headers }));
      return verdict.kind === "rejected" ? verdict.challenges.map(({ scheme }) => scheme) : [];
    };
    expect(await schemesFor({})).toEqual(["ApiKey", "Digest"]);
    expect(await schemesFor({ authorization: await sign("foreign") })).toEqual([
      "Digest",
      "ApiKey",
    ]);
  });

  test("a 403 has none", async () => {
    const guard = guardWith();
    const headers = { authorization: await sign(await nonceOf(guard)) };
    const verdict = await guard.check(makeRequest({ headers }), role("admin"));
    expect(verdict).toMatchObject({ reason: "role_missing", status: 403, challenges: [] });
  });

  test("OpenAPI has it as an HTTP scheme", () => {
    const scheme = digest({ users, replays: createMemoryReplays() });
    expect(scheme.describe()).toEqual([{ type: "http", scheme: "digest" }]);
  });
});

describe("what the guard makes of it", () => {
  test("unknown users cost what known ones do: the same look-ups and hashes", async () => {
    const found: string[] = [];
    const counting = {
      find(username: string) {
        found.push(username);
        return users.find(username, realm);
      },
    };
    const guard = guardWith({ users: counting });
    const nonce = await nonceOf(guard);
    const digests = [];
    const original = crypto.subtle.digest;
    for (const username of ["ada", "nobody"]) {
      let count = 0;
      // The store of this test hashes too; let it do so before the count begins.
      const user = await users.find(username, realm);
      const counted = guardWith({ users: { find: () => user } });
      const field = await sign(nonce, { username, password: "wrong" });
      crypto.subtle.digest = (...given) => {
        count++;
        return original.apply(crypto.subtle, given);
      };
      await say(counted, field).finally(() => {
        crypto.subtle.digest = original;
      });
      digests.push(count);
      await say(guard, field);
    }
    expect(digests[0]).toBe(digests[1]);
    expect(digests[0]).toBeGreaterThan(0);
    expect(found).toEqual(["ada", "nobody"]);
  });

  test("stores that fail are no refusal", async () => {
    const broken = () => {
      throw new Error("down");
    };
    const guard = guardWith({ users: { find: broken } });
    expect(await say(guard, await sign(await nonceOf(guard)))).toBe("store_unavailable");
    const full = guardWith({ replays: { reserve: broken } });
    expect(await say(full, await sign(await nonceOf(full)))).toBe("store_unavailable");
  });

  test("a field of the user's record is never taken for a verdict", async () => {
    const user = { ...(await users.find("ada", realm)), kind: "accepted", reason: "x", user: 1 };
    const guard = guardWith({ users: { find: () => user as never } });
    expect(await say(guard, await sign(await nonceOf(guard), { password: "wrong" }))).toBe(
      "digest_invalid",
    );
    expect(await say(guard, await sign(await nonceOf(guard)))).toBe("accepted");
  });

  test("no secret and no query is in a verdict", async () => {
    const guard = guardWith({ nonceSecret: "planted-0123456789abcdef0123456789abcdef" });
    const ha1 = await digestHa1("SHA-256", { username: "ada", realm, password });
    const url = "https://api.example.com/orders?api_key=planted";
    for (const uri of ["/orders?api_key=planted", "/other?api_key=planted"]) {
      const authorization = await sign(await nonceOf(guard), { uri, password: "planted" });
      const shown = JSON.stringify(
        await guard.check(makeRequest({ url, headers: { authorization } })),
      );
      expect(shown).not.toContain("planted");
      expect(shown).not.toContain(ha1);
    }
  });
});

describe("options", () => {
  const replays = createMemoryReplays();
  test.each<[string, unknown]>([
    ["users", { replays }],
    ["replays", { users }],
    ["algorithms", { users, replays, algorithms: [] }],
    ["algorithms", { users, replays, algorithms: ["SHA-1"] }],
    ["qop", { users, replays, qop: [] }],
    ["qop", { users, replays, qop: ["auth-conf"] }],
    ["nonceSecret", { users, replays, nonceSecret: "short" }],
    ["nonceLifetime", { users, replays, nonceLifetime: 0 }],
    ["nonceLifetime", { users, replays, nonceLifetime: Number.NaN }],
    ["nonceLifetime", { users, replays, nonceLifetime: 0.5 }],
  ])("a wrong %s is a ConfigurationError that names it", (name, options) => {
    expect(() => digest(options as DigestOptions)).toThrow(name);
  });

  test.each([undefined, "", "caf\u00e9", "a\r\nb"])("a guard with the realm %j is none", (bad) => {
    const schemes = [digest({ users, replays })];
    const options = bad === undefined ? { schemes } : { schemes, realm: bad };
    expect(() => createGuard(options)).toThrow("realm");
  });

  test("options cannot be changed afterwards", async () => {
    const algorithms: DigestAlgorithm[] = ["SHA-256"];
    const guard = guardWith({ algorithms });
    algorithms.push("MD5");
    expect(await challenged(guard)).toHaveLength(1);
  });
});
