import { channel } from "node:diagnostics_channel";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as outages from "../guard/outages.ts";
import * as refusals from "../guard/refusals.ts";
import type { AuthRequest } from "../guard/request.ts";
import { guessLimits } from "../guard/throttle.ts";
import { claim } from "../requirement/claim.ts";
import { allOf, anyOf } from "../requirement/combine.ts";
import { fresh } from "../requirement/fresh.ts";
import { role } from "../requirement/role.ts";
import { anyScope, scope } from "../requirement/scope.ts";
import { createMemoryThrottle } from "../state/memory-throttle.ts";
import { segment } from "../token/signing.fixture.ts";
import { parseOAuth1Header } from "../wire/oauth1-parameters.ts";
import { explain } from "./explain.ts";
import { formatExplanation } from "./format-explanation.ts";
import {
  apiKeys,
  bearing,
  goodKey,
  guardOf,
  loggingIn,
  passwords,
  planted,
  requestWith,
  signedRequest,
  signedRequests,
} from "./planted.fixture.ts";
import { scenarios } from "./scenarios.fixture.ts";

const events: unknown[] = [];
const hear = (event: unknown) => void events.push(event);
beforeEach(() => channel("countersign:verdict").subscribe(hear));
afterEach(() => {
  channel("countersign:verdict").unsubscribe(hear);
  events.length = 0;
});

describe("names the failing check, with expected and found, for", () => {
  for (const { reason } of [...Object.values(refusals), ...Object.values(outages)]) {
    test(reason, async () => {
      const scenario = scenarios[reason];
      expect(scenario, `a scenario in which a request is refused for ${reason}`).toBeDefined();
      const { guard, request, requirement } = await scenario();
      events.length = 0;
      const explanation = await explain(guard, request, requirement);
      expect(events).toEqual([]);

      const { verdict, steps } = explanation;
      expect(verdict.reason).toBe(reason);
      const failed = steps.filter(({ outcome }) => outcome === "failed");
      expect(failed).toMatchObject([{ check: reason }]);
      expect(failed[0]?.expected).toMatch(/^[^\p{C}]{2,}$/u);
      expect(failed[0]?.found).toMatch(/^[^\p{C}]{1,}$/u);
      const after = steps.slice(steps.findIndex(({ outcome }) => outcome === "failed") + 1);
      expect(after.filter(({ outcome }) => outcome !== "not reached")).toEqual([]);
      const line = new RegExp(`^  FAILED .*${reason} .*expected .+; found .+$`, "m");
      expect(formatExplanation(explanation)).toMatch(line);

      // What is explained is what then happens.
      const checked = await guard.check(request, requirement);
      expect(checked).toMatchObject({ kind: verdict.kind, reason });
      if (checked.kind === "rejected") {
        expect(verdict.status).toBe(checked.status);
        expect(verdict.scheme).toBe(checked.scheme);
      }
    });
  }
});

