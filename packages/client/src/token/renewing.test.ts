import { toSecret } from "@countersign/core/wire";
import { expect, test } from "vitest";
import { standingClock } from "../../fixtures/clock.ts";
import { nextTurn } from "../../fixtures/next-turn.ts";
import { renewing } from "./renewing.ts";
import type { BearerToken } from "./token-source.ts";

/** A source whose requests the test answers: `expires_in` in seconds, or an error. */
function setUp() {
  const clock = standingClock();
  const requests: PromiseWithResolvers<BearerToken>[] = [];
  const source = renewing({
    clock,
    request() {
      const request = Promise.withResolvers<BearerToken>();
      requests.push(request);
      return request.promise;
    },
  });
  async function answer(lifetime: number | undefined): Promise<void> {
    const value = toSecret(`token-${requests.length}`);
    const expiresAt = lifetime === undefined ? undefined : clock.now() / 1000 + lifetime;
    requests.at(-1)?.resolve({ type: "bearer", value, expiresAt });
    await nextTurn();
  }
  async function fail(error: unknown): Promise<void> {
    requests.at(-1)?.reject(error);
    await nextTurn();
  }
  const value = async (fresh = false) => (await source.token({ fresh })).value.reveal();
  return { clock, source, requests, answer, fail, value };
}

test.each([100, 10_000])("%i callers share one request", async (count) => {
  const { value, requests, answer } = setUp();
  const callers = Array.from({ length: count }, () => value());
  await answer(3600);
  expect(new Set(await Promise.all(callers))).toEqual(new Set(["token-1"]));
  expect(requests).toHaveLength(1);
});

test("a held token is there without waiting", async () => {
  const { source, value, answer } = setUp();
  const first = value();
  await answer(3600);
  await first;
  expect(source.token()).not.toBeInstanceOf(Promise);
});

test("renews in the background in the soft window, and makes callers wait in the hard one", async () => {
  const { clock, value, requests, answer } = setUp();
  const first = value();
  await answer(3600);
  await first;
  clock.advance(3600 - 361);
  expect(await value()).toBe("token-1");
  expect(requests).toHaveLength(1);
  clock.advance(62); // 299 s before the end
  expect(await value()).toBe("token-1");
  expect(await value()).toBe("token-1");
  expect(requests).toHaveLength(2);
  clock.advance(285); // 14 s before the end
  const waiting = value();
  await answer(3600);
  expect(await waiting).toBe("token-2");
  expect(requests).toHaveLength(2);
});

test("a caller that cannot repeat its request waits in the soft window, too", async () => {
  const { clock, value, answer } = setUp();
  const first = value();
  await answer(3600);
  await first;
  clock.advance(3600 - 299);
  const waiting = value(true);
  await answer(3600);
  expect(await waiting).toBe("token-2");
});

test("windows shrink with a short life, and a token without one is kept", async () => {
  const { clock, value, requests, answer } = setUp();
  const first = value();
  await answer(20);
  await first;
  clock.advance(13);
  await value();
  expect(requests).toHaveLength(1);
  clock.advance(3); // in the soft window: 16 of 20 s
  expect(await value()).toBe("token-1");
  expect(requests).toHaveLength(2);
  await answer(undefined);
  clock.advance(10 * 365 * 86_400);
  expect(await value()).toBe("token-2");
  expect(requests).toHaveLength(2);
});

test("a token that is dead on arrival is given to its waiters and renewed for the next", async () => {
  const { value, requests, answer } = setUp();
  const waiting = value();
  await answer(0);
  expect(await waiting).toBe("token-1");
  const next = value();
  await answer(3600);
  expect(await next).toBe("token-2");
  expect(requests).toHaveLength(2);
});

test("a failure is told to its callers at once, then the endpoint is left alone for a while", async () => {
  const { clock, value, requests, fail, answer } = setUp();
  const failure = new Error("down");
  const waiting = [value(), value()];
  waiting.forEach((promise) => void promise.catch(() => {}));
  await fail(failure);
  for (const promise of waiting) await expect(promise).rejects.toBe(failure);
  await expect(value()).rejects.toBe(failure);
  expect(requests).toHaveLength(1);

  clock.advance(1.3);
  const second = value();
  second.catch(() => {});
  await fail(new Error("still down"));
  await expect(second).rejects.toThrow("still down");
  clock.advance(1.3); // now the pause is two seconds
  await expect(value()).rejects.toThrow("still down");
  expect(requests).toHaveLength(2);

  clock.advance(1.3);
  const third = value();
  await answer(3600);
  expect(await third).toBe("token-3");
});

