import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { now as start } from "../token/signing.fixture.ts";
import { rememberAnswers } from "./answers.ts";
import {
  bearing,
  endpointThat,
  goodAnswer,
  guardOf,
  turningClock,
} from "./introspection.fixture.ts";

const down = () => new Response("", { status: 500 });
/** Late enough for all who ask meanwhile to be waiting. */
const late = (answer: () => unknown) => () =>
  new Promise((resolve) => setTimeout(() => resolve(answer()), 50));
const open = { ...goodAnswer, exp: undefined };

describe("one question at a time about a token", () => {
  test("1,000 concurrent requests with one token cause one introspection", async () => {
    const { fetch, questions } = endpointThat(late(() => goodAnswer));
    const guard = guardOf(fetch);
    const verdicts = await Promise.all(
      Array.from({ length: 1000 }, () => guard.check(bearing("one"))),
    );
    expect(verdicts.every(({ kind }) => kind === "accepted")).toBe(true);
    expect(questions.length).toBe(1);
  });

  test("so do 1,000 whose answer is no, and 1,000 without an answer", async () => {
    for (const [reaction, kind] of [
      [() => ({ active: false }), "rejected"],
      [down, "unavailable"],
    ] as const) {
      const { fetch, questions } = endpointThat(late(reaction));
      const guard = guardOf(fetch);
      const verdicts = await Promise.all(
        Array.from({ length: 1000 }, () => guard.check(bearing("one"))),
      );
      expect(new Set(verdicts.map((verdict) => verdict.kind))).toEqual(new Set([kind]));
      expect(questions.length).toBe(1);
    }
  });

  test("two tokens are two questions, and their answers are never mixed up", async () => {
    const { fetch, questions } = endpointThat(({ form }) => ({
      ...goodAnswer,
      sub: `user of ${form.get("token")}`,
    }));
    const guard = guardOf(fetch);
    const tokens = ["a", "b", "A", "a", "b"];
    const verdicts = await Promise.all(tokens.map((token) => guard.check(bearing(token))));
    expect(
      verdicts.map((verdict) => verdict.kind === "accepted" && verdict.principal.subject),
    ).toEqual(tokens.map((token) => `user of ${token}`));
    expect(questions.length).toBe(3);
  });
});

describe("an active answer is remembered", () => {
  test("for 30 s, from when it was asked for", async () => {
    const time = turningClock();
    const { fetch, questions, reacts } = endpointThat(open);
    const guard = guardOf(fetch, {}, time);
    await guard.check(bearing("one"));
    reacts({ active: false });
    time.advance(29.999);
    expect(await guard.check(bearing("one"))).toMatchObject({ kind: "accepted" });
    expect(questions.length).toBe(1);
    time.advance(0.001);
    expect(await guard.check(bearing("one"))).toMatchObject({ reason: "token_inactive" });
    expect(questions.length).toBe(2);
  });

  test("not past its end", async () => {
    const time = turningClock();
    const { fetch, questions, reacts } = endpointThat({ ...goodAnswer, exp: start + 10 });
    const guard = guardOf(fetch, {}, time);
    await guard.check(bearing("one"));
    time.advance(9.999);
    expect(await guard.check(bearing("one"))).toMatchObject({ kind: "accepted" });
    expect(questions.length).toBe(1);
    reacts({ active: false });
    time.advance(0.001);
    expect(await guard.check(bearing("one"))).toMatchObject({ reason: "token_inactive" });
  });

  test("not at all when it has ended already, within the tolerance", async () => {
    const { fetch, questions } = endpointThat({ ...goodAnswer, exp: start - 5 });
    const guard = guardOf(fetch);
    for (const _ of [1, 2]) {
      expect(await guard.check(bearing("one"))).toMatchObject({ kind: "accepted" });
    }
    expect(questions.length).toBe(2);
  });

  test("for less, or not at all, as configured", async () => {
    const time = turningClock();
    const { fetch, questions } = endpointThat(open);
    const short = guardOf(fetch, { cache: { active: 2 } }, time);
    await short.check(bearing("one"));
    time.advance(1.999);
    await short.check(bearing("one"));
    expect(questions.length).toBe(1);
    time.advance(0.001);
    await short.check(bearing("one"));
    expect(questions.length).toBe(2);
    const none = guardOf(fetch, { cache: { active: 0 } }, time);
    await none.check(bearing("one"));
    await none.check(bearing("one"));
    expect(questions.length).toBe(4);
  });

  test("while the issuer is down, to its end", async () => {
    const time = turningClock();
    const { fetch, reacts } = endpointThat(open);
    const guard = guardOf(fetch, {}, time);
    await guard.check(bearing("one"));
    reacts(down);
    expect(await guard.check(bearing("two"))).toMatchObject({ kind: "unavailable" });
    time.advance(29);
    expect(await guard.check(bearing("one"))).toMatchObject({ kind: "accepted" });
    time.advance(1);
    expect(await guard.check(bearing("one"))).toMatchObject({ kind: "unavailable" });
  });

  test("no longer when the clock is set back", async () => {
    const time = turningClock();
    const { fetch, questions } = endpointThat({ ...open, iat: undefined });
    const guard = guardOf(fetch, {}, time);
    await guard.check(bearing("one"));
    time.advance(-3600);
    await guard.check(bearing("one"));
    expect(questions.length).toBe(2);
  });
});

