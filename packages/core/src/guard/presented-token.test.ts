import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { apiKey } from "../api-key/api-key.ts";
import { createApiKey } from "../api-key/format.ts";
import { basic } from "../basic/basic.ts";
import {
  bearing,
  endpointThat,
  goodAnswer,
  guardOf,
} from "../introspection/introspection.fixture.ts";
import { createMemoryApiKeys } from "../state/memory-api-keys.ts";
import { jwt } from "../token/jwt.ts";
import { audience, clock, issuer, makeKey, sign } from "../token/signing.fixture.ts";
import { createGuard } from "./create-guard.ts";
import type { Guard } from "./guard.ts";
import { presentedToken } from "./presented-token.ts";
import { createPrincipal, type Principal } from "./principal.ts";
import { requestOf } from "./request.fixture.ts";

async function principalOf(guard: Guard, headers: Record<string, string>): Promise<Principal> {
  const verdict = await guard.check(requestOf(headers));
  if (verdict.kind !== "accepted") throw new Error(verdict.reason);
  return verdict.principal;
}

describe("the token that was presented", () => {
  test("as a JWT", async () => {
    const key = await makeKey("ES256", "k1");
    const guard = createGuard({
      schemes: [jwt({ issuer, audience, jwks: { keys: [key.jwk] } })],
      clock,
    });
    const [one, two] = [await sign(key, { sub: "ada" }), await sign(key, { sub: "bob" })];
    const principals = await Promise.all(
      [one, two, one].map((token) => principalOf(guard, { authorization: `Bearer ${token}` })),
    );
    const tokens = principals.map((principal) => presentedToken(principal).reveal());
    expect(tokens).toEqual([one, two, one]);
  });

  test("as an opaque token", async () => {
    const guard = guardOf(endpointThat(goodAnswer).fetch);
    const verdict = await guard.check(bearing("opaque-token"));
    if (verdict.kind !== "accepted") throw new Error(verdict.reason);
    expect(presentedToken(verdict.principal).reveal()).toBe("opaque-token");
  });

  test("as an API key", async () => {
    const { key, id, hash } = await createApiKey("orders");
    const keys = createMemoryApiKeys([{ id, hash, subject: "billing" }]);
    const guard = createGuard({ schemes: [apiKey({ keys })], clock });
    const principal = await principalOf(guard, { "x-api-key": key });
    expect(presentedToken(principal).reveal()).toBe(key);
  });

  test("shows itself nowhere: not in the principal, not in itself", async () => {
    const guard = guardOf(endpointThat(goodAnswer).fetch);
    const verdict = await guard.check(bearing("planted-token"));
    if (verdict.kind !== "accepted") throw new Error(verdict.reason);
    const { principal } = verdict;
    const token = presentedToken(principal);
    for (const value of [principal, token, { ...principal }]) {
      const shown = `${inspect(value, { depth: 20, showHidden: true })}${JSON.stringify(value)}`;
      expect(shown).not.toContain("planted");
    }
    expect(`${token}`).toBe("[redacted]");
  });
});

describe("a principal that presented none", () => {
  test("came with a password", async () => {
    const users = { find: () => ({ subject: "ada", passwordHash: "hash" }) };
    const passwords = { verify: () => true };
    const guard = createGuard({ schemes: [basic({ users, passwords })], clock });
    const principal = await principalOf(guard, { authorization: `Basic ${btoa("ada:pw")}` });
    expect(() => presentedToken(principal)).toThrow('scheme "basic" that presented no token');
    expect(() => presentedToken(principal)).toThrow("protect(guard.only(…))");
  });

  test("was made by hand, or copied", async () => {
    const guard = guardOf(endpointThat(goodAnswer).fetch);
    const verdict = await guard.check(bearing("opaque-token"));
    if (verdict.kind !== "accepted") throw new Error(verdict.reason);
    for (const principal of [createPrincipal({ scheme: "jwt" }), { ...verdict.principal }]) {
      expect(() => presentedToken(principal)).toThrow("presented no token");
    }
  });
});