test("a token endpoint that stays down is asked at least every 40 s", async () => {
  const { clock, value, requests, fail } = setUp();
  for (let nth = 1; nth <= 12; nth++) {
    const waiting = value();
    waiting.catch(() => {});
    await fail(new Error("down"));
    await expect(waiting).rejects.toThrow("down");
    expect(requests).toHaveLength(nth);
    clock.advance(40);
  }
});

test("an outage is nobody's error while the token holds", async () => {
  const { clock, value, requests, answer, fail } = setUp();
  const first = value();
  await answer(3600);
  await first;
  clock.advance(3600 - 200);
  expect(await value()).toBe("token-1"); // renewal in the background
  await fail(new Error("down"));
  expect(await value()).toBe("token-1"); // in the pause
  expect(requests).toHaveLength(2);
  clock.advance(190); // in the hard window
  const waiting = value();
  await fail(new Error("down"));
  expect(await waiting).toBe("token-1");
  clock.advance(11); // expired
  const late = value();
  late.catch(() => {});
  await fail(new Error("down"));
  await expect(late).rejects.toThrow("down");
});

test("a renewal that fails after the token's end is an error", async () => {
  const { clock, value, answer, fail } = setUp();
  const first = value();
  await answer(3600);
  await first;
  clock.advance(3590);
  const waiting = value();
  waiting.catch(() => {});
  clock.advance(11);
  await fail(new Error("down"));
  await expect(waiting).rejects.toThrow("down");
});

test("a refused token is replaced, one that has been replaced is not", async () => {
  const { source, value, requests, answer } = setUp();
  const waiting = value();
  await answer(3600);
  const old = await source.token();
  await waiting;
  source.invalidate({ ...old }); // by value
  source.invalidate(old);
  const next = value();
  source.invalidate(old); // while the request is under way
  await answer(3600);
  expect(await next).toBe("token-2");
  source.invalidate(old); // late
  expect(await value()).toBe("token-2");
  expect(requests).toHaveLength(2);
});

test("a refusal during a renewal joins it", async () => {
  const { clock, source, value, requests, answer } = setUp();
  const waiting = value();
  await answer(3600);
  await waiting;
  clock.advance(3590);
  const renewed = value(); // waits for the second request
  const held = { type: "bearer", value: toSecret("token-1"), expiresAt: undefined } as const;
  source.invalidate(held);
  const refused = value();
  await answer(3600);
  expect(await Promise.all([renewed, refused])).toEqual(["token-2", "token-2"]);
  expect(requests).toHaveLength(2);
});

test("an aborted waiter leaves request and others alone", async () => {
  const { source, value, requests, answer } = setUp();
  const controller = new AbortController();
  const first = source.token({ signal: controller.signal });
  const second = value();
  controller.abort("enough");
  await expect(first).rejects.toBe("enough");
  await answer(3600);
  expect(await second).toBe("token-1");
  expect(requests).toHaveLength(1);
});

test("a request nobody waits for any more is used all the same", async () => {
  const { source, value, requests, answer } = setUp();
  const controller = new AbortController();
  const only = source.token({ signal: controller.signal });
  controller.abort("enough");
  await expect(only).rejects.toBe("enough");
  await answer(3600);
  expect(await value()).toBe("token-1");
  expect(requests).toHaveLength(1);
});

test("begins with a token that is there already, and renews it in its time", async () => {
  const clock = standingClock();
  const first = { type: "bearer", value: toSecret("first"), expiresAt: clock.now() / 1000 + 60 };
  const olds: unknown[] = [];
  const source = renewing<BearerToken>({
    clock,
    first: first as BearerToken,
    async request(old) {
      olds.push(old?.value.reveal());
      const value = toSecret(`next-${olds.length}`);
      return { type: "bearer", value, expiresAt: clock.now() / 1000 + 60 };
    },
  });
  expect(source.token()).toBe(first);
  clock.advance(60);
  const next = await source.token();
  source.invalidate(next);
  expect((await source.token()).value.reveal()).toBe("next-2");
  // A token that has expired, or was refused, is told to whoever gets the next one.
  expect(olds).toEqual(["first", "next-1"]);
});
