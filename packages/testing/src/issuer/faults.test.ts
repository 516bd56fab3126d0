import { describe, expect, it } from "vitest";
import { createTestIssuer } from "./create-test-issuer.ts";
import type { Fault } from "./faults.ts";

/** The same issuer, reached in process and over a socket. */
const ways = {
  async "without sockets"() {
    const issuer = createTestIssuer();
    return { issuer, send: issuer.fetch };
  },
  async "over a socket"() {
    const issuer = createTestIssuer();
    await issuer.listen();
    return { issuer, send: fetch };
  },
};

describe.each(Object.entries(ways))("%s", (_way, start) => {
  async function setUp() {
    const { issuer, send } = await start();
    return {
      issuer,
      get: (path = "/jwks", init?: RequestInit) => send(`${issuer.url}${path}`, init),
      [Symbol.asyncDispose]: () => issuer.close(),
    };
  }

  it("a status, until it is stopped", async () => {
    await using site = await setUp();
    const repair = site.issuer.fail({ status: 503 });
    for (const path of ["/jwks", "/token", "/nothing"]) {
      expect((await site.get(path)).status).toBe(503);
    }
    repair();
    expect((await site.get()).status).toBe(200);
    expect(site.issuer.requests).toHaveLength(4);
  });

  it("so many times, at one path", async () => {
    await using site = await setUp();
    site.issuer.fail({ path: "/jwks", times: 2, status: 500, body: "oops" });
    expect((await site.get("/.well-known/openid-configuration")).status).toBe(200);
    const answers = [await site.get(), await site.get(), await site.get()];
    expect(answers.map(({ status }) => status)).toEqual([500, 500, 200]);
    expect(await answers[0]?.text()).toBe("oops");
  });

  it("at paths of a pattern, one fault after the other", async () => {
    await using site = await setUp();
    site.issuer.fail({ path: /well-known/, times: 1, status: 500 });
    site.issuer.fail({ path: /well-known/, times: 1, status: 404 });
    const path = "/.well-known/openid-configuration";
    const statuses = [await site.get(path), await site.get(path), await site.get(path)];
    expect(statuses.map(({ status }) => status)).toEqual([500, 404, 200]);
  });

  it("a body that is no JSON", async () => {
    await using site = await setUp();
    site.issuer.fail({ body: "{" });
    const answer = await site.get();
    expect(answer.status).toBe(200);
    await expect(answer.json()).rejects.toThrow(SyntaxError);
  });

  it("a set of no keys, and only there", async () => {
    await using site = await setUp();
    site.issuer.fail({ emptyKeys: true });
    expect(await (await site.get()).json()).toEqual({ keys: [] });
    expect(await (await site.get("/.well-known/openid-configuration")).json()).toMatchObject({
      issuer: site.issuer.url,
    });
  });

  it("a connection that is cut: fetch rejects", async () => {
    await using site = await setUp();
    site.issuer.fail({ reset: true, times: 1 });
    await expect(site.get()).rejects.toThrow("fetch failed");
    expect((await site.get()).status).toBe(200);
  });

  it("an answer that comes late, or never", async () => {
    await using site = await setUp();
    site.issuer.fail({ delay: 5, times: 1 });
    expect((await site.get()).status).toBe(200);
    site.issuer.fail({ delay: Number.POSITIVE_INFINITY, times: 2 });
    const impatient = new AbortController();
    const aborted = site.get("/jwks", { signal: impatient.signal });
    const given = Promise.withResolvers<void>();
    const waiting = site.get().finally(given.resolve);
    // Both have come in before one of them is given up.
    while (site.issuer.requests.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    impatient.abort();
    await expect(aborted).rejects.toMatchObject({ name: "AbortError" });
    await site.issuer.close();
    await expect(waiting).rejects.toThrow("fetch failed");
  });
});

describe("a fault that would be none is refused", () => {
  it.each<[string, Fault]>([
    ["nothing goes wrong", {}],
    ["nothing goes wrong", { path: "/jwks", times: 1 }],
    ["times", { status: 500, times: 0 }],
    ["times", { status: 500, times: 1.5 }],
    ["status", { status: 99 }],
    ["no duration", { delay: "soon" }],
    ["no duration", { delay: -1 }],
  ])("%s: %o", (_what, fault) => {
    expect(() => createTestIssuer().fail(fault)).toThrow(
      expect.objectContaining({ name: "ConfigurationError" }),
    );
  });
});
