import { toSecret } from "@countersign/core/wire";
import { describe, expect, test } from "vitest";
import { standingClock } from "../../fixtures/clock.ts";
import { demanding } from "../../fixtures/demanding.ts";
import { onStepUp } from "./step-up.ts";
import type { BearerToken, StepUpDemand, TokenSource } from "./token-source.ts";

/** A source with one token, for ever. */
function sourceOf(value: string): TokenSource<BearerToken> & { readonly refused: string[] } {
  const refused: string[] = [];
  const token: BearerToken = { type: "bearer", value: toSecret(value), expiresAt: undefined };
  return { token: () => token, invalidate: (each) => refused.push(each.value.reveal()), refused };
}

const demand = { acrValues: "phr", maxAge: 60 };
const ask = async (source: TokenSource<BearerToken>, demanded: StepUpDemand = demand) =>
  source.stepUp?.(demanding(demanded), await source.token(), {});

describe("a source that has the user log in again", () => {
  test("gives the tokens of the new login from then on", async () => {
    const [old, stronger] = [sourceOf("old"), sourceOf("stronger")];
    const demands: StepUpDemand[] = [];
    const source = onStepUp(old, async (each) => {
      demands.push(each);
      return stronger;
    });
    expect(await ask(source)).toBe(true);
    const token = await source.token();
    expect(token.value.reveal()).toBe("stronger");
    source.invalidate(token);
    expect([old.refused, stronger.refused]).toEqual([[], ["stronger"]]);
    expect(demands).toEqual([demand]);
  });

  test("asks the user once, however many calls were refused, and how late", async () => {
    let logins = 0;
    const answer = Promise.withResolvers<void>();
    const source = onStepUp(sourceOf("old"), async () => {
      logins++;
      await answer.promise;
      return sourceOf("stronger");
    });
    const old = await source.token();
    const steps = Array.from({ length: 1000 }, () => ask(source));
    answer.resolve();
    expect(new Set(await Promise.all(steps))).toEqual(new Set([true]));
    expect(await source.stepUp?.(demanding(demand), old, {})).toBe(true);
    expect(logins).toBe(1);
  });

  test("lets two demands come one after the other", async () => {
    const order: string[] = [];
    const source = onStepUp(sourceOf("old"), async ({ acrValues = "" }) => {
      order.push(`begin ${acrValues}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
      order.push(`end ${acrValues}`);
      return sourceOf(acrValues);
    });
    const [one, other] = await Promise.all([
      ask(source, { acrValues: "one" }),
      ask(source, { acrValues: "other" }),
    ]);
    expect([one, other]).toEqual([true, true]);
    expect(order).toEqual(["begin one", "end one", "begin other", "end other"]);
  });

  test("leaves the refusal to the caller, or throws, as the program does; and asks again in a minute", async () => {
    const clock = standingClock();
    let logins = 0;
    const declining = onStepUp(
      sourceOf("old"),
      async () => {
        logins++;
        return undefined;
      },
      { clock },
    );
    expect([await ask(declining), await ask(declining)]).toEqual([false, false]);
    expect(logins).toBe(1);
    clock.advance(60);
    expect(await ask(declining)).toBe(false);
    expect(logins).toBe(2);

    const own = new Error("send the user to the login page");
    const throwing = onStepUp(sourceOf("old"), () => Promise.reject(own));
    for (const asked of [ask(throwing), ask(throwing)]) await expect(asked).rejects.toBe(own);
    expect((await throwing.token()).value.reveal()).toBe("old");
  });

  test("does not ask for what the source itself can get", async () => {
    const able = { ...sourceOf("old"), stepUp: async () => true };
    const source = onStepUp(able, () => Promise.reject(new Error("asked")));
    expect(await ask(source)).toBe(true);
  });

  test("does nothing about answers that demand nothing, or demand it again", async () => {
    const source = onStepUp(sourceOf("old"), () => Promise.reject(new Error("asked")));
    const token = await source.token();
    const good = { status: 200, retried: [], header: () => undefined };
    expect(await source.stepUp?.(good, token, {})).toBeUndefined();
    expect(await source.stepUp?.(demanding(demand, ["step-up"]), token, {})).toBeUndefined();
  });
});