describe("an answer that a token is not active is remembered", () => {
  test("for 5 s", async () => {
    const time = turningClock();
    const { fetch, questions, reacts } = endpointThat({ active: false });
    const guard = guardOf(fetch, {}, time);
    await guard.check(bearing("one"));
    reacts(open);
    time.advance(4.999);
    expect(await guard.check(bearing("one"))).toMatchObject({ reason: "token_inactive" });
    expect(questions.length).toBe(1);
    time.advance(0.001);
    expect(await guard.check(bearing("one"))).toMatchObject({ kind: "accepted" });
  });

  test("whatever else it says of its end", async () => {
    const { fetch, questions } = endpointThat({ active: false, exp: 1 });
    const guard = guardOf(fetch);
    await guard.check(bearing("one"));
    await guard.check(bearing("one"));
    expect(questions.length).toBe(1);
  });
});

describe("what is remembered is bounded", () => {
  test("the oldest makes room, and is asked for again", async () => {
    const { fetch, questions } = endpointThat(open);
    const guard = guardOf(fetch, { cache: { limit: 2 } });
    for (const token of ["a", "b", "c", "c", "b"]) await guard.check(bearing(token));
    expect(questions.length).toBe(3);
    await guard.check(bearing("a"));
    expect(questions.map(({ form }) => form.get("token"))).toEqual(["a", "b", "c", "a"]);
  });

  test("an answer that has ended already takes no room", async () => {
    const { fetch, questions } = endpointThat(({ form }) =>
      form.get("token") === "ended" ? { ...open, exp: start - 5 } : open,
    );
    const guard = guardOf(fetch, { cache: { limit: 1 } });
    for (const token of ["good", "ended", "good"]) await guard.check(bearing(token));
    expect(questions.length).toBe(2);
  });

  test("a flood of made-up tokens drives out no good one", async () => {
    const { fetch, questions } = endpointThat(({ form }) =>
      form.get("token") === "good" ? open : { active: false },
    );
    const guard = guardOf(fetch, { cache: { limit: 10 } });
    await guard.check(bearing("good"));
    for (let at = 0; at < 50; at++) await guard.check(bearing(`bad-${at}`));
    expect(await guard.check(bearing("good"))).toMatchObject({ kind: "accepted" });
    expect(questions.length).toBe(51);
  });

  test("and shows nothing", async () => {
    const answers = rememberAnswers(async () => ({ active: true, sub: "planted" }), {
      active: 30,
      inactive: 5,
      limit: 10,
    });
    await answers("planted-token", 0);
    expect(inspect(answers, { showHidden: true, depth: 10 })).not.toContain("planted");
  });
});

