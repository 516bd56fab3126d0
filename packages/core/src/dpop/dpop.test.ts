import { describe, expect, test, vi } from "vitest";
import { toAnswer } from "../guard/answer.ts";
import { createGuard } from "../guard/create-guard.ts";
import { byHost } from "../guard/reach.ts";
import { alter } from "../guard/request.fixture.ts";
import { scope } from "../requirement/scope.ts";
import { createMemoryReplays, type ReplayStore } from "../state/replay.ts";
import { jwt } from "../token/jwt.ts";
import { audience, clock, issuer, makeKey, now } from "../token/signing.fixture.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { jwkThumbprint, type PublicJwk } from "../wire/jwk-thumbprint.ts";
import { dpop } from "./dpop.ts";
import {
  boundToken,
  clientKey,
  guardOf,
  issuerKey,
  makeProof,
  outcomeOf,
  refusedProof,
  requestOf,
} from "./proof.fixture.ts";

const token = await boundToken();
const replayed = refusedProof("dpop_proof_replayed", "The DPoP proof has been used before");

describe("who shows the key", () => {
  test("is a principal that says so, and is frozen", async () => {
    const guard = guardOf();
    const verdict = await guard.check(requestOf(guard, token, await makeProof(token)));
    if (verdict.kind !== "accepted") throw new Error(verdict.reason);
    const thumbprint = await jwkThumbprint(clientKey.jwk as PublicJwk);
    expect(verdict.principal.binding).toEqual({ type: "dpop", thumbprint });
    expect(Object.isFrozen(verdict.principal.binding)).toBe(true);
    expect(verdict.headers).toBeUndefined();
  });

  test("and lacks a scope, is told so in the DPoP challenge", async () => {
    const guard = guardOf();
    const request = requestOf(guard, token, await makeProof(token));
    expect(await outcomeOf(guard, request, scope("orders:write"))).toEqual({
      status: 403,
      reason: "scope_missing",
      challenge:
        'DPoP realm="orders", algs="ES256 PS256", error="insufficient_scope", error_description="The credential lacks a scope that this resource needs", scope="orders:write"',
    });
  });

  test("no credential: both ways in are offered, without an error", async () => {
    const guard = guardOf();
    const request = requestOf(guard, "", []);
    const anonymous = alter(request, { header: () => undefined });
    expect(await outcomeOf(guard, anonymous)).toEqual({
      status: 401,
      reason: "credential_missing",
      challenge: 'Bearer realm="orders", DPoP realm="orders", algs="ES256 PS256"',
    });
  });
});

