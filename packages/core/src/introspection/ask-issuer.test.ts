import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Verdict } from "../guard/verdict.ts";
import type { Fetch } from "../keys/fetch-json.ts";
import { audience, issuer } from "../token/signing.fixture.ts";
import {
  bearing,
  endpoint,
  endpointThat,
  goodAnswer,
  guardOf,
  turningClock,
} from "./introspection.fixture.ts";

const token = "2YotnFZFEjr1zCsicMWpAA";

function causeOf(verdict: Verdict): string {
  return verdict.kind === "unavailable" ? String(verdict.cause) : verdict.kind;
}

describe("the question (RFC 7662 §2.1)", () => {
  test("is a form with the token, from our client, to the endpoint and nowhere else", async () => {
    const { fetch, questions } = endpointThat(goodAnswer);
    await guardOf(fetch).check(bearing(token));
    const [question, ...others] = questions;
    expect(others).toEqual([]);
    expect(question?.url).toBe(endpoint);
    expect(question?.init).toMatchObject({ method: "POST", redirect: "manual" });
    expect(question?.init.signal).toBeInstanceOf(AbortSignal);
    expect(Object.fromEntries(question?.headers ?? [])).toEqual({
      accept: "application/json",
      authorization: `Basic ${btoa("orders%2Dapi:s3cret")}`,
      "content-type": "application/x-www-form-urlencoded;charset=UTF-8",
      "user-agent": expect.any(String),
    });
    expect(Object.fromEntries(question?.form ?? [])).toEqual({ token });
  });

  test("has the client's id and secret in the form, where that is asked for", async () => {
    const { fetch, questions } = endpointThat(goodAnswer);
    const guard = guardOf(fetch, { clientAuthentication: "client_secret_post" });
    await guard.check(bearing(token));
    expect(questions[0]?.headers.has("authorization")).toBe(false);
    expect(Object.fromEntries(questions[0]?.form ?? [])).toEqual({
      token,
      client_id: "orders-api",
      client_secret: "s3cret",
    });
  });

  test("encodes an id and a secret that need it (RFC 6749 §2.3.1)", async () => {
    const { fetch, questions } = endpointThat(goodAnswer);
    await guardOf(fetch, { clientId: "a:b c", clientSecret: "1+2%" }).check(bearing(token));
    const [, pair = ""] = questions[0]?.headers.get("authorization")?.split(" ") ?? [];
    expect(atob(pair)).toBe("a%3Ab+c:1%2B2%25");
  });
});

