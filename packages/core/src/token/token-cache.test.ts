import type { JWK } from "jose";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { createGuard } from "../guard/create-guard.ts";
import { requestOf } from "../guard/request.fixture.ts";
import type { JsonWebKeySet } from "../keys/verification-key.ts";
import { scope } from "../requirement/scope.ts";
import { createMemoryRevocations } from "../state/revocations.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import type { ClaimsSchema } from "./claims-schema.ts";
import { createJwtVerifier } from "./create-jwt-verifier.ts";
import { jwt } from "./jwt.ts";
import { revokeToken } from "./revocation.ts";
import {
  audience,
  hmacKey,
  issuer,
  makeKey,
  now,
  outcomeOf,
  type SigningKey,
  sign,
} from "./signing.fixture.ts";

/** The real engine, and how often it was asked. */
const engine = vi.hoisted(() => ({ checks: 0 }));
vi.mock("#signature", async (importOriginal) => {
  const { signatureCheck } = await importOriginal<typeof import("../keys/signature-web.ts")>();
  return {
    signatureCheck: (material: never) => {
      const check = signatureCheck(material);
      return (...signed: Parameters<typeof check>) => {
        engine.checks += 1;
        return check(...signed);
      };
    },
  };
});
beforeEach(() => {
  engine.checks = 0;
});

const [k1, k2] = await Promise.all([makeKey("ES256", "k1"), makeKey("ES256", "k2")]);

/** A verifier, its clock and its issuer's keys, each of which can be turned. */
function turnable(keys: JWK[] = [k1.jwk], more: object = {}) {
  const state = { now: now * 1000, keys, loads: 0, isDown: false };
  const jwks = (): JsonWebKeySet => {
    state.loads += 1;
    if (state.isDown) throw new Error("no route to host");
    return { keys: state.keys };
  };
  const clock = { now: () => state.now };
  const verifier = createJwtVerifier({ issuer, audience, jwks, clock, ...more });
  return Object.assign(state, {
    verifier,
    outcome: (token: string) => outcomeOf(verifier, token),
    later: (seconds: number) => (state.now += seconds * 1000),
    /** Has the fetch that goes on in the background come to its end. */
    settle: () => new Promise((resolve) => setTimeout(resolve, 0)),
  });
}

const inTwoHours = { exp: now + 7200 };

describe("a token that comes again", () => {
  test("is not verified again", async () => {
    const { outcome } = turnable();
    const [ada, bob] = await Promise.all([sign(k1), sign(k1, { sub: "bob" })]);
    for (const token of [ada, bob, ada, bob, ada]) expect(await outcome(token)).toBe("accepted");
    expect(engine.checks).toBe(2);
  });

  test("gives what it gave, and nothing of it can be changed", async () => {
    const { verifier } = turnable();
    const token = await sign(k1, { roles: ["user"], realm_access: { roles: ["user"] } });
    const first = await verifier.verify(token);
    const again = await verifier.verify(token);
    expect(engine.checks).toBe(1);
    expect(again).toEqual(first);
    const { header, claims } = again;
    for (const part of [again, header, claims, claims.roles, claims.realm_access]) {
      expect(() => Object.assign(part as object, { "0": "admin", sub: "eve" })).toThrow(TypeError);
    }
    expect((claims.realm_access as { roles: string[] }).roles).toEqual(["user"]);
    expect(() => (claims.realm_access as { roles: string[] }).roles.push("admin")).toThrow(
      TypeError,
    );
  });

  test("a hundred times at once", async () => {
    const { verifier } = turnable();
    const token = await sign(k1);
    const all = await Promise.all(Array.from({ length: 100 }, () => verifier.verify(token)));
    expect(new Set(all.map(({ claims }) => claims.sub))).toEqual(new Set(["ada"]));
  });

  test("with HMAC, too", async () => {
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const clock = { now: () => now * 1000 };
    const verifier = createJwtVerifier({ issuer, audience, secret, clock });
    const token = await sign(await hmacKey("HS256", secret));
    for (let time = 0; time < 3; time++) expect(await outcomeOf(verifier, token)).toBe("accepted");
    expect(engine.checks).toBe(1);
  });
});