describe("replays", () => {
  test("the same proof again", async () => {
    const guard = guardOf();
    const proof = await makeProof(token);
    expect(await outcomeOf(guard, requestOf(guard, token, proof))).toEqual({ status: 200 });
    for (const _again of [1, 2]) {
      expect(await outcomeOf(guard, requestOf(guard, token, proof))).toEqual(replayed);
    }
    const another = requestOf(guard, token, await makeProof(token));
    expect(await outcomeOf(guard, another)).toEqual({ status: 200 });
  });

  test("the same jti in a new proof, of another method, for another spelling of the URL", async () => {
    const guard = guardOf();
    const claims = { jti: "once" };
    await guard.check(requestOf(guard, token, await makeProof(token, { claims })));
    const again = [
      { claims },
      { claims: { ...claims, iat: now + 1 } },
      { claims: { ...claims, htu: "https://API.example.com:443/%6Frders?x#y" } },
    ];
    for (const changes of again) {
      const request = requestOf(guard, token, await makeProof(token, changes));
      expect(await outcomeOf(guard, request)).toEqual(replayed);
    }
    const deletes = await makeProof(token, { claims: { ...claims, htm: "DELETE" } });
    const request = requestOf(guard, token, deletes, { method: "DELETE" });
    expect(await outcomeOf(guard, request)).toEqual(replayed);
  });

  test("[A] the same jti of another key", async () => {
    const guard = guardOf();
    const other = await makeKey("ES256");
    for (const key of [clientKey, other]) {
      const bound = await boundToken(key);
      const proof = await makeProof(bound, { key, claims: { jti: "once" } });
      expect(await outcomeOf(guard, requestOf(guard, bound, proof))).toEqual({ status: 200 });
    }
  });

  test("of a hundred uses at once, one is let in", async () => {
    const guard = guardOf();
    const proof = await makeProof(token);
    const uses = Array.from({ length: 100 }, () =>
      outcomeOf(guard, requestOf(guard, token, proof)),
    );
    const outcomes = await Promise.all(uses);
    expect(outcomes.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(outcomes.filter(({ reason }) => reason === replayed.reason)).toHaveLength(99);
  });

  test("a proof is refused for its age before it is forgotten", async () => {
    const time = { at: now * 1000, now: () => time.at };
    const guard = guardOf({}, time);
    const proof = await makeProof(token, { claims: { iat: now + 15 } });
    const use = () => outcomeOf(guard, requestOf(guard, token, proof));
    expect(await use()).toEqual({ status: 200 });
    time.at = (now + 75) * 1000 + 999;
    expect(await use()).toMatchObject({ reason: "dpop_proof_replayed" });
    time.at = (now + 76) * 1000;
    expect(await use()).toMatchObject({ reason: "dpop_proof_untimely" });
  });

  test("what is kept is a digest, for as long as any server might take the proof", async () => {
    const reserve = vi.fn<ReplayStore["reserve"]>(() => true);
    const guard = guardOf({ replays: { reserve } });
    const proof = await makeProof(token, { claims: { jti: "planted", iat: now - 10.5 } });
    await guard.check(requestOf(guard, token, proof));
    expect(reserve.mock.calls).toEqual([
      [expect.stringMatching(/^dpop:[\w-]{43}$/), now - 10 + 60 + 15 + 1],
    ]);
  });

  test("a proof that does not hold takes up no room", async () => {
    const reserve = vi.fn(() => true);
    const guard = guardOf({ replays: { reserve }, nonceSecret: "n".repeat(32) });
    const proofs = [
      await makeProof(token, { key: await makeKey("ES256") }),
      await makeProof(token, { claims: { htm: "POST" } }),
      await makeProof(token, { claims: { htu: "https://x.test" } }),
      await makeProof(token, { claims: { ath: "x" } }),
      await makeProof(token, { claims: { iat: now - 3600 } }),
      await makeProof(token, { claims: { nonce: "x" } }),
      await makeProof(token),
    ];
    for (const proof of proofs) {
      expect((await guard.check(requestOf(guard, token, proof))).kind).toBe("rejected");
    }
    expect(reserve).not.toHaveBeenCalled();
  });

  test.each([
    ["throws", () => fail()],
    ["rejects", async () => fail()],
  ])("a store that %s: 503, and nobody is let in", async (_how, reserve) => {
    const guard = guardOf({ replays: { reserve } });
    const request = requestOf(guard, token, await makeProof(token));
    expect(await outcomeOf(guard, request)).toEqual({ status: 503, reason: "store_unavailable" });
  });

  test.each([undefined, null, 1, "true", {}])(
    "a store that answers %j lets nobody in",
    async (x) => {
      const guard = guardOf({ replays: { reserve: () => x as never } });
      const request = requestOf(guard, token, await makeProof(token));
      expect(await outcomeOf(guard, request)).toEqual(replayed);
    },
  );

  test("a full store: 503 for new proofs, until the first may be forgotten", async () => {
    const time = { at: now * 1000, now: () => time.at };
    const guard = guardOf({ replays: createMemoryReplays({ limit: 3, clock: time }) }, time);
    const use = async (iat: number) => {
      const proof = await makeProof(token, { claims: { iat } });
      return { proof, outcome: await outcomeOf(guard, requestOf(guard, token, proof)) };
    };
    const [first] = [await use(now), await use(now), await use(now)];
    expect(first.outcome).toEqual({ status: 200 });
    expect((await use(now)).outcome).toEqual({ status: 503, reason: "store_unavailable" });
    expect(await outcomeOf(guard, requestOf(guard, token, first.proof))).toEqual(replayed);
    time.at += 76_000;
    expect((await use(now + 76)).outcome).toEqual({ status: 200 });
  });
});

function fail(): never {
  throw new Error("the store is down");
}

describe("where DPoP is not configured", () => {
  const guard = createGuard({
    realm: "orders",
    clock,
    schemes: [jwt({ issuer, audience, jwks: { keys: [issuerKey.jwk] } })],
  });

  test("a bound token is never taken for an unbound one", async () => {
    const why = "The access token is bound in a way that this resource cannot check";
    for (const proofs of [[], [await makeProof(token)]]) {
      const request = requestOf(guard, token, proofs, { scheme: "Bearer" });
      expect(await outcomeOf(guard, request)).toEqual({
        status: 401,
        reason: "binding_unsupported",
        challenge: `Bearer realm="orders", error="invalid_token", error_description="${why}"`,
      });
    }
  });

  test("DPoP is not a way in, and not offered as one", async () => {
    expect(await outcomeOf(guard, requestOf(guard, token, await makeProof(token)))).toEqual({
      status: 401,
      reason: "scheme_not_admitted",
      challenge: 'Bearer realm="orders"',
    });
  });
});

describe("options", () => {
  const replays = createMemoryReplays();

  test.each([
    ["no store", {}, "ReplayStore"],
    ["no store at all", { replays: {} }, "ReplayStore"],
    ["no algorithms", { replays, algorithms: [] }, "algorithms"],
    ["HMAC", { replays, algorithms: ["ES256", "HS256"] }, "shared secret"],
    ["none", { replays, algorithms: ["none"] }, "algorithms"],
    ["a short nonceSecret", { replays, nonceSecret: "short" }, "5 bytes and needs 32"],
    ["an empty nonceSecret", { replays, nonceSecret: "" }, "0 bytes"],
    ["short bytes", { replays, nonceSecret: new Uint8Array(31) }, "31 bytes"],
  ])("%s", (_name, options, message) => {
    expect(() => dpop(options as never)).toThrow(ConfigurationError);
    expect(() => dpop(options as never)).toThrow(message);
  });

  test("a guard that does not know its own URL", () => {
    const schemes = [jwt({ issuer, audience, dpop: dpop({ replays }) })];
    expect(() => createGuard({ schemes })).toThrow(ConfigurationError);
    expect(() => createGuard({ schemes })).toThrow("publicUrl");
    expect(createGuard({ schemes, publicUrl: "https://api.test" })).toBeDefined();
    expect(createGuard({ schemes, publicUrl: byHost("https://api.test") })).toBeDefined();
  });

  test("what is pushed to the caller's array later changes nothing", () => {
    const algorithms = ["ES256" as const];
    const check = dpop({ replays, algorithms });
    algorithms.push("RS256" as never);
    expect(check.algorithms).toEqual(["ES256"]);
  });

  test("OpenAPI is told of both ways", () => {
    const scheme = jwt({ issuer, audience, dpop: dpop({ replays }) });
    expect(scheme.describe()).toEqual([
      { type: "http", scheme: "bearer", bearerFormat: "JWT" },
      { type: "http", scheme: "dpop" },
    ]);
  });
});

test("no token, proof or nonce secret is in a verdict or an answer", async () => {
  const guard = guardOf({ nonceSecret: "planted-nonce-secret-0123456789abcdef" });
  const bound = await boundToken(clientKey, { planted: "planted-claim" });
  const query = { path: "/orders?key=planted-query" };
  const proofs = [
    ...(await Promise.all([
      makeProof(bound),
      makeProof(bound, { key: await makeKey("ES256") }),
      makeProof(bound, { header: { jwk: { ...clientKey.jwk, d: "planted-private" } } }),
      makeProof(bound, { claims: { jti: `planted-${"j".repeat(300)}` } }),
      makeProof(bound, { claims: { htu: "https://x.test/?planted" } }),
      makeProof(bound, { claims: { nonce: "planted-nonce" } }),
    ])),
    "planted",
  ];
  for (const proof of proofs) {
    const verdict = await guard.check(requestOf(guard, bound, proof, query));
    if (verdict.kind === "accepted") throw new Error("a bad proof was taken");
    const shown = JSON.stringify([verdict, toAnswer(verdict)]);
    for (const secret of ["planted", bound, bound.split(".")[2], proof.split(".")[2]]) {
      if (secret) expect(shown).not.toContain(secret);
    }
  }
});