describe("discovery", () => {
  const wellKnown = `${issuer}/.well-known/openid-configuration`;
  const fallback = `${issuer}/.well-known/oauth-authorization-server`;
  const metadata = { issuer, introspection_endpoint: endpoint };

  /** The issuer's pages, and its endpoint. */
  function site(pages: Record<string, unknown>) {
    const asked: string[] = [];
    const { fetch: ask, questions } = endpointThat(goodAnswer);
    const fetch: Fetch = async (url, init) => {
      asked.push(url);
      if (url === endpoint) return ask(url, init);
      return url in pages ? Response.json(pages[url]) : new Response("", { status: 404 });
    };
    return { asked, fetch, questions };
  }
  const discovering = (fetch: Fetch) => guardOf(fetch, { endpoint: undefined as never });

  test("is once for many tokens, before the first", async () => {
    const { asked, fetch } = site({ [wellKnown]: metadata });
    const guard = discovering(fetch);
    expect(asked).toEqual([]);
    for (const each of ["a", "b", "c"]) {
      expect(await guard.check(bearing(each))).toMatchObject({ kind: "accepted" });
    }
    expect(asked).toEqual([wellKnown, endpoint, endpoint, endpoint]);
  });

  test("looks in RFC 8414's place when OpenID's names no such endpoint", async () => {
    const { asked, fetch } = site({ [wellKnown]: { issuer }, [fallback]: metadata });
    expect(await discovering(fetch).check(bearing(token))).toMatchObject({ kind: "accepted" });
    expect(asked).toEqual([wellKnown, fallback, endpoint]);
  });

  test("is done again after a failure: the endpoint may have moved", async () => {
    const moved = "https://id.example.com/moved";
    const pages: Record<string, unknown> = {
      [wellKnown]: { ...metadata, introspection_endpoint: moved },
    };
    const { asked, fetch } = site(pages);
    const time = turningClock();
    const guard = guardOf(fetch, { endpoint: undefined as never }, time);
    expect(await guard.check(bearing("a"))).toMatchObject({ kind: "unavailable" });
    pages[wellKnown] = metadata;
    time.advance(1);
    expect(await guard.check(bearing("b"))).toMatchObject({ kind: "accepted" });
    expect(asked).toEqual([wellKnown, moved, wellKnown, endpoint]);
  });

  const authentications: [what: string, members: object, inForm: boolean][] = [
    ["basic where nothing is said", {}, false],
    [
      "post where that alone is offered",
      { introspection_endpoint_auth_methods_supported: ["client_secret_post"] },
      true,
    ],
    [
      "basic where both are offered",
      {
        introspection_endpoint_auth_methods_supported: [
          "client_secret_post",
          "client_secret_basic",
        ],
      },
      false,
    ],
    [
      "as at the token endpoint where nothing is said of this one",
      { token_endpoint_auth_methods_supported: ["client_secret_post"] },
      true,
    ],
    [
      "basic where nonsense is offered",
      { introspection_endpoint_auth_methods_supported: "client_secret_post" },
      false,
    ],
  ];
  for (const [what, members, inForm] of authentications) {
    test(`authenticates by ${what}`, async () => {
      const { fetch, questions } = site({ [wellKnown]: { ...metadata, ...members } });
      await discovering(fetch).check(bearing(token));
      expect(questions.map(({ form }) => form.has("client_secret"))).toEqual([inForm]);
    });
  }

  const untrusted: [what: string, page: object, message: string][] = [
    ["another issuer", { ...metadata, issuer: "https://evil.example" }, "another issuer"],
    ["no endpoint", { issuer }, "no introspection_endpoint"],
    [
      "an endpoint over http",
      { issuer, introspection_endpoint: "http://id.example.com/i" },
      "https:",
    ],
    ["a relative endpoint", { issuer, introspection_endpoint: "/introspect" }, "https:"],
  ];
  for (const [what, page, message] of untrusted) {
    test(`sends the token nowhere for metadata with ${what}`, async () => {
      const { asked, fetch } = site({ [wellKnown]: page, [fallback]: page });
      const verdict = await discovering(fetch).check(bearing(token));
      expect(verdict).toMatchObject({ reason: "introspection_unavailable" });
      expect(causeOf(verdict)).toContain(message);
      expect(asked).toEqual([wellKnown, fallback]);
    });
  }
});

