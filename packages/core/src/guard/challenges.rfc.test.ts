import { describe, expect, test } from "vitest";
import { fresh } from "../requirement/fresh.ts";
import { jwt } from "../token/jwt.ts";
import { audience, clock, issuer, makeKey, now, sign } from "../token/signing.fixture.ts";
import { toAnswer } from "./answer.ts";
import { createGuard } from "./create-guard.ts";
import { requestOf } from "./request.fixture.ts";
import type { Requirement } from "./requirement.ts";

const key = await makeKey("ES256", "k1");
const options = {
  clock,
  publicUrl: "https://resource.example.com",
  schemes: [jwt({ issuer, audience, jwks: { keys: [key.jwk] } })],
} as const;
const guard = createGuard(options);

/** The status, and what WWW-Authenticate says word for word. */
async function answer(by = guard, token?: string, requirement?: Requirement) {
  const authorization = token === undefined ? undefined : `Bearer ${token}`;
  const verdict = await by.check(requestOf(authorization ? { authorization } : {}), requirement);
  if (verdict.kind === "accepted") return [200];
  const { status, headers } = toAnswer(verdict);
  return [status, headers.find(([name]) => name === "www-authenticate")?.[1]];
}

describe("the examples of RFC 9470 §3, but for error_description, which says the same in our words", () => {
  test("figure 2: another authentication level", async () => {
    const example =
      'Bearer error="insufficient_user_authentication", ' +
      'error_description="A different authentication level is required", acr_values="myACR"';
    const token = await sign(key, { auth_time: now - 1, acr: "other" });
    expect(await answer(guard, token, fresh({ acr: ["myACR"] }))).toEqual([
      401,
      example.replace(
        "A different authentication level is required",
        "The login was not strong enough for this resource",
      ),
    ]);
    const stronger = await sign(key, { auth_time: now - 1, acr: "myACR" });
    expect(await answer(guard, stronger, fresh({ acr: ["myACR"] }))).toEqual([200]);
  });

  test("figure 3: a more recent login", async () => {
    const example =
      'Bearer error="insufficient_user_authentication", ' +
      'error_description="More recent authentication is required", max_age="5"';
    const token = await sign(key, { auth_time: now - 6 });
    expect(await answer(guard, token, fresh({ maxAge: 5 }))).toEqual([
      401,
      example.replace(
        "More recent authentication is required",
        "The login is too old for this resource; log in again",
      ),
    ]);
    const later = await sign(key, { auth_time: now - 5 });
    expect(await answer(guard, later, fresh({ maxAge: 5 }))).toEqual([200]);
  });

  test("both in one challenge, acr_values first", async () => {
    const token = await sign(key, { auth_time: now - 6, acr: "myACR" });
    const [, challenge] = await answer(guard, token, fresh({ acr: ["myACR", "more"], maxAge: 5 }));
    expect(challenge).toMatch(/, acr_values="myACR more", max_age="5"$/);
  });
});

test("the example of RFC 9728 §5.1, word for word", async () => {
  const telling = createGuard({ ...options, resourceMetadata: true });
  expect(await answer(telling)).toEqual([
    401,
    "Bearer resource_metadata=" +
      '"https://resource.example.com/.well-known/oauth-protected-resource"',
  ]);
});
