import { describe, expect, test, vi } from "vitest";
import { apiKey } from "../api-key/api-key.ts";
import { inHeader } from "../api-key/place.ts";
import { createGuard } from "../guard/create-guard.ts";
import { scope } from "../requirement/scope.ts";
import { createMemoryApiKeys } from "../state/memory-api-keys.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { sha256 } from "../wire/sha256.ts";
import { getPrincipal, protect } from "./protect.ts";

const secretKey = "0123456789abcdef0123456789abcdef";
const hash = await sha256(secretKey);
const keys = createMemoryApiKeys([{ id: "k", hash, subject: "billing", scopes: ["a"] }]);
const guard = createGuard({
  realm: "orders",
  schemes: [apiKey({ keys }), apiKey({ keys, name: "partner", from: [inHeader("x-partner")] })],
});
const good = { "x-api-key": secretKey };
const url = "https://api.example.com/orders";
const request = (headers: Record<string, string> = {}, method = "GET") =>
  new Request(url, { headers, method });

describe("protect", () => {
  test("a good credential reaches the handler, with everything the runtime passes on", async () => {
    const handler = vi.fn((incoming: Request, env: { region: string }, context: number) =>
      Response.json([getPrincipal(guard, incoming).subject, env.region, context]),
    );
    const response = await protect(guard, handler)(request(good), { region: "eu" }, 5);
    expect(await response.json()).toEqual(["billing", "eu", 5]);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  const refusals: [what: string, headers: Record<string, string>, status: number][] = [
    ["no credential", {}, 401],
    ["a bad one", { "x-api-key": "nope" }, 401],
    ["two", { ...good, "x-partner": secretKey }, 400],
    ["a scope missing", good, 403],
  ];
  for (const [what, headers, status] of refusals) {
    test(`${what}: ${status}, and the handler is not reached`, async () => {
      const handler = vi.fn(() => new Response());
      const response = await protect(guard, handler, scope("b"))(request(headers));
      expect(response.status).toBe(status);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(await response.json()).toMatchObject({ status });
      expect(handler).not.toHaveBeenCalled();
    });
  }

  test("a store that is down: 503 with Retry-After, and the handler is not reached", async () => {
    const handler = vi.fn(() => new Response());
    const find = () => Promise.reject(new Error("connection refused"));
    const down = createGuard({ schemes: [apiKey({ keys: { find } })] });
    for (const view of [down, down.optional()]) {
      const response = await protect(view, handler)(request(good));
      expect(response.status).toBe(503);
      expect(response.headers.get("retry-after")).toMatch(/^[1-9]\d*$/);
      expect(response.headers.has("www-authenticate")).toBe(false);
      expect(await response.text()).not.toContain("refused");
    }
    expect(handler).not.toHaveBeenCalled();
  });

  test("the handler's answer is passed on as it is", async () => {
    const answer = new Response("hello", { status: 202, headers: { "x-own": "1" } });
    expect(await protect(guard, () => answer)(request(good))).toBe(answer);
  });
});

describe("a preflight (Fetch §3.3.2)", () => {
  const origin = "https://shop.example.com";
  const preflight = { origin, "access-control-request-method": "DELETE" };

  test("reaches the handler without a credential, and its body is dropped", async () => {
    const headers = { "access-control-allow-origin": origin };
    const handler = vi.fn(() => new Response("for callers only", { status: 200, headers }));
    const response = await protect(guard, handler)(request(preflight, "OPTIONS"));
    expect(handler).toHaveBeenCalledTimes(1);
    expect(response.status).toBe(200);
    expect(response.headers.get("access-control-allow-origin")).toBe(origin);
    expect(await response.text()).toBe("");
  });

  test("to a handler that asks who called, it is refused as the request itself would be", async () => {
    const handler = (incoming: Request) => Response.json(getPrincipal(guard, incoming));
    const refused = await protect(guard, handler)(request(preflight, "OPTIONS"));
    expect(refused.status).toBe(401);
    expect(refused.headers.get("www-authenticate")).toMatch(/^ApiKey realm="orders"/);
    expect(await refused.json()).toMatchObject({ reason: "credential_missing" });
  });

  test("is told to no listener", async () => {
    const onEvent = vi.fn();
    const heard = createGuard({ schemes: [apiKey({ keys })], onEvent });
    await protect(heard, () => new Response())(request(preflight, "OPTIONS"));
    expect(onEvent).not.toHaveBeenCalled();
  });

  const others: [what: string, headers: Record<string, string>, method: string][] = [
    ["OPTIONS alone", {}, "OPTIONS"],
    ["OPTIONS without the method that is asked for", { origin }, "OPTIONS"],
    ["OPTIONS without an origin", { "access-control-request-method": "GET" }, "OPTIONS"],
    ["GET that looks like one", preflight, "GET"],
    ["POST that looks like one", preflight, "POST"],
    ["HEAD that looks like one", preflight, "HEAD"],
    ["OPTIONS by another header", { ...preflight, "x-http-method-override": "OPTIONS" }, "POST"],
  ];
  for (const [what, headers, method] of others) {
    test(`${what} is none: 401`, async () => {
      const handler = vi.fn(() => new Response());
      expect((await protect(guard, handler)(request(headers, method))).status).toBe(401);
      expect(handler).not.toHaveBeenCalled();
    });
  }
});

describe("getPrincipal", () => {
  /** What getPrincipal says, for a request that was let in by `by`. */
  async function ask(by: typeof guard, view: Parameters<typeof getPrincipal>[0], headers = good) {
    const handler = (incoming: Request) => {
      const principal = getPrincipal(view, incoming);
      return Response.json(principal?.scheme ?? "nobody");
    };
    return (await protect(by, handler)(request(headers))).json();
  }

  test("knows who was let in, by the guard or any view that admits them", async () => {
    expect(await ask(guard, guard)).toBe("api-key");
    expect(await ask(guard, guard.only("api-key"))).toBe("api-key");
    expect(await ask(guard.only("api-key") as typeof guard, guard)).toBe("api-key");
    expect(await ask(guard, guard.optional())).toBe("api-key");
  });

  test("nobody, on an optional route", async () => {
    const optional = guard.optional() as typeof guard;
    expect(await ask(optional, guard.optional(), {} as typeof good)).toBe("nobody");
  });

  test("throws rather than lie about its type", async () => {
    const optional = guard.optional() as typeof guard;
    await expect(ask(optional, guard, {} as typeof good)).rejects.toThrow("without a credential");
    await expect(ask(guard, guard.only("partner"))).rejects.toThrow('"api-key"');
  });

  test("throws where the guard does not guard the route", async () => {
    expect(() => getPrincipal(guard, request(good))).toThrow(ConfigurationError);
    const other = createGuard({ schemes: [apiKey({ keys })] });
    await expect(ask(guard, other)).rejects.toThrow("has not let this request in");
  });

  test("throws for a request that was refused", async () => {
    const refused = request();
    await protect(guard, () => new Response())(refused);
    expect(() => getPrincipal(guard, refused)).toThrow(ConfigurationError);
  });

  test("never takes one request's principal for another's", async () => {
    const first = request(good);
    const guarded = protect(guard, () => new Response());
    await guarded(first);
    expect(getPrincipal(guard, first).subject).toBe("billing");
    expect(() => getPrincipal(guard, first.clone())).toThrow(ConfigurationError);
  });

  test("two guards on one request keep theirs apart", async () => {
    const inner = createGuard({
      schemes: [apiKey({ keys, name: "inner", from: [inHeader("x-api-key")] })],
    });
    const handler = protect(inner, (incoming: Request) =>
      Response.json([getPrincipal(guard, incoming).scheme, getPrincipal(inner, incoming).scheme]),
    );
    const response = await protect(guard, handler)(request(good));
    expect(await response.json()).toEqual(["api-key", "inner"]);
  });
});
