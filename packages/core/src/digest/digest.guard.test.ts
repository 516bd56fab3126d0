import { describe, expect, test } from "vitest";
import { apiKey } from "../api-key/api-key.ts";
import { toAnswer } from "../guard/answer.ts";
import { createGuard } from "../guard/create-guard.ts";
import { makeRequest } from "../guard/made-request.fixture.ts";
import { guessLimits } from "../guard/throttle.ts";
import { role } from "../requirement/role.ts";
import { createMemoryApiKeys } from "../state/memory-api-keys.ts";
import { createMemoryThrottle } from "../state/memory-throttle.ts";
import { createMemoryReplays } from "../state/replay.ts";
import { type DigestQop, digestHa1 } from "../wire/digest.ts";
import { digest } from "./digest.ts";
import {
  type AnyGuard,
  clock,
  guardWith,
  nonceOf,
  password,
  realm,
  say,
  sign,
  users,
} from "./signing.fixture.ts";

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

  test("guesses are counted, and what the right password was used for is none", async () => {
    const guard = createGuard({
      realm,
      clock,
      schemes: [digest({ users, replays: createMemoryReplays({ clock }) })],
      throttle: guessLimits({
        bySubject: createMemoryThrottle({ points: 2, duration: 60, clock }),
      }),
    });
    const good = await sign(await nonceOf(guard));
    expect(await say(guard, good)).toBe("accepted");
    for (let time = 0; time < 5; time++) {
      expect(await say(guard, await sign("stale"))).toBe("digest_nonce_stale");
      expect(await say(guard, good)).toBe("request_replayed");
    }
    const wrong = await sign(await nonceOf(guard), { password: "wrong" });
    expect(await say(guard, wrong)).toBe("digest_invalid");
    expect(await say(guard, wrong)).toBe("digest_invalid");
    expect(await say(guard, wrong)).toBe("too_many_failures");
    expect(await say(guard, await sign("stale"))).toBe("too_many_failures");
    expect(await say(guard, await sign("stale", { username: "nobody" }))).toBe("digest_invalid");
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
