import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { createJwtVerifier } from "../token/create-jwt-verifier.ts";
import { audience, clock, makeKey, outcomeOf, sign } from "../token/signing.fixture.ts";
import { discoverJwksUrl } from "./discover.ts";
import type { Fetch } from "./fetch-json.ts";

const issuer = "https://id.example.com";
const jwks_uri = "https://keys.example.com/jwks";
const oidc = `${issuer}/.well-known/openid-configuration`;
const oauth = `${issuer}/.well-known/oauth-authorization-server`;
const never = new AbortController().signal;

/** A fetch that knows these pages alone, and notes what it was asked. */
function site(pages: Record<string, unknown>) {
  const asked: string[] = [];
  const fetch: Fetch = async (url) => {
    asked.push(url);
    const page = pages[url];
    if (page instanceof Error) throw page;
    if (page instanceof Response) return page;
    return page === undefined ? new Response("", { status: 404 }) : Response.json(page);
  };
  return { asked, fetch };
}

describe("where the metadata is looked for", () => {
  test("OpenID Connect Discovery first", async () => {
    const { asked, fetch } = site({ [oidc]: { issuer, jwks_uri } });
    expect(await discoverJwksUrl(issuer, never, fetch)).toBe(jwks_uri);
    expect(asked).toEqual([oidc]);
  });

  test("then RFC 8414 §3", async () => {
    const { asked, fetch } = site({ [oauth]: { issuer, jwks_uri } });
    expect(await discoverJwksUrl(issuer, never, fetch)).toBe(jwks_uri);
    expect(asked).toEqual([oidc, oauth]);
  });

  test("with a path: OpenID Connect appends to it, RFC 8414 §3.1 puts itself before it", async () => {
    const tenant = `${issuer}/tenant/a`;
    const { asked, fetch } = site({
      [`${issuer}/.well-known/oauth-authorization-server/tenant/a`]: { issuer: tenant, jwks_uri },
    });
    expect(await discoverJwksUrl(tenant, never, fetch)).toBe(jwks_uri);
    expect(asked).toEqual([
      `${issuer}/tenant/a/.well-known/openid-configuration`,
      `${issuer}/.well-known/oauth-authorization-server/tenant/a`,
    ]);
  });

  test("with a slash at the end, which belongs to the name and not to the place", async () => {
    const { fetch } = site({ [oidc]: { issuer: `${issuer}/`, jwks_uri } });
    expect(await discoverJwksUrl(`${issuer}/`, never, fetch)).toBe(jwks_uri);
    await expect(discoverJwksUrl(issuer, never, fetch)).rejects.toThrow("names another issuer");
  });
});

describe("metadata that is not believed", () => {
  const fine = JSON.stringify({ issuer, jwks_uri });
  const json = (body: string, status = 200) => new Response(body, { status });
  const rows: [what: string, answer: () => unknown, message: string][] = [
    ["another issuer", () => ({ issuer: "https://evil.example", jwks_uri }), "another issuer"],
    ["the issuer with a slash", () => ({ issuer: `${issuer}/`, jwks_uri }), "another issuer"],
    ["an array of issuers", () => ({ issuer: [issuer], jwks_uri }), "another issuer"],
    ["no issuer", () => ({ jwks_uri }), "another issuer"],
    ["no jwks_uri", () => ({ issuer }), "no jwks_uri"],
    ["a jwks_uri that is no string", () => ({ issuer, jwks_uri: [jwks_uri] }), "no jwks_uri"],
    ["a jwks_uri over http", () => ({ issuer, jwks_uri: "http://id.example.com/k" }), "https:"],
    ["a jwks_uri of a file", () => ({ issuer, jwks_uri: "file:///etc/passwd" }), "https:"],
    ["a relative jwks_uri", () => ({ issuer, jwks_uri: "/jwks" }), "https:"],
    ["no JSON", () => json("<html>"), "no JSON object"],
    ["an array", () => json("[]"), "no JSON object"],
    ["a member twice", () => json(fine.replace("{", '{"issuer":"x",')), "no JSON object"],
    ["an empty answer", () => json(""), "no JSON object"],
    ["an answer without body", () => new Response(null), "no JSON object"],
    ["more than 1 MiB", () => json(fine + " ".repeat(1024 * 1024)), "more than 1048576 bytes"],
    ["404", () => json(fine, 404), "answered 404"],
    ["500", () => json(fine, 500), "answered 500"],
    ["201", () => json(fine, 201), "answered 201"],
    ["a redirect", () => Response.redirect("https://evil.example/", 302), "answered 302"],
    ["a redirect as browsers show it", () => Response.error(), "with a redirect"],
    ["no answer at all", () => new Error("no route to host"), "no route to host"],
  ];
  for (const [what, answer, message] of rows) {
    test(what, async () => {
      const { asked, fetch } = site({ [oidc]: answer(), [oauth]: answer() });
      await expect(discoverJwksUrl(issuer, never, fetch)).rejects.toThrow(message);
      expect(asked).toEqual([oidc, oauth]);
    });
  }

  test("of up to 1 MiB is", async () => {
    const page = json(fine + " ".repeat(1024 * 1024 - fine.length));
    const { fetch } = site({ [oidc]: page });
    expect(await discoverJwksUrl(issuer, never, fetch)).toBe(jwks_uri);
  });

  test("an endless answer is not read to its end", async () => {
    let sent = 0;
    let cancelled = false;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(64 * 1024));
      },
      cancel() {
        cancelled = true;
      },
    });
    const { fetch } = site({ [oidc]: new Response(endless) });
    await expect(discoverJwksUrl(issuer, never, fetch)).rejects.toThrow("more than");
    expect(sent).toBeLessThan(32);
    expect(cancelled).toBe(true);
  });

  test("no redirect is followed, and the deadline is passed on", async () => {
    const signal = AbortSignal.abort(new Error("late"));
    const inits: RequestInit[] = [];
    const fetch: Fetch = async (_, init) => {
      inits.push(init);
      return Response.json({ issuer, jwks_uri });
    };
    await discoverJwksUrl(issuer, signal, fetch);
    expect(inits).toEqual([
      { headers: { accept: "application/json" }, redirect: "manual", signal },
    ]);
  });
});

