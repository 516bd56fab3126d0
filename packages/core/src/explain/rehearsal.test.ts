import { describe, expect, test } from "vitest";
import { apiKey } from "../api-key/api-key.ts";
import { basic } from "../basic/basic.ts";
import { boundToken, guardOf as dpopGuardOf, makeProof } from "../dpop/proof.fixture.ts";
import type { Guard } from "../guard/guard.ts";
import { makeRequest } from "../guard/made-request.fixture.ts";
import type { Principal } from "../guard/principal.ts";
import type { AuthRequest } from "../guard/request.ts";
import { guessLimits } from "../guard/throttle.ts";
import { createMemoryThrottle } from "../state/memory-throttle.ts";
import { clock } from "../token/signing.fixture.ts";
import { explain } from "./explain.ts";
import {
  digestRequest,
  digests,
  goodKey,
  guardOf,
  loggingIn,
  passwords,
  planted,
  signedRequest,
  signedRequests,
} from "./planted.fixture.ts";

/** Explains a request twice, checks it, and explains it again: what would have become of each. */
async function outcomes(guard: Guard<Principal | undefined>, request: AuthRequest) {
  const explained = async () => {
    const { verdict } = await explain(guard, request);
    return verdict.reason ?? verdict.kind;
  };
  const before = [await explained(), await explained()];
  const verdict = await guard.check(request);
  return [
    ...before,
    verdict.kind === "accepted" ? verdict.kind : verdict.reason,
    await explained(),
  ];
}

describe("reserves nothing, and knows what is reserved:", () => {
  test("a DPoP proof", async () => {
    const token = await boundToken();
    const headers = { authorization: `DPoP ${token}`, dpop: await makeProof(token) };
    expect(await outcomes(dpopGuardOf(), makeRequest({ headers }))).toEqual([
      "accepted",
      "accepted",
      "accepted",
      "dpop_proof_replayed",
    ]);
  });

  test("a nonce count of Digest", async () => {
    const guard = guardOf(digests());
    const request = await digestRequest(guard);
    const all = ["accepted", "accepted", "accepted", "request_replayed"];
    expect(await outcomes(guard, request)).toEqual(all);
  });

  test("a nonce of OAuth 1.0a", async () => {
    const all = ["accepted", "accepted", "accepted", "request_replayed"];
    expect(await outcomes(guardOf(signedRequests()), await signedRequest())).toEqual(all);
  });

  test("a store that cannot say what is taken: each use counts as the first", async () => {
    const used = new Set<string>();
    const reserve = (key: string) => !used.has(key) && used.add(key).size > 0;
    const guard = guardOf(signedRequests({ replays: { reserve } }));
    const all = ["accepted", "accepted", "accepted", "accepted"];
    expect(await outcomes(guard, await signedRequest())).toEqual(all);
    expect(used.size).toBe(1);
  });
});

describe("counts nothing, and knows what is counted:", () => {
  const limited = (points: number) => {
    const throttle = () => createMemoryThrottle({ points, duration: 60, clock });
    const limits = guessLimits({ bySubject: throttle(), byAddress: throttle() });
    return guardOf(passwords(), { throttle: limits });
  };

  test("the throttle has all its points after many explanations", async () => {
    const guard = limited(1);
    const wrong = loggingIn("planted-guess");
    const all = ["password_invalid", "password_invalid", "password_invalid", "too_many_failures"];
    expect(await outcomes(guard, wrong)).toEqual(all);
    expect(await guard.check(wrong)).toMatchObject({ reason: "too_many_failures" });
  });

  test("a success gives no point back that was not taken", async () => {
    const guard = limited(2);
    await guard.check(loggingIn("planted-guess"));
    for (const _ of [1, 2, 3]) await explain(guard, loggingIn(planted.password));
    await guard.check(loggingIn("planted-guess"));
    expect(await guard.check(loggingIn(planted.password))).toMatchObject({
      reason: "too_many_failures",
    });
  });

  test("a throttle that cannot say what is left has some", async () => {
    const calls: string[] = [];
    const note = (what: string) => async () => void calls.push(what);
    const byAddress = { consume: note("consume"), reward: note("reward") };
    const guard = guardOf(passwords(), { throttle: guessLimits({ byAddress }) });
    expect((await explain(guard, loggingIn("planted-guess"))).verdict.reason).toBe(
      "password_invalid",
    );
    expect(calls).toEqual([]);
  });
});

describe("notes nothing:", () => {
  test("when an API key was last used", async () => {
    const touched: string[] = [];
    const record = { id: goodKey.id, hash: goodKey.hash, subject: "billing" };
    const keys = { find: () => record, touch: (id: string) => void touched.push(id) };
    const guard = guardOf(apiKey({ keys }));
    const request = makeRequest({ headers: { "x-api-key": goodKey.key } });
    expect((await explain(guard, request)).verdict.kind).toBe("accepted");
    expect(touched).toEqual([]);
    await guard.check(request);
    expect(touched).toEqual([goodKey.id]);
  });

  test("that a password was right; but what is remembered serves", async () => {
    let hashed = 0;
    const users = { find: () => ({ subject: "ada", passwordHash: "hash" }) };
    const guard = guardOf(basic({ users, passwords: { verify: () => ++hashed > 0 } }));
    for (const _ of [1, 2]) await explain(guard, loggingIn("right"));
    expect(hashed).toBe(2);
    for (const _ of [1, 2]) await guard.check(loggingIn("right"));
    expect(hashed).toBe(3);
    await explain(guard, loggingIn("right"));
    expect(hashed).toBe(3);
  });

  test("in no event, and what listeners throw is nobody's affair", async () => {
    const told: unknown[] = [];
    const guard = guardOf(passwords(), { onEvent: (event) => void told.push(event) });
    await explain(guard, loggingIn("planted-guess"));
    await guard.rehearse(loggingIn(planted.password));
    expect(told).toEqual([]);
    await guard.check(loggingIn(planted.password));
    expect(told.length).toBe(1);
  });
});
