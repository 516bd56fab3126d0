import { describe, expect, test } from "vitest";
import { createGuard } from "../guard/create-guard.ts";
import { createPrincipal } from "../guard/principal.ts";
import { requestOf } from "../guard/request.fixture.ts";
import {
  bearing,
  endpointThat,
  goodAnswer,
  guardOf,
} from "../introspection/introspection.fixture.ts";
import { createMemoryRevocations, type RevocationStore } from "../state/revocations.ts";
import { decodeBase64Url, encodeBase64Url } from "../wire/base64url.ts";
import { jwt } from "./jwt.ts";
import { revocationKey, revokeToken } from "./revocation.ts";
import { audience, clock, issuer, makeKey, now, sign } from "./signing.fixture.ts";

const key = await makeKey("ES256", "k1");

function guardWith(revocations: RevocationStore, time = clock) {
  const trust = { issuer, audience, jwks: { keys: [key.jwk] } };
  return createGuard({ schemes: [jwt({ ...trust, revocations })], clock: time });
}

const request = (token: string) => requestOf({ authorization: `Bearer ${token}` });

async function present(guard: ReturnType<typeof guardWith>, token: string) {
  const verdict = await guard.check(request(token));
  if (verdict.kind !== "accepted") throw new Error(verdict.reason);
  return verdict.principal;
}

/** The same ECDSA signature written another way: s is as good as n - s (SEC 1 §4.1.4). */
function otherSignature(token: string): string {
  const [header, payload, signature = ""] = token.split(".");
  const bytes = decodeBase64Url(signature) ?? new Uint8Array();
  const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const s = BigInt(`0x${Buffer.from(bytes.subarray(32)).toString("hex")}`);
  const other = Buffer.from((n - s).toString(16).padStart(64, "0"), "hex");
  bytes.set(other, 32);
  return `${header}.${payload}.${encodeBase64Url(bytes)}`;
}