describe("steps", () => {
  const schemes = [passwords(), apiKeys(), signedRequests()];
  const guard = guardOf(passwords(), { schemes });

  test("of a request that is let in: all passed", async () => {
    const requirement = fresh({ maxAge: 300 });
    expect(await explain(guard, loggingIn(planted.password), requirement)).toEqual({
      verdict: { kind: "accepted", scheme: "basic" },
      steps: [
        { check: "https_required", outcome: "passed" },
        { check: "credential", outcome: "passed", scheme: "basic", found: "authorization" },
        { check: "credential", outcome: "nothing found", scheme: "api-key" },
        { check: "credential", outcome: "nothing found", scheme: "oauth1" },
        { check: "password_invalid", outcome: "passed", scheme: "basic" },
        { check: "requirement", outcome: "passed", expected: "fresh at most 300 s old" },
      ],
    });
  });

  test("of a request over plain http: nothing else is looked at", async () => {
    const request = { ...loggingIn(planted.password), secure: false };
    const { verdict, steps } = await explain(guard, request, role("admin"));
    expect(verdict).toEqual({ kind: "rejected", status: 403, reason: "https_required" });
    expect(steps.map(({ check, outcome }) => [check, outcome])).toEqual([
      ["https_required", "failed"],
      ["requirement", "not reached"],
    ]);
  });

  test("of nobody at an optional guard: nothing failed", async () => {
    const { verdict, steps } = await explain(guard.optional(), requestWith());
    expect(verdict).toEqual({ kind: "accepted" });
    expect(steps.filter(({ outcome }) => outcome === "failed")).toEqual([]);
    const strict = await explain(guard.optional(), requestWith(), role("admin"));
    expect(strict.verdict.reason).toBe("credential_missing");
  });

  test("of a form that holds no credential after all", async () => {
    const request = requestWith({ "content-type": "application/x-www-form-urlencoded" });
    const { steps } = await explain(guard.only("oauth1"), request);
    expect(steps.slice(-2)).toEqual([
      { check: "credential", outcome: "nothing found", scheme: "oauth1" },
      {
        check: "credential_missing",
        outcome: "failed",
        expected: "a credential of oauth1",
        found: "none",
      },
    ]);
    const body = await signedRequest();
    const field = body.header("authorization")?.slice("OAuth ".length) ?? "";
    const pairs = (parseOAuth1Header(field) ?? []).map(([name, value]): [string, string] => [
      name,
      value,
    ]);
    const content = String(new URLSearchParams(pairs));
    const inForm = { ...request, body: () => new TextEncoder().encode(content) };
    const explanation = await explain(guard, inForm);
    expect(explanation.steps).toContainEqual({
      check: "credential",
      outcome: "passed",
      scheme: "oauth1",
      found: "body",
    });
  });

  test("of a credential that its scheme cannot read: told once", async () => {
    const two = requestWith({ "x-api-key": `${goodKey.key}, ${goodKey.key}` });
    const { verdict, steps } = await explain(guard, two);
    expect(verdict).toMatchObject({ reason: "credential_conflict", scheme: "api-key" });
    expect(steps.filter(({ outcome }) => outcome === "failed")).toEqual([
      {
        check: "credential_conflict",
        outcome: "failed",
        scheme: "api-key",
        expected: "one key",
        found: "2",
      },
    ]);
  });

  test("of what can be guessed: first whether there are attempts left", async () => {
    const bySubject = createMemoryThrottle({ points: 1, duration: 60 });
    const limited = guardOf(passwords(), { schemes, throttle: guessLimits({ bySubject }) });
    const checksOf = async (request: AuthRequest) =>
      (await explain(limited, request)).steps
        .slice(4)
        .map(({ check, outcome }) => [check, outcome]);
    expect(await checksOf(loggingIn("planted-guess"))).toEqual([
      ["too_many_failures", "passed"],
      ["password_invalid", "failed"],
    ]);
    // Nobody guesses a key of our form.
    expect(await checksOf(requestWith({ "x-api-key": goodKey.key }))).toEqual([
      ["api_key_invalid", "passed"],
      ["api_key_expired", "passed"],
    ]);
    await limited.check(loggingIn("planted-guess"));
    expect(await checksOf(loggingIn("planted-guess"))).toEqual([
      ["too_many_failures", "failed"],
      ["password_invalid", "not reached"],
    ]);
  });

  test("of a scheme that does not say what it checks: what failed, and what is required", async () => {
    const { checks, ...silent } = passwords();
    const of = guardOf(silent);
    const wrong = await explain(of, loggingIn("planted-guess"), role("admin"));
    expect(wrong.steps.slice(2)).toMatchObject([
      { check: "password_invalid", outcome: "failed", scheme: "basic" },
      { check: "requirement", outcome: "not reached", expected: "role admin" },
    ]);
    const right = await explain(of, loggingIn(planted.password), role("admin"));
    expect(right.steps.slice(2)).toMatchObject([{ check: "role_missing", outcome: "failed" }]);
  });

  test("name the place of two credentials, and never the unknown scheme of a third", async () => {
    const field = `Basic ${btoa(`ada:${planted.password}`)}`;
    const two = requestWith({ authorization: field, "x-api-key": goodKey.key });
    expect((await explain(guard, two)).steps.at(-1)).toMatchObject({
      check: "credential_conflict",
      found: "basic (authorization), api-key (header x-api-key)",
    });
    // A key without its auth-scheme reads as an auth-scheme.
    const bare = requestWith({ authorization: planted.looseKey });
    expect((await explain(guard, bare)).steps.at(-1)).toMatchObject({
      check: "scheme_not_admitted",
      found: "an Authorization field of another scheme",
    });
    const beside = requestWith({ authorization: planted.looseKey, "x-api-key": goodKey.key });
    expect((await explain(guard, beside)).steps.at(-1)).toMatchObject({
      found: "api-key (header x-api-key), the Authorization field",
    });
  });
});

describe("what is required is said in words", () => {
  for (const [words, requirement] of [
    ["scope a b", scope("a", "b")],
    [
      "(role admin and (any-scope a b or claim tenant))",
      allOf(
        role("admin"),
        anyOf(
          anyScope("a", "b"),
          claim("tenant", () => true),
        ),
      ),
    ],
    ["fresh at most 60 s old mfa", fresh({ maxAge: 60, acr: ["mfa"] })],
  ] as const) {
    test(words, async () => {
      const { steps } = await explain(guardOf(passwords()), requestWith(), requirement);
      expect(steps.at(-1)).toEqual({
        check: "requirement",
        outcome: "not reached",
        expected: words,
      });
    });
  }
});

describe("what a caller wrote", () => {
  test("is bounded, and cannot write to the terminal", async () => {
    const hostile = `\u001b[2J\u202e\n${"x".repeat(5000)}`;
    const { guard } = await scenarios.issuer_mismatch();
    const token = [segment({ alg: "ES256" }), segment({ iss: hostile }), "AAAA"].join(".");
    const explanation = await explain(guard, bearing(token));
    expect(explanation.verdict.reason).toBe("issuer_mismatch");
    const text = formatExplanation(explanation);
    expect(text).toContain("xxx");
    expect(text.replaceAll("\n", "")).not.toMatch(/[\p{C}]/u);
    expect(text.length).toBeLessThan(1500);
  });
});

test("a table that can be read without colour", async () => {
  const guard = guardOf(passwords(), { schemes: [passwords(), apiKeys()] });
  const explanation = await explain(guard, loggingIn("planted-guess"), role("admin"));
  expect(formatExplanation(explanation)).toBe(`rejected 401 password_invalid (basic)
  passed                  https_required
  passed         basic    credential        found authorization
  nothing found  api-key  credential
  FAILED         basic    password_invalid  expected the password of a user; found another, or no such user
  not reached             requirement       expected role admin`);
});
