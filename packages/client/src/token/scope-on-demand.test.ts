import { describe, expect, test } from "vitest";
import { standingClock } from "../../fixtures/clock.ts";
import { demanding } from "../../fixtures/demanding.ts";
import { fakeIssuer, refusal, tokens } from "../../fixtures/fake-issuer.ts";
import { clientCredentials } from "./client-credentials.ts";

const client = { clientId: "app", clientSecret: "secret" };

describe("when an API demands more scope", () => {
  const scopes = { scope: "orders:read", scopeOnDemand: "orders:write stock:read" };
  const setUp = (answer: (scope: string | undefined) => object | undefined = () => undefined) => {
    const { issuer, fetch, forms } = fakeIssuer(
      ({ form: { scope } }, nth) => answer(scope) ?? tokens(`token-${nth}`),
    );
    const clock = standingClock();
    const source = clientCredentials({ ...client, ...scopes, issuer, fetch, clock });
    const asked = () => forms.map(({ form: { scope } }) => scope);
    return { source, asked, clock };
  };

  test("asks for it on top of what it has, once for all callers", async () => {
    const { source, asked } = setUp();
    const old = await source.token();
    const steps = Array.from({ length: 100 }, () =>
      source.stepUp?.(demanding({ scope: "orders:write" }), old, {}),
    );
    expect(new Set(await Promise.all(steps))).toEqual(new Set([true]));
    expect(asked()).toEqual(["orders:read", "orders:read orders:write"]);
    expect((await source.token()).value.reveal()).toBe("token-2");
    const next = await source.token();
    expect(await source.stepUp?.(demanding({ scope: "stock:read orders:read" }), next, {})).toBe(
      true,
    );
    expect(asked()[2]).toBe("orders:read orders:write stock:read");
  });

  test("tells a late caller that there is another token, and asks for none", async () => {
    const { source, asked } = setUp();
    const old = await source.token();
    expect(await source.stepUp?.(demanding({ scope: "orders:write" }), old, {})).toBe(true);
    expect(await source.stepUp?.(demanding({ scope: "orders:write" }), old, {})).toBe(true);
    expect(asked()).toHaveLength(2);
  });

  test("does not ask again within a minute for what did not help", async () => {
    const { source, asked, clock } = setUp();
    const demand = { scope: "orders:write" };
    expect(await source.stepUp?.(demanding(demand), await source.token(), {})).toBe(true);
    expect(await source.stepUp?.(demanding(demand), await source.token(), {})).toBe(false);
    expect(asked()).toHaveLength(2);
    clock.advance(60);
    expect(await source.stepUp?.(demanding(demand), await source.token(), {})).toBe(true);
    expect(asked()).toHaveLength(3);
  });

  test("goes on as before when the authorization server refuses it", async () => {
    const { source, asked, clock } = setUp((scope) =>
      scope?.includes("write") ? refusal("invalid_scope") : undefined,
    );
    const old = await source.token();
    expect(await source.stepUp?.(demanding({ scope: "orders:write" }), old, {})).toBe(false);
    expect(await source.token()).toBe(old);
    clock.advance(3600);
    await source.token();
    expect(asked()).toEqual(["orders:read", "orders:read orders:write", "orders:read"]);
  });

  test.each([
    ["a scope that is not allowed", { scope: "admin" }],
    ["one that is, beside one that is not", { scope: "orders:write admin" }],
    ["a word of the option itself", { scope: "undefined" }],
    ["a fresher login", { maxAge: 60 }],
    ["a fresher login, and a scope", { maxAge: 0, scope: "orders:write" }],
    ["a stronger login", { acrValues: "phr", scope: "orders:write" }],
    ["nothing", {}],
  ])("does not ask for %s", async (_, demand) => {
    const { source, asked } = setUp();
    expect(await source.stepUp?.(demanding(demand), await source.token(), {})).toBe(false);
    expect(asked()).toHaveLength(1);
  });

  test("asks for no scope without the option, whatever is demanded", async () => {
    const { issuer, fetch, forms } = fakeIssuer(() => tokens("token"));
    const source = clientCredentials({ ...client, issuer, fetch });
    expect(await source.stepUp?.(demanding({ scope: "undefined" }), await source.token(), {})).toBe(
      false,
    );
    expect(forms).toHaveLength(1);
  });
});