describe("no other token passes for it", () => {
  test("with another signature, another payload, or one character changed anywhere", async () => {
    const { outcome } = turnable();
    const [token, other] = await Promise.all([sign(k1), sign(k1, { sub: "bob" })]);
    await outcome(token);
    await outcome(other);
    const [header, payload, seal = ""] = token.split(".");
    const [, otherPayload, otherSeal] = other.split(".");
    const forged = [
      `${header}.${payload}.${otherSeal}`,
      `${header}.${otherPayload}.${seal}`,
      `${header}.${payload}.`,
      `${header}.${payload}.${seal.slice(0, -1)}`,
      ` ${token}`,
      `${token} `,
      `${token}=`,
    ];
    for (let at = 0; at < token.length; at++) {
      const changed = token[at] === "A" ? "B" : "A";
      forged.push(token.slice(0, at) + changed + token.slice(at + 1));
    }
    for (const text of forged) expect(await outcome(text)).not.toBe("accepted");
    expect(await outcome(token)).toBe("accepted");
  });

  test("what was refused is not remembered as good, and can be good later", async () => {
    const { outcome, later } = turnable();
    const early = await sign(k1, { nbf: now + 100, exp: now + 300 });
    expect(await outcome(early)).toBe("token_not_yet_valid");
    expect(await outcome(early)).toBe("token_not_yet_valid");
    later(100);
    expect(await outcome(early)).toBe("accepted");
    const forged = `${early.slice(0, -10)}${"A".repeat(10)}`;
    for (let time = 0; time < 3; time++) expect(await outcome(forged)).toBe("signature_invalid");
  });

  test("one verifier's tokens are not another's", async () => {
    const token = await sign(k1);
    expect(await turnable().outcome(token)).toBe("accepted");
    expect(await turnable([k1.jwk], { audience: "other" }).outcome(token)).toBe(
      "audience_mismatch",
    );
    expect(await turnable([k2.jwk]).outcome(token)).toBe("key_not_found");
  });

  test("nor one issuer's another's, under one verifier", async () => {
    const of = (name: string, key: SigningKey) => ({
      issuer: name,
      audience,
      jwks: { keys: [key.jwk] },
    });
    const clock = { now: () => now * 1000 };
    const issuers = [of("https://a.example", k1), of("https://b.example", k2)];
    const verifier = createJwtVerifier({ issuers, clock });
    const good = await sign(k1, { iss: "https://a.example" });
    const crossed = await sign(k1, { iss: "https://b.example" });
    for (let time = 0; time < 2; time++) {
      expect(await outcomeOf(verifier, good)).toBe("accepted");
      expect(await outcomeOf(verifier, crossed)).toBe("key_not_found");
    }
  });
});

describe("time is checked each time", () => {
  test("until exp, and for the tolerance after it", async () => {
    const { outcome, later } = turnable();
    const token = await sign(k1, { exp: now + 60 });
    expect(await outcome(token)).toBe("accepted");
    later(89);
    expect(await outcome(token)).toBe("accepted");
    expect(engine.checks).toBe(1);
    later(1);
    expect(await outcome(token)).toBe("token_expired");
    expect(await outcome(token)).toBe("token_expired");
  });

  test("with a tolerance of its own for each issuer", async () => {
    const { outcome, later } = turnable([k1.jwk], { clockTolerance: 5 });
    const token = await sign(k1, { exp: now + 60 });
    await outcome(token);
    later(64);
    expect(await outcome(token)).toBe("accepted");
    later(1);
    expect(await outcome(token)).toBe("token_expired");
  });

  test("a clock that is set back finds it not valid yet", async () => {
    for (const claims of [{ nbf: now }, { iat: now }]) {
      const { outcome, later } = turnable();
      const token = await sign(k1, { iat: undefined, ...claims });
      expect(await outcome(token)).toBe("accepted");
      later(-31);
      expect(await outcome(token)).toBe("token_not_yet_valid");
      later(31);
      expect(await outcome(token)).toBe("accepted");
    }
  });
});

