import { describe, expect, it } from "vitest";
import { basic } from "../basic/basic.ts";
import { digest } from "../digest/digest.ts";
import { createGuard } from "../guard/create-guard.ts";
import { createPrincipal } from "../guard/principal.ts";
import { requestOf } from "../guard/request.fixture.ts";
import type { Scheme } from "../guard/scheme.ts";
import { accepted } from "../guard/verdict.ts";
import { createMemoryReplays } from "../state/replay.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { DemandError, demand } from "./demand.ts";
import { fresh } from "./fresh.ts";
import { role } from "./role.ts";
import { scope } from "./scope.ts";

const schemes = [
  basic({
    users: { find: () => ({ subject: "ada", passwordHash: "right", roles: ["admin"] }) },
    passwords: { verify: (hash, password) => hash === password },
  }),
] as const;

let now = 0;
const clock = { now: () => now };

async function principalOf(guard = createGuard({ realm: "orders", schemes, clock })) {
  const verdict = await guard.check(requestOf({ authorization: `Basic ${btoa("ada:right")}` }));
  if (verdict.kind !== "accepted") throw new Error(verdict.reason);
  return verdict.principal;
}

function refusal(work: () => void): DemandError {
  try {
    work();
  } catch (error) {
    if (error instanceof DemandError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("demand", () => {
  it("asks for nothing that the principal has", async () => {
    const principal = await principalOf();
    expect(() => demand(principal, role("admin"))).not.toThrow();
  });

  it("refuses as protect would, where frameworks look for it", async () => {
    const principal = await principalOf();
    const error = refusal(() => demand(principal, scope("orders:write")));
    expect(error).toMatchObject({
      name: "DemandError",
      code: "demand_not_met",
      status: 403,
      statusCode: 403,
    });
    expect(error.headers).toEqual({
      "cache-control": "no-store",
      "content-type": "application/problem+json",
    });
    const response = error.getResponse();
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ reason: "scope_missing", scope: "orders:write" });
  });

  it("offers a way to log in again, and judges by the time of the demand", async () => {
    now = 0;
    const principal = await principalOf();
    demand(principal, fresh({ maxAge: 60 }));
    now = 61_000;
    const error = refusal(() => demand(principal, fresh({ maxAge: 60 })));
    expect(error.status).toBe(401);
    expect(error.headers["www-authenticate"]).toBe('Basic realm="orders", charset="UTF-8"');
  });

  it("leaves out what it would have to wait for", async () => {
    const find = () => undefined;
    const slow = digest({ users: { find }, replays: createMemoryReplays() });
    const both = createGuard({ realm: "orders", schemes: [...schemes, slow], clock });
    const principal = await principalOf(both as never);
    const refused = refusal(() => demand(principal, fresh({ acr: ["gold"] })));
    expect(refused.headers["www-authenticate"]).toBe('Basic realm="orders", charset="UTF-8"');
  });

  describe("of schemes of one's own", () => {
    const asked: unknown[] = [];
    const own = (name: string, mends: boolean, facts: object = {}): Scheme => ({
      name,
      takes: [],
      find: (request) =>
        request.header(`x-${name}`) === undefined
          ? undefined
          : {
              location: name,
              verify: () =>
                accepted(createPrincipal({ scheme: name, authenticatedAt: -100, ...facts })),
            },
      challenges(rejection) {
        if (rejection !== undefined) asked.push([name, rejection.scheme, rejection.authScheme]);
        return mends ? [{ scheme: name, params: {} }] : [];
      },
      describe: () => [],
    });
    const principalBy = async (header: string, ...schemes: Scheme[]) => {
      asked.length = 0;
      now = 0;
      const verdict = await createGuard({ schemes, clock }).check(requestOf({ [header]: "" }));
      if (verdict.kind !== "accepted") throw new Error(verdict.reason);
      return verdict.principal;
    };

    it("offers the one that let the principal in first", async () => {
      const principal = await principalBy("x-b", own("a", true), own("b", true), own("c", true));
      const { headers } = refusal(() => demand(principal, fresh({ maxAge: 60 })));
      expect(headers["www-authenticate"]).toBe("b, a, c");
      expect(asked).toEqual([["b", "b", undefined]]);
    });

    it("is no rehearsal", async () => {
      const contexts: unknown[] = [];
      const schemes = [
        {
          ...own("a", true),
          challenges(_: unknown, context: object) {
            contexts.push(context);
            return [{ scheme: "a", params: {} }];
          },
        },
      ];
      const principal = await principalBy("x-a", ...schemes);
      refusal(() => demand(principal, fresh({ maxAge: 60 })));
      expect(contexts).toMatchObject([{ now: 0, rehearsal: false }]);
    });

    it("tells how the token was sent", async () => {
      const bindings = [
        [{ type: "dpop", thumbprint: "t" }, "DPoP"],
        [{ type: "certificate", thumbprint: "t" }, undefined],
      ] as const;
      for (const [binding, authScheme] of bindings) {
        const principal = await principalBy("x-a", own("a", true, { binding }));
        expect(refusal(() => demand(principal, fresh({ maxAge: 60 }))).refusal).toMatchObject({
          scheme: "a",
          authScheme,
        });
        expect(asked).toEqual([["a", "a", authScheme]]);
      }
    });

    it("is a mistake where none of them can show a fresher login", async () => {
      const principal = await principalBy("x-a", own("a", false), own("b", false));
      expect(() => demand(principal, fresh({ maxAge: 60 }))).toThrow(ConfigurationError);
      expect(() => demand(principal, fresh({ maxAge: 60 }))).toThrow(
        "no scheme of this view can show a fresher or stronger login",
      );
      expect(refusal(() => demand(principal, role("admin"))).status).toBe(403);
    });
  });

  it("takes no principal that no guard has let in", () => {
    const stranger = createPrincipal({ scheme: "basic", roles: ["admin"] });
    expect(() => demand(stranger, role("admin"))).toThrow(ConfigurationError);
    expect(() => demand(stranger, role("admin"))).toThrow("no guard has let this principal in");
  });
});
