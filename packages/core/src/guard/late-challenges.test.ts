import { expect, test } from "vitest";
import { role } from "../requirement/role.ts";
import type { Challenge } from "../wire/challenge.ts";
import type { MaybePromise } from "../wire/maybe-promise.ts";
import { createGuard } from "./create-guard.ts";
import type { Guard } from "./guard.ts";
import { makeRequest } from "./made-request.fixture.ts";
import { storeUnavailable } from "./outages.ts";
import { createPrincipal, type Principal } from "./principal.ts";
import { credentialMissing, passwordInvalid } from "./refusals.ts";
import type { AuthContext, Scheme } from "./scheme.ts";
import { accepted, rejected, unavailable } from "./verdict.ts";

const clock = { now: () => 1_700_000_000_000 };
const contexts: AuthContext[] = [];

function scheme(name: string, challenge: MaybePromise<readonly Challenge[]>): Scheme {
  return {
    name,
    takes: [],
    find: (_request, authorization) =>
      authorization?.scheme === name
        ? { location: "authorization", verify: () => rejected(passwordInvalid) }
        : undefined,
    challenges(_rejection, context) {
      contexts.push(context);
      return challenge;
    },
    describe: () => [],
  };
}

const prompt = scheme("prompt", [{ scheme: "Prompt", params: {} }]);
const late = scheme("late", Promise.resolve([{ scheme: "Late", params: { nonce: "n" } }]));
const schemesOf = (challenges: readonly Challenge[]) => challenges.map((each) => each.scheme);

test("challenges that are there at once make a refusal at once", () => {
  const guard = createGuard({ clock, schemes: [prompt] });
  for (const authorization of [undefined, "prompt x", "other x", "="]) {
    const headers = authorization === undefined ? {} : { authorization };
    expect(guard.check(makeRequest({ headers }))).not.toBeInstanceOf(Promise);
  }
});

test("one that needs time is waited for, and keeps its place", async () => {
  const guard = createGuard({ clock, realm: "orders", schemes: [prompt, late] });
  const verdict = await guard.check(makeRequest());
  if (verdict.kind !== "rejected") throw new Error(verdict.kind);
  expect(schemesOf(verdict.challenges)).toEqual(["Prompt", "Late"]);
  expect(verdict.challenges[1]?.params).toEqual({ realm: "orders", nonce: "n" });
  const refused = await guard.check(makeRequest({ headers: { authorization: "late x" } }));
  if (refused.kind !== "rejected") throw new Error(refused.kind);
  expect(schemesOf(refused.challenges)).toEqual(["Late", "Prompt"]);
});

test("each scheme is asked once, and told of its own refusal alone", async () => {
  const asked: unknown[] = [];
  const noting = (each: Scheme): Scheme => ({
    ...each,
    challenges(rejection, context) {
      asked.push([each.name, rejection?.reason]);
      return each.challenges(rejection, context);
    },
  });
  const guard = createGuard({ clock, schemes: [noting(prompt), noting(late)] });
  await guard.check(makeRequest({ headers: { authorization: "late x" } }));
  expect(asked).toEqual([
    ["late", "password_invalid"],
    ["prompt", undefined],
  ]);
});

test("a view waits for nothing that it does not offer", () => {
  const view = createGuard({ clock, schemes: [prompt, late] }).only("prompt");
  expect(view.check(makeRequest())).not.toBeInstanceOf(Promise);
});

test("who is let in is offered nothing, nor is anybody in an outage", () => {
  const principal = createPrincipal({ scheme: "prompt", subject: "ada" });
  const outcomes = [() => accepted(principal), () => unavailable(storeUnavailable)];
  for (const verify of outcomes) {
    const find = () => ({ location: "authorization", verify });
    const verdict = createGuard({ clock, schemes: [{ ...prompt, find }] }).check(makeRequest());
    expect(verdict).toStrictEqual(verify());
  }
});

test("nor does a refusal that has no challenge", () => {
  const principal = createPrincipal({ scheme: "late", subject: "ada" });
  const attempt = { location: "authorization", verify: () => accepted(principal) };
  const guard = createGuard({ clock, schemes: [{ ...late, find: () => attempt }] });
  const verdict = guard.check(makeRequest(), role("admin"));
  expect(verdict).toMatchObject({ reason: "role_missing", challenges: [] });
});

test("challenges are made for the guard's time and realm", () => {
  contexts.length = 0;
  createGuard({ clock, realm: "orders", schemes: [prompt] }).check(makeRequest());
  expect(contexts).toEqual([{ now: 1_700_000_000_000, realm: "orders", rehearsal: false }]);
});

test("a tentative attempt is turned to when there is nothing else, the first of them", async () => {
  const attempts: string[] = [];
  const guess = (name: string): Scheme => ({
    ...scheme(name, []),
    find: () => ({
      location: "body",
      tentative: true,
      verify() {
        attempts.push(name);
        return rejected(credentialMissing);
      },
    }),
  });
  const guard = createGuard({ clock, schemes: [prompt, guess("one"), guess("two")] });
  const check = async (
    headers: Record<string, string>,
    by: Guard<Principal | undefined> = guard,
  ) => {
    attempts.length = 0;
    const verdict = await by.check(makeRequest({ headers }));
    return [verdict.kind === "rejected" ? verdict.reason : verdict.kind, ...attempts];
  };
  expect(await check({ authorization: "prompt x" })).toEqual(["password_invalid"]);
  expect(await check({ authorization: "other x" })).toEqual(["scheme_not_admitted"]);
  expect(await check({})).toEqual(["credential_missing", "one"]);
  expect(await check({}, guard.optional())).toEqual(["accepted", "one"]);
  expect(await check({}, guard.only("prompt"))).toEqual(["credential_missing"]);
  expect(await check({}, guard.only("prompt").optional())).toEqual(["accepted"]);
});

test("before it comes what yields, a cookie say, wherever their schemes stand", async () => {
  const guess: Scheme = {
    ...scheme("guess", []),
    find: () => ({
      location: "body",
      tentative: true,
      verify: () => rejected(credentialMissing),
    }),
  };
  const principal = createPrincipal({ scheme: "cookie", subject: "ada" });
  const cookie: Scheme = {
    ...scheme("cookie", []),
    find: () => ({ location: "cookie", yields: true, verify: () => accepted(principal) }),
  };
  for (const schemes of [
    [guess, cookie],
    [cookie, guess],
  ]) {
    const verdict = await createGuard({ clock, schemes }).check(makeRequest());
    expect(verdict).toMatchObject({ kind: "accepted", principal: { subject: "ada" } });
  }
});