describe("its key is asked for each time", () => {
  test("a key that has left the set takes its tokens along, and the memory is emptied", async () => {
    const issuer = turnable([k1.jwk, k2.jwk]);
    const [old, other] = await Promise.all([sign(k1, inTwoHours), sign(k2, inTwoHours)]);
    await issuer.outcome(old);
    await issuer.outcome(other);
    expect(engine.checks).toBe(2);

    issuer.keys = [k2.jwk];
    issuer.later(600);
    expect(await issuer.outcome(old)).toBe("accepted");
    await issuer.settle();
    expect(issuer.loads).toBe(2);
    expect(await issuer.outcome(old)).toBe("key_not_found");
    expect(await issuer.outcome(old)).toBe("key_not_found");
    expect(engine.checks).toBe(2);

    expect(await issuer.outcome(other)).toBe("accepted");
    expect(engine.checks).toBe(3);
  });

  test("a key that left and came back, unnoticed by its tokens, has them verified anew", async () => {
    const issuer = turnable([k1.jwk, k2.jwk]);
    const [token, other] = await Promise.all([sign(k1, inTwoHours), sign(k2, inTwoHours)]);
    await issuer.outcome(token);
    for (const keys of [[k2.jwk], [k1.jwk, k2.jwk]]) {
      issuer.keys = keys;
      issuer.later(600);
      await issuer.outcome(other);
      await issuer.settle();
    }
    expect([issuer.loads, engine.checks]).toEqual([3, 2]);
    expect(await issuer.outcome(token)).toBe("accepted");
    expect(engine.checks).toBe(3);
  });

  test("another key under the same kid does not vouch for what the first one signed", async () => {
    const issuer = turnable();
    const token = await sign(k1, inTwoHours);
    await issuer.outcome(token);
    issuer.keys = [{ ...k2.jwk, kid: "k1" }];
    issuer.later(600);
    await issuer.outcome(token);
    await issuer.settle();
    expect(await issuer.outcome(token)).toBe("signature_invalid");
  });

  test("a key that may no more be used for the algorithm", async () => {
    const issuer = turnable();
    const token = await sign(k1, inTwoHours);
    await issuer.outcome(token);
    issuer.keys = [{ ...k1.jwk, use: "enc" }, k2.jwk];
    issuer.later(600);
    await issuer.outcome(token);
    await issuer.settle();
    expect(await issuer.outcome(token)).toBe("key_not_found");
  });

  test("without a kid, a second key that would fit: then there is a choice", async () => {
    const { kid: _, ...bare } = k1.jwk;
    const issuer = turnable([bare]);
    const token = await sign(k1, inTwoHours, { kid: undefined });
    expect(await issuer.outcome(token)).toBe("accepted");
    issuer.keys = [bare, k2.jwk];
    issuer.later(600);
    await issuer.outcome(token);
    await issuer.settle();
    expect(await issuer.outcome(token)).toBe("key_not_found");
  });

  test("a key that stays keeps its tokens through every refresh", async () => {
    const issuer = turnable([k1.jwk]);
    const token = await sign(k1, inTwoHours);
    for (const keys of [[k1.jwk], [k2.jwk, { ...k1.jwk }], [{ ...k1.jwk, x5t: "x" }]]) {
      issuer.keys = keys;
      expect(await issuer.outcome(token)).toBe("accepted");
      await issuer.settle();
      issuer.later(600);
    }
    expect(issuer.loads).toBe(3);
    expect(engine.checks).toBe(1);
  });

  test("it refreshes the set in the background, as any token does", async () => {
    const issuer = turnable();
    const token = await sign(k1, inTwoHours);
    await issuer.outcome(token);
    issuer.later(599);
    await issuer.outcome(token);
    expect(issuer.loads).toBe(1);
    issuer.later(1);
    await issuer.outcome(token);
    expect(issuer.loads).toBe(2);
    expect(engine.checks).toBe(1);
  });

  test("it does not outlive the set: at its maximum age it is unavailable while the issuer is down", async () => {
    const issuer = turnable();
    const token = await sign(k1, inTwoHours);
    await issuer.outcome(token);
    issuer.isDown = true;
    issuer.later(3599);
    expect(await issuer.outcome(token)).toBe("accepted");
    await issuer.settle();
    issuer.later(1);
    expect(await issuer.outcome(token)).toBe("keys_unavailable");
    issuer.isDown = false;
    issuer.later(60);
    expect(await issuer.outcome(token)).toBe("accepted");
  });
});