describe("a broken answer is an outage, never a no", () => {
  const body = JSON.stringify(goodAnswer);
  const json = { "content-type": "application/json" };
  const text =
    (content: string | Uint8Array<ArrayBuffer> | null, init: ResponseInit = { headers: json }) =>
    () =>
      new Response(content, init);
  const rows: [what: string, reaction: object, message: string][] = [
    ["500", text(body, { status: 500, headers: json }), "answered 500"],
    ["503", text("", { status: 503 }), "answered 503"],
    ["429", text("", { status: 429 }), "answered 429"],
    ["401: we are not who we say", text("{}", { status: 401, headers: json }), "answered 401"],
    ["403", text("", { status: 403 }), "answered 403"],
    ["404", text("", { status: 404 }), "answered 404"],
    ["400", text('{"error":"invalid_request"}', { status: 400 }), "answered 400"],
    ["201", text(body, { status: 201, headers: json }), "answered 201"],
    ["a redirect", () => Response.redirect("https://evil.example/introspect"), "answered 302"],
    ["a redirect as browsers show it", () => Response.error(), "with a redirect"],
    ["no answer", new Error("no route to host"), "could not be reached"],
    ["HTML", text("<html>", { headers: { "content-type": "text/html" } }), "no JSON object"],
    ["no JSON", text("{"), "no JSON object"],
    ["nothing", text(null), "no JSON object"],
    ["an array", text("[]"), "no JSON object"],
    ["null", text("null"), "no JSON object"],
    ["text", text('"active"'), "no JSON object"],
    ["a byte-order mark", text(`\ufeff${body}`), "no JSON object"],
    ["invalid UTF-8", text(new Uint8Array([...new TextEncoder().encode(body), 0xff])), "no JSON"],
    ["a member twice", text(body.replace("{", '{"active":false,')), "no JSON object"],
    ["more than 1 MiB", text(body + " ".repeat(1024 * 1024)), "more than 1048576 bytes"],
    ["active as text", { ...goodAnswer, active: "true" }, "no boolean"],
    ["active as a number", { ...goodAnswer, active: 1 }, "no boolean"],
    ["active as null", { ...goodAnswer, active: null }, "no boolean"],
    ["active as an array", { ...goodAnswer, active: [true] }, "no boolean"],
    ["no active", { ...goodAnswer, active: undefined }, "no boolean"],
    ["inactive as text", { active: "false" }, "no boolean"],
    ["a signed answer of nobody we know", text("x.y.z", signed()), "no issuer is named"],
  ];
  for (const [what, reaction, message] of rows) {
    test(what, async () => {
      const { fetch } = endpointThat(reaction);
      const verdict = await guardOf(fetch, { issuer: undefined as never }).check(bearing(token));
      expect(verdict).toMatchObject({
        kind: "unavailable",
        reason: "introspection_unavailable",
        retryAfter: 1,
      });
      expect(causeOf(verdict)).toContain(message);
    });
  }

  test("no answer in time, from a fetch that heeds no signal", async () => {
    const { fetch } = endpointThat(() => new Promise(() => {}));
    const verdict = await guardOf(fetch, { timeout: 5 }).check(bearing(token));
    expect(verdict).toMatchObject({ reason: "introspection_unavailable" });
    expect(causeOf(verdict)).toContain("TimeoutError");
  });

  test("an answer that does not end in time", async () => {
    const drip = new ReadableStream({ pull: () => new Promise(() => {}) });
    const { fetch } = endpointThat(() => new Response(drip, { headers: json }));
    const verdict = await guardOf(fetch, { timeout: 5 }).check(bearing(token));
    expect(causeOf(verdict)).toContain("TimeoutError");
  });

  test("an endless answer is not read to its end", async () => {
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(64 * 1024).fill(32));
      },
    });
    const { fetch } = endpointThat(() => new Response(endless, { headers: json }));
    expect(causeOf(await guardOf(fetch).check(bearing(token)))).toContain("more than");
    expect(sent).toBeLessThan(32);
  });

  test("the system's code of a failure is told, and nothing else of it", async () => {
    const cause = Object.assign(new Error("secret"), { code: "ECONNREFUSED" });
    const { fetch } = endpointThat(new TypeError("fetch failed: secret", { cause }));
    const verdict = await guardOf(fetch).check(bearing(token));
    expect(causeOf(verdict)).toBe(`Error: ${endpoint} could not be reached (ECONNREFUSED)`);
  });
});

describe("over a real socket, on loopback", () => {
  test("a token is introspected", async () => {
    let received = "";
    const origin = await serve((request, response) => {
      request.on("data", (chunk) => {
        received += chunk;
      });
      request.on("end", () => response.end(JSON.stringify({ ...goodAnswer, iss: undefined })));
    });
    const guard = guardOf(fetch, { issuer: undefined as never, endpoint: `${origin}/introspect` });
    expect(await guard.check(bearing(token))).toMatchObject({ kind: "accepted" });
    expect(received).toBe(`token=${token}`);
  });

  test("no redirect is followed, so that the token stays where it was sent", async () => {
    let reached = 0;
    const elsewhere = await serve((_, response) => {
      reached += 1;
      response.end(JSON.stringify(goodAnswer));
    });
    const origin = await serve((_, response) => {
      response.writeHead(307, { location: elsewhere }).end();
    });
    const verdict = await guardOf(fetch, { endpoint: origin }).check(bearing(token));
    expect(causeOf(verdict)).toContain("answered 307");
    expect(reached).toBe(0);
  });

  test("nobody there is an outage", async () => {
    const verdict = await guardOf(fetch, { endpoint: "http://127.0.0.1:1" }).check(bearing(token));
    expect(causeOf(verdict)).toMatch(/could not be reached \(ECONNREFUSED\)|could not be reached$/);
  });
});

test("an audience of several is met by one", async () => {
  const { fetch } = endpointThat(goodAnswer);
  const guard = guardOf(fetch, { audience: ["https://other.example", audience] });
  expect(await guard.check(bearing(token))).toMatchObject({ kind: "accepted" });
});

function signed(): ResponseInit {
  return { headers: { "content-type": "application/token-introspection+jwt" } };
}

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
