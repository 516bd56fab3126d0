import { toSecret } from "@countersign/core/wire";
import { expect, test } from "vitest";
import { standingClock } from "../../fixtures/clock.ts";
import { fakeFetch } from "../../fixtures/fake-fetch.ts";
import { serve } from "../../fixtures/serve.ts";
import { serveIssuer } from "../../fixtures/serve-issuer.ts";
import { bearer } from "../credential/bearer.ts";
import { clientCredentials } from "../token/client-credentials.ts";
import type { BearerToken, TokenSource } from "../token/token-source.ts";
import { createAuthFetch } from "./create-auth-fetch.ts";

/** An API that takes the tokens `accepted` names, and a client of it. */
async function setUp(accepted: Set<string | undefined>) {
  const issuer = await serveIssuer();
  const api = await serve(({ headers }, response) => {
    response.statusCode = accepted.has(headers.authorization?.slice("Bearer ".length)) ? 200 : 401;
    response.end(headers.authorization);
  });
  const clock = standingClock();
  const options = { issuer: issuer.origin, clientId: "c", clientSecret: "s", clock };
  const source = clientCredentials(options);
  const fetch = createAuthFetch({ origins: [api.origin], credential: bearer(source), clock });
  return { issuer, api, source, clock, call: () => fetch(`${api.origin}/orders`) };
}

test.each([100, 10_000])(
  "%i calls at once with no token cause one token request",
  async (count) => {
    const issuer = await serveIssuer();
    const source = clientCredentials({ issuer: issuer.origin, clientId: "c", clientSecret: "s" });
    const fetch = fakeFetch(() => new Response());
    const origins = ["https://api.example.com"];
    const api = createAuthFetch({ origins, credential: bearer(source), fetch });
    await Promise.all(Array.from({ length: count }, () => api("https://api.example.com/")));
    expect(fetch.requests).toHaveLength(count);
    expect(
      fetch.requests.every(({ headers }) => headers.get("authorization") === "Bearer token-1"),
    ).toBe(true);
    expect(issuer.tokenRequests).toHaveLength(1);
  },
);

test("100 calls at once over the wire cause one token request", async () => {
  const { issuer, api, call } = await setUp(new Set(["token-1"]));
  const answers = await Promise.all(Array.from({ length: 100 }, call));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(api.received).toHaveLength(100);
  expect(issuer.tokenRequests).toHaveLength(1);
});

test("a 401 is tried once more with a new token", async () => {
  const { issuer, api, call } = await setUp(new Set(["token-2"]));
  const answer = await call();
  expect(answer.status).toBe(200);
  expect(await answer.text()).toBe("Bearer token-2");
  expect(api.received.map(({ headers }) => headers.authorization)).toEqual([
    "Bearer token-1",
    "Bearer token-2",
  ]);
  expect(issuer.tokenRequests).toHaveLength(2);
});

test("100 refusals at once of one token cause one token request more", async () => {
  const { issuer, call } = await setUp(new Set(["token-2"]));
  const answers = await Promise.all(Array.from({ length: 100 }, call));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(issuer.tokenRequests).toHaveLength(2);
});

test("a second 401 is the answer, and its body can be read", async () => {
  const { api, call } = await setUp(new Set());
  const answer = await call();
  expect(answer.status).toBe(401);
  expect(await answer.text()).toBe("Bearer token-2");
  expect(api.received).toHaveLength(2);
});

test("an API that refuses everything does not wear out the token endpoint", async () => {
  const { issuer, call, clock } = await setUp(new Set());
  for (let calls = 0; calls < 20; calls++) expect((await call()).status).toBe(401);
  expect(issuer.tokenRequests).toHaveLength(4);
  clock.advance(61);
  expect((await call()).status).toBe(401);
  expect(issuer.tokenRequests.length).toBeGreaterThan(4);
});

test("a late 401 for a replaced token causes no token request, just a retry", async () => {
  const issuer = await serveIssuer();
  const source = clientCredentials({ issuer: issuer.origin, clientId: "c", clientSecret: "s" });
  const late = Promise.withResolvers<Response>();
  const fetch = fakeFetch(({ url, headers }) => {
    const old = headers.get("authorization") === "Bearer token-1";
    if (old && url.endsWith("/slow")) return late.promise;
    return new Response(null, { status: old ? 401 : 200 });
  });
  const origins = ["https://api.example.com"];
  const api = createAuthFetch({ origins, credential: bearer(source), fetch });
  const slow = api("https://api.example.com/slow");
  await api("https://api.example.com/quick"); // token-1 is refused, token-2 fetched
  expect(issuer.tokenRequests).toHaveLength(2);
  late.resolve(new Response(null, { status: 401 }));
  expect((await slow).status).toBe(200);
  expect(issuer.tokenRequests).toHaveLength(2);
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
  const origins = ["https://api.example.com"];
  const api = createAuthFetch({ origins, credential: bearer(source), fetch });
  expect(await (await api("https://api.example.com/")).text()).toBe("ok");
  expect(events).toEqual(["request 1", "cancelled", "request 2"]);
});

test("a caller that gives up leaves the others their token", async () => {
  const asked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const issuer = await serveIssuer({
    token: async (_, response) => {
      asked.resolve();
      await released.promise;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ access_token: "t", token_type: "bearer", expires_in: 60 }));
    },
  });
  const source = clientCredentials({ issuer: issuer.origin, clientId: "c", clientSecret: "s" });
  const fetch = fakeFetch(() => new Response("ok"));
  const origins = ["https://api.example.com"];
  const api = createAuthFetch({ origins, credential: bearer(source), fetch });
  const controller = new AbortController();
  const first = api("https://api.example.com/", { signal: controller.signal });
  const second = api("https://api.example.com/");
  await asked.promise;
  controller.abort("enough");
  await expect(first).rejects.toBe("enough");
  released.resolve();
  expect((await second).status).toBe(200);
  expect(fetch.requests).toHaveLength(1);
  expect(issuer.tokenRequests).toHaveLength(1);
});
