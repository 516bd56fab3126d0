import { describe, expect, test } from "vitest";
import { viewWebRequest } from "../adapter/web-request.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { createGuard } from "./create-guard.ts";
import { createPrincipal } from "./principal.ts";
import { byHost, type ReachOptions, toReach } from "./reach.ts";
import type { Scheme } from "./scheme.ts";
import { accepted } from "./verdict.ts";

const everyone: Scheme = {
  name: "everyone",
  takes: [],
  find: () => ({ location: "x", verify: () => accepted(createPrincipal({ scheme: "everyone" })) }),
  challenges: () => [{ scheme: "Everyone", params: { error: "never" } }],
  describe: () => [],
};

describe("https", () => {
  const required: ReachOptions[] = [
    { publicUrl: "https://api.example.com" },
    { publicUrl: "https://127.0.0.1.example.com" },
    { publicUrl: byHost("https://api.example.com") },
    { publicUrl: byHost("http://localhost:3000", "https://api.example.com") },
  ];
  const notRequired: ReachOptions[] = [
    {},
    { publicUrl: "http://127.0.0.1:3000" },
    { publicUrl: "http://localhost:3000" },
    { publicUrl: "https://localhost:3000" },
    { publicUrl: "http://[::1]:3000" },
    { publicUrl: byHost("http://localhost:3000", "http://127.0.0.1:3000") },
  ];
  const check = async (options: ReachOptions, secure: boolean, isOptional = false) => {
    const guard = createGuard({ ...options, schemes: [everyone] });
    const request = new Request("https://api.example.com/a");
    const connection = { secure, address: "203.0.113.7" };
    const view = isOptional ? guard.optional() : guard;
    return view.check(viewWebRequest(request, guard.policy, connection));
  };

  test.each(required)("$publicUrl: plain http is refused, without a challenge", async (options) => {
    for (const isOptional of [false, true]) {
      expect(await check(options, false, isOptional)).toMatchObject({
        kind: "rejected",
        reason: "https_required",
        status: 403,
        error: undefined,
        challenges: [],
        details: { found: "plain http from 203.0.113.7" },
      });
    }
    expect((await check(options, true)).kind).toBe("accepted");
  });

  test.each(notRequired)("$publicUrl: plain http passes", async (options) => {
    expect((await check(options, false)).kind).toBe("accepted");
    expect((await check(options, true)).kind).toBe("accepted");
  });

  test("is asked for before any credential is looked at", async () => {
    const find = () => {
      throw new Error("looked");
    };
    const guard = createGuard({
      publicUrl: "https://api.example.com",
      schemes: [{ ...everyone, find }],
    });
    const request = new Request("https://api.example.com/a");
    const verdict = await guard.check(viewWebRequest(request, guard.policy));
    expect(verdict).toMatchObject({ reason: "https_required" });
  });
});

describe("what cannot be right or safe", () => {
  test.each<ReachOptions>([
    { publicUrl: "" },
    { publicUrl: "http://api.example.com" },
    { publicUrl: "/orders" },
    { publicUrl: "https://api.example.com/#orders" },
    { publicUrl: "https://user@api.example.com" },
    { trustedProxies: ["10.0.0.0/8"] as never },
    { trustedProxies: 1 as never },
    { trustedProxies: true as never },
  ])("%j", (options) => {
    expect(() => toReach(options)).toThrow(ConfigurationError);
  });

  test.each<string[]>([
    [],
    [""],
    ["api.example.com"],
    ["http://api.example.com"],
    ["https://api.example.com", "ftp://localhost"],
    ["https://api.example.com", "https://user@api.example.org"],
    ["https://api.example.com/#orders"],
    ["https://api.example.com", "https://API.example.com:443/v1"],
  ])("byHost(%j)", (...urls) => {
    expect(() => byHost(...urls)).toThrow(ConfigurationError);
  });
});