describe("how many are remembered", () => {
  test("none, with cache: false", async () => {
    const { outcome } = turnable([k1.jwk], { cache: false });
    const token = await sign(k1);
    for (let time = 0; time < 3; time++) expect(await outcome(token)).toBe("accepted");
    expect(engine.checks).toBe(3);
  });

  test("at most cache.limit, of many, and most of the last ones", async () => {
    const { outcome } = turnable([k1.jwk], { cache: { limit: 10 } });
    const tokens = await Promise.all(
      Array.from({ length: 60 }, (_, at) => sign(k1, { jti: `${at}` })),
    );
    for (const token of tokens) await outcome(token);
    expect(engine.checks).toBe(60);
    for (const token of tokens.toReversed()) await outcome(token);
    expect(engine.checks).toBeGreaterThanOrEqual(110);
    expect(engine.checks).toBeLessThanOrEqual(115);
  });

  const wrong: [what: string, cache: unknown][] = [
    ["true", true],
    ["no limit", {}],
    ["a limit of 0", { limit: 0 }],
    ["a limit of 1", { limit: 1 }],
    ["half a token", { limit: 2.5 }],
    ["no end", { limit: Number.POSITIVE_INFINITY }],
  ];
  for (const [what, cache] of wrong) {
    test(`${what}: ConfigurationError`, () => {
      expect(() => turnable([k1.jwk], { cache })).toThrow(ConfigurationError);
      expect(() => turnable([k1.jwk], { cache })).toThrow("cache.limit is a number of tokens, 2");
    });
  }
});

describe("in a guard, the rest of the policy holds each time", () => {
  const clock = { now: () => now * 1000 };
  const trust = { issuer, audience, jwks: { keys: [k1.jwk] } };
  const bearing = (token: string) => requestOf({ authorization: `Bearer ${token}` });

  test("the requirement", async () => {
    const guard = createGuard({ clock, schemes: [jwt(trust)] });
    const token = await sign(k1, { scope: "orders:read" });
    for (let time = 0; time < 2; time++) {
      const check = (name: string) => guard.check(bearing(token), scope(name));
      expect(await check("orders:read")).toMatchObject({ kind: "accepted" });
      expect(await check("orders:write")).toMatchObject({ reason: "scope_missing" });
    }
    expect(engine.checks).toBe(1);
  });

  test("revocation, of the token and of its login", async () => {
    const revocations = createMemoryRevocations({ clock });
    const guard = createGuard({ clock, schemes: [jwt({ ...trust, revocations })] });
    for (const claims of [{ jti: "1" }, {}]) {
      const token = await sign(k1, claims);
      const verdict = await guard.check(bearing(token));
      expect(verdict).toMatchObject({ kind: "accepted" });
      if (verdict.kind === "accepted") await revokeToken(revocations, verdict.principal);
      expect(await guard.check(bearing(token))).toMatchObject({ reason: "token_revoked" });
    }
    expect(engine.checks).toBe(2);
  });

  test("principals are each one's own, and none can be changed", async () => {
    const guard = createGuard({ clock, schemes: [jwt(trust)] });
    const token = await sign(k1, { roles: ["user"] });
    const check = async () => {
      const verdict = await guard.check(bearing(token));
      if (verdict.kind !== "accepted") throw new Error(verdict.reason);
      return verdict.principal;
    };
    const first = await check();
    for (const part of [first, first.roles, first.claims, first.claims.roles]) {
      expect(() => Object.assign(part as object, { "0": "admin", subject: "eve" })).toThrow(
        TypeError,
      );
    }
    const again = await check();
    expect(again).not.toBe(first);
    expect(again).toEqual(first);
  });

  test("a schema sees the claims each time, and what it changes is its own", async () => {
    let calls = 0;
    const claims: ClaimsSchema<{ sub: string; seen: number }> = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate(value) {
          calls += 1;
          return { value: Object.assign(value as { sub: string }, { seen: calls }) };
        },
      },
    };
    const guard = createGuard({ clock, schemes: [jwt({ ...trust, claims })] });
    const token = await sign(k1);
    for (let time = 1; time <= 2; time++) {
      expect(await guard.check(bearing(token))).toMatchObject({
        principal: { claims: { sub: "ada", seen: time } },
      });
    }
    expect(engine.checks).toBe(1);
  });

  test("what explanations try out is checked as ever", async () => {
    const guard = createGuard({ clock, schemes: [jwt(trust)] });
    const token = await sign(k1);
    expect(await guard.rehearse(bearing(token))).toMatchObject({ kind: "accepted" });
    expect(await guard.check(bearing(token))).toMatchObject({ kind: "accepted" });
    expect(engine.checks).toBe(1);
  });
});
