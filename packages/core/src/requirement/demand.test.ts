import { describe, expect, it } from "vitest";
import { basic } from "../basic/basic.ts";
import { digest } from "../digest/digest.ts";
import { createGuard } from "../guard/create-guard.ts";
import { createPrincipal } from "../guard/principal.ts";
import { requestOf } from "../guard/request.fixture.ts";
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
    expect(error).toMatchObject({ code: "demand_not_met", status: 403, statusCode: 403 });
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

  it("takes no principal that no guard has let in", () => {
    const stranger = createPrincipal({ scheme: "basic", roles: ["admin"] });
    expect(() => demand(stranger, role("admin"))).toThrow(ConfigurationError);
  });
});
