import { describe, expect, test } from "vitest";
import { viewWebRequest } from "../adapter/web-request.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { createGuard } from "./create-guard.ts";
import { createPrincipal } from "./principal.ts";
import { byHost, type ReachOptions, requireOwnUrl, toReach } from "./reach.ts";
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
        details: { expected: "https", found: "plain http from 203.0.113.7" },
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
    expect(verdict).toMatchObject({
      reason: "https_required",
      details: { expected: "https", found: "plain http from ?" },
    });
  });
});

describe("what cannot be right or safe", () => {
  const secure = "publicUrl must be an absolute https: URL";
  const proxies = "trustedProxies must be like xForwarded()";
  test.each<[options: ReachOptions, message: string]>([
    [{ publicUrl: "" }, secure],
    [{ publicUrl: "http://api.example.com" }, secure],
    [{ publicUrl: "/orders" }, secure],
    [{ publicUrl: "https://api.example.com/#orders" }, "publicUrl must have no fragment"],
    [{ publicUrl: "https://user@api.example.com" }, secure],
    [{ trustedProxies: ["10.0.0.0/8"] as never }, proxies],
    [{ trustedProxies: 1 as never }, proxies],
    [{ trustedProxies: true as never }, proxies],
  ])("%j", (options, message) => {
    expect(() => toReach(options)).toThrow(ConfigurationError);
    expect(() => toReach(options)).toThrow(message);
  });

  test("a URL where one is needed", () => {
    expect(() => requireOwnUrl({}, "dpop")).toThrow(
      'dpop: the guard must know its own: createGuard({ publicUrl: "https://api.example.com"',
    );
    expect(() => requireOwnUrl({ publicUrl: "https://api.example.com" }, "dpop")).not.toThrow();
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

  test("byHost says how it is meant", () => {
    expect(() => byHost()).toThrow("byHost takes URLs, each with a host of its own");
  });

  test("byHost knows its hosts in any case, and no other", () => {
    const { byHost: find, publicUrl } = byHost("https://API.example.com/v1", "http://[::1]:8080");
    expect(publicUrl).toBeUndefined();
    expect(find?.("Api.Example.COM")?.href).toBe("https://api.example.com/v1");
    expect(find?.("[::1]:8080")?.href).toBe("http://[::1]:8080/");
    for (const host of ["api.example.com:443", "example.com", "", "[::1]"]) {
      expect(find?.(host)).toBeUndefined();
    }
  });
});
