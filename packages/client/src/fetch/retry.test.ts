import { toSecret } from "@countersign/core/wire";
import { expect, test } from "vitest";
import { standingClock } from "../../fixtures/clock.ts";
import { fakeFetch } from "../../fixtures/fake-fetch.ts";
import { fakeIssuer, tokens } from "../../fixtures/fake-issuer.ts";
import { serve } from "../../fixtures/serve.ts";
import { serveIssuer } from "../../fixtures/serve-issuer.ts";
import { bearer } from "../credential/bearer.ts";
import { clientCredentials } from "../token/client-credentials.ts";
import type { BearerToken, TokenSource } from "../token/token-source.ts";
import { createAuthFetch } from "./create-auth-fetch.ts";

const origins = ["https://api.example.com"];

/** A source of `token-1`, `token-2` …, unless the issuer answers something else. */
function toSource(answer: Parameters<typeof fakeIssuer>[0] = (_, nth) => tokens(`token-${nth}`)) {
  const { issuer, fetch, forms } = fakeIssuer(answer);
  const clock = standingClock();
  const client = { clientId: "c", clientSecret: "s" };
  return { source: clientCredentials({ ...client, issuer, fetch, clock }), forms, clock };
}

/** An API that takes the tokens `accepted` names, and a client of it. */
function setUp(accepted: Set<string | undefined>) {
  const { source, forms, clock } = toSource();
  const fetch = fakeFetch(({ headers }) => {
    const value = headers.get("authorization");
    const status = accepted.has(value?.slice("Bearer ".length)) ? 200 : 401;
    return new Response(value, { status });
  });
  const api = createAuthFetch({ origins, credential: bearer(source), fetch, clock });
  return { fetch, forms, clock, call: () => api("https://api.example.com/orders") };
}

test.each([100, 10_000])(
  "%i calls at once with no token cause one token request",
  async (count) => {
    const { source, forms } = toSource();
    const fetch = fakeFetch(() => new Response());
    const api = createAuthFetch({ origins, credential: bearer(source), fetch });
    await Promise.all(Array.from({ length: count }, () => api("https://api.example.com/")));
    expect(fetch.requests).toHaveLength(count);
    expect(
      fetch.requests.every(({ headers }) => headers.get("authorization") === "Bearer token-1"),
    ).toBe(true);
    expect(forms).toHaveLength(1);
  },
);

test("100 calls at once over a socket cause one token request", async () => {
  const issuer = await serveIssuer();
  const api = await serve(({ headers }, response) => {
    response.statusCode = headers.authorization === "Bearer token-1" ? 200 : 401;
    response.end();
  });
  const source = clientCredentials({ issuer: issuer.origin, clientId: "c", clientSecret: "s" });
  const fetch = createAuthFetch({ origins: [api.origin], credential: bearer(source) });
  const calls = Array.from({ length: 100 }, () => fetch(`${api.origin}/orders`));
  const answers = await Promise.all(calls);
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(api.received).toHaveLength(100);
  expect(issuer.tokenRequests).toHaveLength(1);
});

test("a 401 is tried once more with a new token", async () => {
  const { fetch, forms, call } = setUp(new Set(["token-2"]));
  const answer = await call();
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe("Bearer token-2");
  expect(fetch.requests.map(({ headers }) => headers.get("authorization"))).toEqual([
    "Bearer token-1",
    "Bearer token-2",
  ]);
  expect(forms).toHaveLength(2);
});

test("100 refusals at once of one token cause one token request more", async () => {
  const { forms, call } = setUp(new Set(["token-2"]));
  const answers = await Promise.all(Array.from({ length: 100 }, call));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(forms).toHaveLength(2);
});

test("a second 401 is the answer, and its body can be read", async () => {
  const { fetch, call } = setUp(new Set());
  const answer = await call();
  expect(answer.status).toBe(401);
  expect(await answer.text()).toBe("Bearer token-2");
  expect(fetch.requests).toHaveLength(2);
});

test("an API that refuses everything does not wear out the token endpoint", async () => {
  const { forms, call, clock } = setUp(new Set());
  for (let calls = 0; calls < 20; calls++) expect((await call()).status).toBe(401);
  expect(forms).toHaveLength(4);
  clock.advance(61);
  expect((await call()).status).toBe(401);
  expect(forms.length).toBeGreaterThan(4);
});

test("a late 401 for a replaced token causes no token request, just a retry", async () => {
  const { source, forms } = toSource();
  const late = Promise.withResolvers<Response>();
  const fetch = fakeFetch(({ url, headers }) => {
    const old = headers.get("authorization") === "Bearer token-1";
    if (old && url.endsWith("/slow")) return late.promise;
    return new Response(null, { status: old ? 401 : 200 });
  });
  const api = createAuthFetch({ origins, credential: bearer(source), fetch });
  const slow = api("https://api.example.com/slow");
  await api("https://api.example.com/quick"); // token-1 is refused, token-2 fetched
  expect(forms).toHaveLength(2);
  late.resolve(new Response(null, { status: 401 }));
  expect((await slow).status).toBe(200);
  expect(forms).toHaveLength(2);
  expect(fetch.requests.at(-1)?.headers.get("authorization")).toBe("Bearer token-2");
});

test("the refused answer is let go of before the request is sent again", async () => {
  const events: string[] = [];
  let value = 1;
  const source: TokenSource<BearerToken> = {
    token: () => ({ type: "bearer", value: toSecret(`token-${value}`), expiresAt: undefined }),
    invalidate: () => {
      value++;
    },
  };
  const fetch = fakeFetch((_, nth) => {
    events.push(`request ${nth}`);
    const body = new ReadableStream({ cancel: () => void events.push("cancelled") });
    return nth === 1 ? new Response(body, { status: 401 }) : new Response("ok");
  });
  const api = createAuthFetch({ origins, credential: bearer(source), fetch });
  expect(await (await api("https://api.example.com/")).text()).toBe("ok");
  expect(events).toEqual(["request 1", "cancelled", "request 2"]);
});

test("a caller that gives up leaves the others their token", async () => {
  const asked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<object>();
  const { source, forms } = toSource(() => {
    asked.resolve();
    return released.promise;
  });
  const fetch = fakeFetch(() => new Response("ok"));
  const api = createAuthFetch({ origins, credential: bearer(source), fetch });
  const controller = new AbortController();
  const first = api("https://api.example.com/", { signal: controller.signal });
  const second = api("https://api.example.com/");
  await asked.promise;
  controller.abort("enough");
  await expect(first).rejects.toBe("enough");
  released.resolve(tokens("t", { token_type: "bearer" }));
  expect((await second).status).toBe(200);
  expect(fetch.requests).toHaveLength(1);
  expect(forms).toHaveLength(1);
});