describe("an issuer that is down is left alone", () => {
  test("for 1 s, then 2 s, doubling up to 30 s; and callers are told how long", async () => {
    const time = turningClock();
    const { fetch, questions } = endpointThat(down);
    const guard = guardOf(fetch, {}, time);
    let asked = 0;
    for (const wait of [1, 2, 4, 8, 16, 30, 30]) {
      expect(await guard.check(bearing(`a${wait}`))).toMatchObject({ retryAfter: wait });
      asked += 1;
      expect(await guard.check(bearing(`b${wait}`))).toMatchObject({
        kind: "unavailable",
        reason: "introspection_unavailable",
        retryAfter: wait,
      });
      time.advance(wait - 0.001);
      expect(await guard.check(bearing(`c${wait}`))).toMatchObject({ retryAfter: 1 });
      expect(questions.length).toBe(asked);
      time.advance(0.001);
    }
  });

  test("many failures at once count as one", async () => {
    const time = turningClock();
    const { fetch, questions } = endpointThat(late(down));
    const guard = guardOf(fetch, {}, time);
    const tokens = Array.from({ length: 100 }, (_, at) => `t${at}`);
    await Promise.all(tokens.map((token) => guard.check(bearing(token))));
    expect(questions.length).toBe(100);
    expect(await guard.check(bearing("next"))).toMatchObject({ retryAfter: 1 });
    expect(questions.length).toBe(100);
  });

  test("then one question sees whether it is back; others wait for its answer", async () => {
    const time = turningClock();
    const { fetch, questions, reacts } = endpointThat(down);
    const guard = guardOf(fetch, {}, time);
    await guard.check(bearing("first"));
    time.advance(1);
    let answer = (_: object) => {};
    reacts(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const probe = guard.check(bearing("probe"));
    while (questions.length < 2) await new Promise(setImmediate);
    expect(await guard.check(bearing("other"))).toMatchObject({ kind: "unavailable" });
    expect(questions.length).toBe(2);
    answer(open);
    expect(await probe).toMatchObject({ kind: "accepted" });
    reacts(open);
    expect(await guard.check(bearing("other"))).toMatchObject({ kind: "accepted" });
  });

  test("and starts anew once it is back", async () => {
    const time = turningClock();
    const { fetch, reacts } = endpointThat(down);
    const guard = guardOf(fetch, {}, time);
    await guard.check(bearing("a"));
    time.advance(1);
    await guard.check(bearing("b"));
    time.advance(2);
    reacts(open);
    await guard.check(bearing("c"));
    reacts(down);
    expect(await guard.check(bearing("d"))).toMatchObject({ retryAfter: 1 });
  });

  test("a token that it will not look at (400) is no reason to", async () => {
    const { fetch, questions } = endpointThat(({ form }) =>
      form.get("token") === "odd" ? new Response("", { status: 400 }) : open,
    );
    const guard = guardOf(fetch);
    expect(await guard.check(bearing("odd"))).toMatchObject({ kind: "unavailable", retryAfter: 1 });
    expect(await guard.check(bearing("good"))).toMatchObject({ kind: "accepted" });
    expect(questions.length).toBe(2);
  });

  test("a token it will not look at does not say that it is back", async () => {
    const time = turningClock();
    const { fetch, reacts } = endpointThat(down);
    const guard = guardOf(fetch, {}, time);
    await guard.check(bearing("a"));
    time.advance(1);
    reacts(() => new Response("", { status: 400 }));
    await guard.check(bearing("odd"));
    reacts(down);
    expect(await guard.check(bearing("b"))).toMatchObject({ retryAfter: 2 });
  });
});
