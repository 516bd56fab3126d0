/** What limits on guesses make of what a throttle says, and what they ask it for. */
import { describe, expect, test } from "vitest";
import type { PointsLeft, Throttle } from "../state/throttle.ts";
import { makeRequest } from "./made-request.fixture.ts";
import { createPrincipal } from "./principal.ts";
import { digestInvalid, digestNonceStale, passwordInvalid, requestReplayed } from "./refusals.ts";
import type { Attempt } from "./scheme.ts";
import { guessLimits, toNetwork } from "./throttle.ts";
import { accepted, rejected, type Verdict } from "./verdict.ts";

const right = accepted(createPrincipal({ scheme: "basic", subject: "ada" }));
const attempt: Attempt = {
  location: "authorization",
  guessable: true,
  claimedSubject: "ada",
  verify: () => right,
};

/** A throttle that answers as it is told to, and the calls that it had. */
function throttleThat(answers: { consume?: () => unknown; get?: () => unknown } = {}) {
  const calls: string[] = [];
  const throttle: Throttle = {
    async consume(key) {
      calls.push(`consume ${key}`);
      return answers.consume?.();
    },
    async reward(key) {
      calls.push(`reward ${key}`);
    },
    ...(answers.get && { get: async () => answers.get?.() as PointsLeft }),
  };
  return { throttle, calls };
}

const check = (throttle: Throttle, isRehearsal = false, verdict: Verdict = right) =>
  guessLimits({ bySubject: throttle })(makeRequest(), attempt, () => verdict, isRehearsal);

const refuse = (refusal: unknown) => () => {
  throw refusal;
};

test("keys are what processes of other versions count under", async () => {
  const { throttle, calls } = throttleThat();
  const limits = guessLimits({ byAddress: throttle, bySubject: throttle });
  const wrongKey = rejected(passwordInvalid);
  await limits(makeRequest(), attempt, () => wrongKey, false);
  const { claimedSubject: _, ...nobodys } = attempt;
  await limits(makeRequest({ address: "2001:db8::1" }), nobodys, () => wrongKey, false);
  await limits(makeRequest({ address: "/run/socket" }), nobodys, () => wrongKey, false);
  const [four, six] = [toNetwork("192.0.2.1"), toNetwork("2001:db8::2")];
  expect([four, six]).toEqual(["AAAAAAAAAAAAAP__wAACAQ", "IAENuAAAAAA"]);
  expect(calls).toEqual([
    `consume address ${four}`,
    `consume subject ${four} ada`,
    `consume address ${six}`,
    `consume subject ${six} `,
    "consume address /run/socket",
    "consume subject /run/socket ",
  ]);
});

describe("a point", () => {
  test.each<[what: string, verdict: Verdict, isGivenBack: boolean]>([
    ["a right guess", right, true],
    ["a wrong password", rejected(passwordInvalid), false],
    ["a wrong digest", rejected(digestInvalid), false],
    ["a digest that came late", rejected(digestNonceStale), true],
    ["a request that was sent twice", rejected(requestReplayed), true],
  ])("is given back, or not, for %s", async (_what, verdict, isGivenBack) => {
    const { throttle, calls } = throttleThat();
    expect(await check(throttle, false, verdict)).toBe(verdict);
    expect(calls.filter((call) => call.startsWith("reward")).length).toBe(isGivenBack ? 1 : 0);
  });

  test("that cannot be given back refuses nobody", async () => {
    const { throttle } = throttleThat();
    const broken = { ...throttle, reward: () => Promise.reject(new Error("down")) };
    expect(await check(broken)).toBe(right);
  });
});

describe("no point left", () => {
  test.each<[refusal: unknown, seconds: number]>([
    [{ msBeforeNext: 0 }, 1],
    [{ msBeforeNext: 1 }, 1],
    [{ msBeforeNext: 1001 }, 2],
    [{ msBeforeNext: "5000" }, 5],
    [{ msBeforeNext: Number.POSITIVE_INFINITY }, 60],
    [{ msBeforeNext: "soon" }, 60],
    [{}, 60],
    [undefined, 60],
    [null, 60],
  ])("%j: try again in %d s", async (refusal, seconds) => {
    const { throttle } = throttleThat({ consume: refuse(refusal) });
    expect(await check(throttle)).toMatchObject({
      reason: "too_many_failures",
      headers: [["retry-after", `${seconds}`]],
      details: { expected: "attempts left", found: `none for another ${seconds} s` },
    });
  });
});

describe("a rehearsal", () => {
  test.each<[left: unknown, seconds: number | undefined]>([
    [{ remainingPoints: 0, msBeforeNext: 5000 }, 5],
    [{ remainingPoints: -1, msBeforeNext: 5000 }, 5],
    [{ remainingPoints: 1, msBeforeNext: 5000 }, undefined],
    [null, undefined],
    [undefined, undefined],
  ])("with %j left takes nothing and gives nothing back", async (left, seconds) => {
    const { throttle, calls } = throttleThat({ get: () => left });
    const verdict = await check(throttle, true);
    if (seconds === undefined) expect(verdict).toBe(right);
    else expect(verdict).toMatchObject({ headers: [["retry-after", `${seconds}`]] });
    expect(calls).toEqual([]);
  });

  test("with a throttle that is down is an outage", async () => {
    const cause = new Error("down");
    const { throttle } = throttleThat({ get: refuse(cause) });
    const outage = { kind: "unavailable", reason: "throttle_unavailable", cause };
    expect(await check(throttle, true)).toMatchObject(outage);
  });
});

test("what cannot be right says what to do", async () => {
  expect(() => guessLimits({})).toThrow("guessLimits({ byAddress: createMemoryThrottle(");
  const { throttle } = throttleThat();
  const limits = guessLimits({ byAddress: throttle });
  const nowhere = makeRequest({ address: undefined as never });
  await expect(limits(nowhere, attempt, () => right, false)).rejects.toThrow(
    "does not know the caller's address",
  );
});
