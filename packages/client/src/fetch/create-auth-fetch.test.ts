import { ConfigurationError } from "@countersign/core/wire";
import { expect, test, vi } from "vitest";
import { fakeFetch } from "../../fixtures/fake-fetch.ts";
import { abortable } from "../abortable.ts";
import { apiKey } from "../credential/api-key.ts";
import { bearer } from "../credential/bearer.ts";
import type { Answer, Credential } from "../credential/credential.ts";
import { createAuthFetch } from "./create-auth-fetch.ts";

const credential = bearer("token");
const origins = ["https://api.example.com", "http://127.0.0.1:8080"];

function setUp(options: { credential?: Credential; fetch?: ReturnType<typeof fakeFetch> } = {}) {
  const fetch = options.fetch ?? fakeFetch(() => new Response("ok"));
  const api = createAuthFetch({ origins, credential: options.credential ?? credential, fetch });
  return { api, fetch };
}

test.each([
  ["none", []],
  ["plain http", ["http://api.example.com"]],
  ["a path", ["https://api.example.com/v1"]],
  ["a query", ["https://api.example.com/?a=b"]],
  ["a user", ["https://marked-secret@api.example.com"]],
  ["another scheme", ["ftp://api.example.com"]],
  ["no URL", ["api.example.com"]],
])("refuses origins with %s", (_, origins) => {
  expect(() => createAuthFetch({ origins, credential })).toThrow(ConfigurationError);
  expect(() => createAuthFetch({ origins, credential })).not.toThrow(/marked-secret/);
});

test("takes a string, a URL or a Request, like fetch", async () => {
  const { api, fetch } = setUp();
  const address = "https://api.example.com/orders";
  await api(address);
  await api(new URL(address));
  await api(new Request(address, { headers: { "x-mine": "1" } }));
  expect(fetch.requests.map(({ url }) => url)).toEqual([address, address, address]);
  expect(fetch.requests.map(({ headers }) => headers.get("authorization"))).toEqual(
    Array(3).fill("Bearer token"),
  );
  expect(fetch.requests[2]?.headers.get("x-mine")).toBe("1");
});

test("sends with the global fetch of the moment unless told otherwise", async () => {
  const api = createAuthFetch({ origins, credential });
  const fetch = fakeFetch(() => new Response("ok"));
  vi.stubGlobal("fetch", fetch);
  try {
    await api("https://api.example.com/");
  } finally {
    vi.unstubAllGlobals();
  }
  expect(fetch.requests).toHaveLength(1);
});

test("passes the rest of init and of a Request on", async () => {
  const seen: (RequestInit | undefined)[] = [];
  const fetch = async (_: unknown, init?: RequestInit) => {
    seen.push(init);
    return new Response();
  };
  const api = createAuthFetch({ origins, credential, fetch });
  await api("https://api.example.com/", { cache: "no-store", keepalive: true });
  await api(new Request("https://api.example.com/", { cache: "reload" }), { mode: "cors" });
  expect(seen[0]).toMatchObject({ cache: "no-store", keepalive: true, redirect: "manual" });
  expect(seen[1]).toMatchObject({ cache: "reload", mode: "cors", redirect: "manual" });
});

test.each([
  ["another host", "https://evil.example/?marked-secret"],
  ["another port", "https://api.example.com:8443/"],
  ["another scheme", "http://api.example.com/"],
  ["a host that begins alike", "https://api.example.com.evil.example/"],
  ["a blob of the origin", "blob:https://api.example.com/1"],
])("sends nothing to %s", async (_, address) => {
  const { api, fetch } = setUp();
  const error = await api(address).catch((thrown) => thrown);
  expect(error).toMatchObject({ name: "ClientError", code: "origin_not_allowed" });
  expect(error.message).not.toContain("marked-secret");
  expect(fetch.requests).toHaveLength(0);
});

test("refuses a URL with user name and password, and does not repeat them", async () => {
  const { api, fetch } = setUp();
  const error = await api("https://ada:marked-secret@api.example.com/").catch((thrown) => thrown);
  expect(error).toMatchObject({ code: "origin_not_allowed" });
  expect(error.stack).not.toContain("marked-secret");
  expect(fetch.requests).toHaveLength(0);
});