describe("a verifier that discovers", () => {
  const jwksOf = async () => (await makeKey("ES256", "k1")).jwk;

  test("asks nobody before the first token, and once for many", async () => {
    const key = await makeKey("ES256", "k1");
    const { asked, fetch } = site({
      [oidc]: { issuer, jwks_uri },
      [jwks_uri]: { keys: [key.jwk] },
    });
    const verifier = createJwtVerifier({ issuer, audience, clock, fetch });
    expect(asked).toEqual([]);
    const token = await sign(key);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => outcomeOf(verifier, token)),
    );
    expect(new Set(outcomes)).toEqual(new Set(["accepted"]));
    expect(asked).toEqual([oidc, jwks_uri]);
  });

  test("asks nobody for a token of a foreign issuer, or of an algorithm not allowed", async () => {
    const key = await makeKey("ES256", "k1");
    const { asked, fetch } = site({});
    const verifier = createJwtVerifier({ issuer, audience, clock, fetch });
    expect(await outcomeOf(verifier, await sign(key, { iss: "x" }))).toBe("issuer_mismatch");
    expect(await outcomeOf(verifier, await sign(key, {}, { alg: "none" }))).toBe(
      "algorithm_not_allowed",
    );
    expect(asked).toEqual([]);
  });

  test("is unavailable while the issuer is down, and looks again where the keys are", async () => {
    const key = await makeKey("ES256", "k1");
    const pages: Record<string, unknown> = { [oidc]: { issuer, jwks_uri: `${jwks_uri}-old` } };
    const { asked, fetch } = site(pages);
    let now = clock.now();
    const verifier = createJwtVerifier({ issuer, audience, clock: { now: () => now }, fetch });
    expect(await outcomeOf(verifier, await sign(key))).toBe("keys_unavailable");
    Object.assign(pages, { [oidc]: { issuer, jwks_uri }, [jwks_uri]: { keys: [key.jwk] } });
    now += 1000;
    expect(await outcomeOf(verifier, await sign(key))).toBe("accepted");
    expect(asked).toEqual([oidc, `${jwks_uri}-old`, oidc, jwks_uri]);
  });

  test("over a real socket, on loopback", async () => {
    const key = await makeKey("ES256", "k1");
    const origin = await serve((request, response) => {
      const pages: Record<string, unknown> = {
        "/.well-known/openid-configuration": { issuer: origin, jwks_uri: `${origin}/jwks` },
        "/jwks": { keys: [key.jwk] },
      };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(pages[request.url ?? ""]));
    });
    const verifier = createJwtVerifier({ issuer: origin, audience, clock });
    await verifier.warm();
    expect(await outcomeOf(verifier, await sign(key, { iss: origin }))).toBe("accepted");
  });

  test("follows no redirect over a real socket", async () => {
    const jwk = await jwksOf();
    let reached = 0;
    const elsewhere = await serve((_, response) => {
      reached += 1;
      response.end(JSON.stringify({ keys: [jwk] }));
    });
    const origin = await serve((_, response) => {
      response.writeHead(302, { location: elsewhere }).end();
    });
    const verifier = createJwtVerifier({ issuer, audience, clock, jwks: `${origin}/jwks` });
    await expect(verifier.warm()).rejects.toThrow("answered 302");
    expect(reached).toBe(0);
  });
});

/** A server on loopback for as long as the test runs. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