describe("a token", () => {
  for (const [what, claims] of [
    ["with a jti", { jti: "t-1" }],
    ["without", {}],
    ["with an empty one", { jti: "" }],
    ["with one that is no string", { jti: 7 }],
    ["with a very long one", { jti: "x".repeat(5000) }],
    ["with one beyond ASCII", { jti: "✓" }],
  ] as const) {
    test(`${what} is taken until it is revoked, and not from then on`, async () => {
      const revocations = createMemoryRevocations({ clock });
      const guard = guardWith(revocations);
      const [token, other] = [await sign(key, claims), await sign(key, { jti: "t-2", sub: "bob" })];
      await revokeToken(revocations, await present(guard, token));
      expect(await guard.check(request(token))).toMatchObject({
        kind: "rejected",
        reason: "token_revoked",
        status: 401,
        error: "invalid_token",
        details: { expected: "a token and a login that are not revoked", found: "one that is" },
      });
      await present(guard, other);
    });

    test(`${what} is not brought back by writing its signature another way`, async () => {
      const revocations = createMemoryRevocations({ clock });
      const guard = guardWith(revocations);
      const token = await sign(key, claims);
      const malleated = otherSignature(token);
      expect(malleated).not.toBe(token);
      // Both hold, so the text is no identity.
      await present(guard, malleated);
      await revokeToken(revocations, await present(guard, token));
      expect(await guard.check(request(malleated))).toMatchObject({ reason: "token_revoked" });
    });
  }

  test("two tokens that differ in the issuer alone are two", async () => {
    const [a, b] = ["https://a.example", "https://b.example"];
    expect(await revocationKey({ issuer: a, jti: "1" })).not.toBe(
      await revocationKey({ issuer: b, jti: "1" }),
    );
    // However issuer and id are cut.
    expect(await revocationKey({ issuer: "a,b", jti: "c" })).not.toBe(
      await revocationKey({ issuer: "a", jti: "b,c" }),
    );
    expect(await revocationKey({ issuer: 'x","y', jti: "z" })).not.toBe(
      await revocationKey({ issuer: "x", jti: 'y","z' }),
    );
    expect(await revocationKey({ issuer: a, jti: "1" })).not.toBe(
      await revocationKey({ issuer: a, sid: "1" }),
    );
  });

  test.each([{}, { jti: "" }, { jti: 7 }, { jti: null }])(
    "that has %j is revoked alone",
    async (claims) => {
      const revocations = createMemoryRevocations({ clock });
      const guard = guardWith(revocations);
      const [one, two] = [await sign(key, claims), await sign(key, { ...claims, sub: "bob" })];
      await revokeToken(revocations, await present(guard, one));
      await present(guard, two);
    },
  );

  test("can be revoked by who knows its jti alone", async () => {
    const revocations = createMemoryRevocations({ clock });
    const guard = guardWith(revocations);
    await revocations.revoke(await revocationKey({ issuer, jti: "t-1" }), now + 3600);
    const verdict = await guard.check(request(await sign(key, { jti: "t-1" })));
    expect(verdict).toMatchObject({ reason: "token_revoked" });
  });

  test("stays revoked for as long as it could be accepted, tolerance included", async () => {
    let time = clock.now();
    const turning = { now: () => time };
    const revocations = createMemoryRevocations({ clock: turning });
    const guard = guardWith(revocations, turning);
    const token = await sign(key, { exp: now + 100 });
    await revokeToken(revocations, await present(guard, token));
    time += 129_999;
    // Whatever is swept now, it is not this one.
    await revocations.revoke("x", now + 9999);
    expect(await guard.check(request(token))).toMatchObject({ reason: "token_revoked" });
  });

  test("that does not hold is refused for that, and no store is asked", async () => {
    const asked: string[] = [];
    const guard = guardWith({
      revoke: () => {},
      isRevoked: (keys) => {
        asked.push(...keys);
        return true;
      },
    });
    const foreign = await sign(await makeKey("ES256", "k1"));
    expect(await guard.check(request(foreign))).toMatchObject({ reason: "signature_invalid" });
    const expired = await sign(key, { exp: now - 100 });
    expect(await guard.check(request(expired))).toMatchObject({ reason: "token_expired" });
    expect(asked).toEqual([]);
  });
});

describe("a login", () => {
  test("is revoked with every token that carries its sid, and no other", async () => {
    const revocations = createMemoryRevocations({ clock });
    const guard = guardWith(revocations);
    const tokens = await Promise.all([
      sign(key, { sid: "login-1", jti: "a" }),
      sign(key, { sid: "login-1" }),
    ]);
    const others = await Promise.all([
      sign(key, { sid: "login-2" }),
      sign(key),
      sign(key, { jti: "login-1" }),
    ]);
    await revocations.revoke(await revocationKey({ issuer, sid: "login-1" }), now + 3600);
    for (const token of tokens) {
      expect(await guard.check(request(token))).toMatchObject({ reason: "token_revoked" });
    }
    for (const token of others) await present(guard, token);
  });

  test("that one token was revoked in goes on", async () => {
    const revocations = createMemoryRevocations({ clock });
    const guard = guardWith(revocations);
    const [one, two] = [
      await sign(key, { sid: "s", jti: "a" }),
      await sign(key, { sid: "s", jti: "b" }),
    ];
    await revokeToken(revocations, await present(guard, one));
    await present(guard, two);
  });
});

