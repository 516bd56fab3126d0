import { describe, expect, test } from "vitest";
import { createGuard } from "../guard/create-guard.ts";
import { makeRequest } from "../guard/made-request.fixture.ts";
import { fresh } from "../requirement/fresh.ts";
import { createMemoryReplays } from "../state/replay.ts";
import { parseAuthParams } from "../wire/auth-params.ts";
import { type DigestAlgorithm, digestHa1, digestResponse } from "../wire/digest.ts";
import { type DigestOptions, digest } from "./digest.ts";
import {
  challenged,
  clock,
  guardWith,
  nonceOf,
  password,
  realm,
  type Signing,
  say,
  sign,
  users,
} from "./signing.fixture.ts";

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