test.each<[string, Credential, string, RequestInit]>([
  ["Authorization", credential, "", { headers: { AUTHORIZATION: "Basic mine" } }],
  ["the key's header", apiKey({ key: "k" }), "", { headers: [["x-api-key", "mine"]] }],
  ["the key's parameter", apiKey({ key: "k", query: "key" }), "?key=mine", {}],
])("does not overwrite %s of the caller", async (_, credential, search, init) => {
  const { api, fetch } = setUp({ credential });
  await expect(api(`https://api.example.com/${search}`, init)).rejects.toMatchObject({
    code: "unsendable_credential",
  });
  expect(fetch.requests).toHaveLength(0);
});

test("rejects at once with the reason of a signal that has aborted", async () => {
  const { api, fetch } = setUp();
  const signal = AbortSignal.abort("enough");
  await expect(api("https://api.example.com/", { signal })).rejects.toBe("enough");
  await expect(api(new Request("https://api.example.com/", { signal }))).rejects.toBe("enough");
  expect(fetch.requests).toHaveLength(0);
});

test("rejects at once when the signal aborts while credential or answer are awaited", async () => {
  const never = new Promise<never>(() => {});
  const waiting: Credential = { attach: (_, { signal }) => abortable(never, signal) };
  for (const options of [{ credential: waiting }, { fetch: fakeFetch(() => never) }]) {
    const { api } = setUp(options);
    const controller = new AbortController();
    const call = api("https://api.example.com/", { signal: controller.signal });
    controller.abort("enough");
    await expect(call).rejects.toBe("enough");
  }
});

test("init's signal stands above the Request's, and null means none", async () => {
  const { api } = setUp();
  const request = new Request("https://api.example.com/", { signal: AbortSignal.abort("enough") });
  expect((await api(request, { signal: null })).status).toBe(200);
});

test("hands native errors through, but for those that could show a query credential", async () => {
  const failure = new TypeError("fetch failed: https://api.example.com/?key=marked-secret");
  const fetch = fakeFetch(() => Promise.reject(Object.assign(failure, { code: "ECONNREFUSED" })));
  await expect(setUp({ fetch }).api("https://api.example.com/")).rejects.toBe(failure);
  const { api } = setUp({ fetch, credential: apiKey({ key: "marked-secret", query: "key" }) });
  const error = await api("https://api.example.com/a").catch((thrown) => thrown);
  expect(error).toMatchObject({ code: "request_failed" });
  expect(error.message).toBe("request_failed: try later.");
  expect(error.stack).not.toContain("marked-secret");
});

test("an abort is an abort, whatever the credential", async () => {
  const { api } = setUp({
    fetch: fakeFetch(() => new Promise(() => {})),
    credential: apiKey({ key: "marked-secret", query: "key" }),
  });
  const controller = new AbortController();
  const call = api("https://api.example.com/a", { signal: controller.signal });
  await Promise.resolve();
  controller.abort("enough");
  await expect(call).rejects.toBe("enough");
});

test("an answer's url does not show a query credential", async () => {
  const { api } = setUp({ credential: apiKey({ key: "marked-secret", query: "key" }) });
  expect((await api("https://api.example.com/a?b=1#c")).url).toBe("https://api.example.com/a?b=1");
});

test("a credential of one's own reads the request, the time and the answers", async () => {
  const seen: unknown[] = [];
  const own: Credential = {
    async attach(request, { now }) {
      request.url.pathname = "/changed"; // a copy
      const bytes = (await request.body())?.length;
      seen.push(request.method, request.replayable, request.header("content-type"), bytes, now());
      return {
        headers: { "x-signature": "s" },
        answered(answer: Answer) {
          seen.push(answer.status, answer.header("x-next"), answer.header("x-none"));
          return undefined;
        },
      };
    },
  };
  const fetch = fakeFetch(() => new Response(null, { headers: { "x-next": "n" } }));
  const clock = { now: () => 42 };
  const api = createAuthFetch({ origins, credential: own, fetch, clock });
  await api("https://api.example.com/orders", { method: "POST", body: new Blob(["abc"]) });
  expect(fetch.requests[0]?.url).toBe("https://api.example.com/orders");
  expect(seen).toEqual(["POST", true, undefined, 3, 42, 200, "n", undefined]);
});