describe("the store", () => {
  test("is asked for every request, once, with keys that any store can keep", async () => {
    const asked: (readonly string[])[] = [];
    const guard = guardWith({
      revoke: () => {},
      isRevoked: (keys) => {
        asked.push(keys);
        return false;
      },
    });
    const token = await sign(key, { jti: "✓".repeat(1000), sid: "s".repeat(1000) });
    await present(guard, token);
    await present(guard, token);
    expect(asked.length).toBe(2);
    expect(asked[0]?.length).toBe(2);
    for (const each of asked.flat()) expect(each).toMatch(/^[\x20-\x7e]{1,320}$/);
  });

  test("is asked by what processes of other versions wrote into it", async () => {
    const asked: (readonly string[])[] = [];
    const guard = guardWith({
      revoke: () => {},
      isRevoked: (keys) => {
        asked.push(keys);
        return false;
      },
    });
    await present(guard, await sign(key, { jti: "t-1", sid: "login-1" }));
    expect(asked).toEqual([[`jti:["${issuer}","t-1"]`, `sid:["${issuer}","login-1"]`]]);
    asked.length = 0;
    // A login that has no name is none.
    for (const sid of [undefined, "", 7, null]) await present(guard, await sign(key, { sid }));
    const byDigest = [expect.stringMatching(/^jws:[\w-]{43}$/)];
    expect(asked).toEqual([byDigest, byDigest, byDigest, byDigest]);
  });

  test("sees neither the token nor its signature", async () => {
    const asked: string[] = [];
    const guard = guardWith({
      revoke: () => {},
      isRevoked: (keys) => {
        asked.push(...keys);
        return false;
      },
    });
    const token = await sign(key);
    await present(guard, token);
    for (const part of token.split(".")) expect(asked.join(" ")).not.toContain(part);
  });

  const failing: [what: string, isRevoked: () => unknown][] = [
    [
      "throws",
      () => {
        throw new Error("down");
      },
    ],
    [
      "rejects",
      async () => {
        throw new Error("down");
      },
    ],
  ];
  for (const [what, isRevoked] of failing) {
    test(`that ${what} is an outage`, async () => {
      const guard = guardWith({ revoke: () => {}, isRevoked: isRevoked as never });
      expect(await guard.check(request(await sign(key)))).toMatchObject({
        kind: "unavailable",
        reason: "store_unavailable",
      });
    });
  }

  for (const answer of [undefined, null, 0, "", "false", {}]) {
    test(`that answers ${JSON.stringify(answer)} has not said no`, async () => {
      const guard = guardWith({ revoke: () => {}, isRevoked: () => answer as never });
      expect(await guard.check(request(await sign(key)))).toMatchObject({
        reason: "token_revoked",
      });
    });
  }

  test("that is full lets whoever revokes know", async () => {
    const revocations = createMemoryRevocations({ limit: 1, clock });
    const guard = guardWith(revocations);
    const [one, two] = [await sign(key, { jti: "1" }), await sign(key, { jti: "2" })];
    await revokeToken(revocations, await present(guard, one));
    await expect(revokeToken(revocations, await present(guard, two))).rejects.toThrow("full");
  });

  test("must be one", () => {
    expect(() => guardWith(new Set() as never)).toThrow("must be a RevocationStore");
  });
});

describe("revokeToken", () => {
  test("takes no principal without a JWT", async () => {
    const revocations = createMemoryRevocations({ clock });
    await expect(revokeToken(revocations, createPrincipal({ scheme: "jwt" }))).rejects.toThrow(
      "presented no token",
    );
    const opaque = guardOf(endpointThat(goodAnswer).fetch);
    const verdict = await opaque.check(bearing("opaque"));
    if (verdict.kind !== "accepted") throw new Error(verdict.reason);
    await expect(revokeToken(revocations, verdict.principal)).rejects.toThrow(
      "presented no JWT. Opaque tokens and API keys are revoked where they are issued.",
    );
  });

  test("takes no JWT that an issuer vouched for and that never ends", async () => {
    const revocations = createMemoryRevocations({ clock });
    const vouched = guardOf(endpointThat(goodAnswer).fetch);
    const verdict = await vouched.check(bearing(await sign(key, { exp: undefined })));
    if (verdict.kind !== "accepted") throw new Error(verdict.reason);
    await expect(revokeToken(revocations, verdict.principal)).rejects.toThrow("presented no JWT");
  });
});
