import type { JWK } from "jose";
import { afterEach, expect, test, vi } from "vitest";
import { createGuard } from "../guard/create-guard.ts";
import { requestOf } from "../guard/request.fixture.ts";
import type { JsonWebKeySet } from "../keys/verification-key.ts";
import { jwt } from "./jwt.ts";
import { audience, clock, issuer, makeKey, segment, sign } from "./signing.fixture.ts";

const key = await makeKey("ES256", "k1");
const good = await Promise.all(
  Array.from({ length: 20 }, (_, user) => sign(key, { sub: `user-${user}` })),
);
const [, body = "", seal = ""] = (good[0] ?? "").split(".");
/** A good token but for its kid, which nobody has. */
const withRandomKid = () =>
  `${segment({ alg: "ES256", kid: crypto.randomUUID() })}.${body}.${seal}`;
const bearing = (token: string) => requestOf({ authorization: `Bearer ${token}` });

afterEach(() => vi.restoreAllMocks());

/** A guard whose issuer answers as it is told, and counts. */
function guardedBy(load: () => Promise<JsonWebKeySet>) {
  const state = { load, loads: 0, now: clock.now() };
  const jwks = () => {
    state.loads += 1;
    return state.load();
  };
  const schemes = [jwt({ issuer, audience, jwks })];
  const guard = createGuard({ clock: { now: () => state.now }, schemes });
  return Object.assign(state, {
    check: (token: string) => guard.check(bearing(token)),
    later: (seconds: number) => (state.now += seconds * 1000),
  });
}

const keySet = (...jwks: JWK[]) => Promise.resolve({ keys: jwks });
const unknown = { kind: "rejected", status: 401, reason: "key_not_found" };

/** 10,000 tokens with random kids, and after every twentieth one that is good. */
function flood(check: (token: string) => unknown) {
  const bad: unknown[] = [];
  const valid: unknown[] = [];
  for (let request = 0; request < 10_000; request++) {
    bad.push(check(withRandomKid()));
    if (request % 20 === 0) valid.push(check(good[(request / 20) % good.length] ?? ""));
  }
  return { bad, valid };
}

async function expectAll(verdicts: unknown[], expected: object) {
  for (const verdict of await Promise.all(verdicts)) expect(verdict).toMatchObject(expected);
}

test("10,000 random kids at once cost one key fetch per cooldown", async () => {
  const issuer = guardedBy(() => keySet(key.jwk));
  for (const [wait, loads] of [
    [0, 1],
    [29, 1],
    [1, 2],
    [0, 2],
    [30, 3],
  ] as const) {
    issuer.later(wait);
    const { bad, valid } = flood(issuer.check);
    await expectAll(bad, unknown);
    await expectAll(valid, { kind: "accepted" });
    expect(issuer.loads).toBe(loads);
  }
});

test("10,000 random kids delay no valid request, even while the issuer does not answer them", async () => {
  // The fetch has no deadline here: whatever completes does so without it.
  vi.spyOn(AbortSignal, "timeout").mockReturnValue(new AbortController().signal);
  const issuer = guardedBy(() => keySet(key.jwk));
  await issuer.check(good[0] ?? "");

  let answer: (set: JsonWebKeySet) => void = () => {};
  issuer.load = () => new Promise((resolve) => (answer = resolve));
  issuer.later(30);
  const { bad, valid } = flood(issuer.check);
  let answered = 0;
  for (const each of bad) void Promise.resolve(each).then(() => (answered += 1));

  expect(valid).toHaveLength(500);
  await expectAll(valid, { kind: "accepted" });
  expect(issuer.loads).toBe(2);
  expect(answered).toBe(0);

  answer({ keys: [key.jwk] });
  await expectAll(bad, unknown);
  expect(issuer.loads).toBe(2);
});

test("nor while it is down: then they are told so, and fetches back off", async () => {
  const issuer = guardedBy(() => keySet(key.jwk));
  await issuer.check(good[0] ?? "");
  issuer.load = () => Promise.reject(new Error("no route to host"));
  issuer.later(30);
  for (const round of [1, 2]) {
    const { bad, valid } = flood(issuer.check);
    await expectAll(valid, { kind: "accepted" });
    await expectAll(bad, { kind: "unavailable", reason: "keys_unavailable" });
    expect([round, issuer.loads]).toEqual([round, 2]);
  }
});
