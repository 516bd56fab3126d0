import { expect, test } from "vitest";
import { fakeFetch } from "../../fixtures/fake-fetch.ts";
import { fakeIssuer, tokens } from "../../fixtures/fake-issuer.ts";
import { serve } from "../../fixtures/serve.ts";
import { serveIssuer } from "../../fixtures/serve-issuer.ts";
import { bearer } from "../credential/bearer.ts";
import type { Credential } from "../credential/credential.ts";
import { clientCredentials } from "../token/client-credentials.ts";
import { createAuthFetch } from "./create-auth-fetch.ts";

type Body = NonNullable<RequestInit["body"]>;

const bytes = Uint8Array.from({ length: 256 }, (_, value) => value);

function form(): FormData {
  const form = new FormData();
  form.set("text", "a\r\nb");
  form.set("file", new Blob([bytes], { type: "application/x-test" }), "f.bin");
  return form;
}

const origins = ["https://api.example.com"];
const url = "https://api.example.com/orders";

/** An API that refuses `token-1` only, and a client of it. */
function setUp() {
  const { issuer, fetch: ask, forms } = fakeIssuer((_, nth) => tokens(`token-${nth}`));
  const fetch = fakeFetch(({ headers }) => {
    const status = headers.get("authorization") === "Bearer token-1" ? 401 : 200;
    return new Response(null, { status });
  });
  const source = clientCredentials({ issuer, clientId: "c", clientSecret: "s", fetch: ask });
  const api = createAuthFetch({ origins, credential: bearer(source), fetch });
  const sent = () => Promise.all(fetch.requests.map((request) => request.text()));
  return { api, forms, sent };
}

/** The same over a socket. */
async function serveApi() {
  const issuer = await serveIssuer();
  const api = await serve(({ headers }, response) => {
    response.statusCode = headers.authorization === "Bearer token-1" ? 401 : 200;
    response.end();
  });
  const source = clientCredentials({
    issuer: issuer.origin,
    clientId: "c",
    clientSecret: "s",
  });
  const fetch = createAuthFetch({ origins: [api.origin], credential: bearer(source) });
  return { api, fetch };
}

test.each<[string, () => Body, string]>([
  ["a string", () => "grüße", "text/plain;charset=UTF-8"],
  ["URLSearchParams", () => new URLSearchParams({ a: "b c" }), "application/x-www-form-urlencoded"],
  ["a Blob", () => new Blob([bytes], { type: "application/x-test" }), "application/x-test"],
  ["an ArrayBuffer", () => bytes.buffer.slice(0), ""],
  ["a view of a buffer", () => new Uint8Array(bytes.buffer, 10, 100), ""],
  ["a form", form, "multipart/form-data; boundary="],
])("sends %s again byte for byte, over a socket", async (_, body, type) => {
  const { api, fetch } = await serveApi();
  const answer = await fetch(`${api.origin}/orders`, { method: "POST", body: body() });
  expect(answer.status).toBe(200);
  const [first, second] = api.received;
  expect(first?.body.length).toBeGreaterThan(0);
  expect(second?.body.equals(first?.body ?? Buffer.of())).toBe(true);
  expect(second?.headers["content-type"] ?? "").toContain(type);
  expect(second?.headers["content-type"]).toBe(first?.headers["content-type"]);
  expect(second?.headers["content-length"]).toBe(String(first?.body.length));
});

test("a Blob stays where it is: it may be a file, and larger than the memory", async () => {
  const blob = new Blob([bytes], { type: "application/x-test" });
  const bodies: unknown[] = [];
  const api = createAuthFetch({
    origins,
    credential: bearer("token"),
    fetch: async (_, init) => {
      bodies.push(init?.body);
      return new Response();
    },
  });
  await api("https://api.example.com/", { method: "POST", body: blob });
  expect(bodies[0]).toBe(blob);
});

test("sends what the body was at the time of the call", async () => {
  const body = Uint8Array.of(1, 2, 3);
  const { api, sent } = setUp();
  const call = api(url, { method: "PUT", body });
  body.fill(9);
  await call;
  expect(await sent()).toEqual(["\u0001\u0002\u0003", "\u0001\u0002\u0003"]);
});

test("sends the body of a Request again", async () => {
  const { api, sent } = setUp();
  const request = new Request(url, { method: "POST", body: "{}" });
  expect((await api(request)).status).toBe(200);
  expect(await sent()).toEqual(["{}", "{}"]);
});

function stream(text = "streamed"): ReadableStream<Uint8Array> {
  return new Blob([text]).stream();
}

test("a stream is sent once; a refusal is a typed error", async () => {
  const { api, forms, sent } = setUp();
  const call = api(url, { method: "POST", body: stream() });
  await expect(call).rejects.toMatchObject({
    name: "ClientError",
    code: "not_replayable",
    message: "not_replayable: pass bytes or replayable().",
  });
  // The refused token is gone: the next call has a new one.
  const next = await api(url, { method: "POST", body: stream("again") });
  expect(next.status).toBe(200);
  expect(await sent()).toEqual(["streamed", "again"]);
  expect(forms).toHaveLength(2);
});

test("what is iterated asynchronously is read into memory, and sent again", async () => {
  const { api, sent } = setUp();
  async function* parts() {
    yield new TextEncoder().encode("one");
    yield new TextEncoder().encode("two");
  }
  const body = parts() as unknown as Body;
  expect((await api(url, { method: "POST", body })).status).toBe(200);
  expect(await sent()).toEqual(["onetwo", "onetwo"]);
});

test("a credential that has to read a stream gets the typed error before anything is sent", async () => {
  const signing: Credential = {
    async attach(request) {
      return { headers: { "x-bytes": String((await request.body())?.length) } };
    },
  };
  const fetch = fakeFetch(() => new Response());
  const api = createAuthFetch({ origins, credential: signing, fetch });
  const post = (body: Body) => api("https://api.example.com/", { method: "POST", body });
  await expect(post(stream())).rejects.toMatchObject({ code: "not_replayable" });
  expect(fetch.requests).toHaveLength(0);
  await post("grüße");
  expect(fetch.requests[0]?.headers.get("x-bytes")).toBe("7");
});
