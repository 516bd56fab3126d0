import { expect, test } from "vitest";
import { fakeFetch, redirectTo } from "../../fixtures/fake-fetch.ts";
import { type Received, serve } from "../../fixtures/serve.ts";
import { apiKey } from "../credential/api-key.ts";
import { basic } from "../credential/basic.ts";
import { bearer } from "../credential/bearer.ts";
import type { Credential } from "../credential/credential.ts";
import { createAuthFetch } from "./create-auth-fetch.ts";

const secret = "marked-secret-1234";
const credentials: [string, Credential][] = [
  ["basic", basic({ username: "ada", password: secret })],
  ["bearer", bearer(secret)],
  ["an API key's header", apiKey({ key: secret })],
  ["an API key's own header", apiKey({ key: secret, header: "X-Auth" })],
  ["an API key's query parameter", apiKey({ key: secret, query: "api_key" })],
];
const coded = btoa(`ada:${secret}`);

function shows({ path, headers, body }: Received): boolean {
  const text = JSON.stringify([path, headers, body.toString()]);
  return text.includes(secret) || text.includes(coded);
}

const wires = credentials.flatMap(([name, credential]) =>
  [301, 302, 303, 307, 308].map((status) => [name, status, credential] as const),
);

test.each(wires)(
  "nothing of %s follows a %i to another port, over a socket",
  async (_, status, credential) => {
    const other = await serve((_, response) => response.end("ok"));
    const api = await serve(({ path }, response) => {
      // As servers do that build Location from the request's own query.
      const query = path.includes("?") ? path.slice(path.indexOf("?")) : "";
      const back = encodeURIComponent(`https://api.example.com${path}`);
      const joined = query === "" ? "?" : `${query}&`;
      const location = `${other.origin}/there${joined}page=2&return_to=${back}`;
      response.writeHead(status, { location }).end();
    });
    // Listed or not: another origin gets nothing.
    for (const origins of [[api.origin], [api.origin, other.origin]]) {
      const fetch = createAuthFetch({ origins, credential });
      const answer = await fetch(`${api.origin}/here?page=1`, {
        method: "POST",
        body: "{}",
        headers: { cookie: "mine=1", "proxy-authorization": "mine", "x-trace": "t" },
      });
      expect(await answer.text()).toBe("ok");
      expect(answer.url).not.toContain(secret);
    }
    expect(api.received.every(shows)).toBe(true);
    for (const request of other.received) {
      expect(shows(request)).toBe(false);
      expect(request.path).toContain("page=2");
      expect(request.headers).not.toHaveProperty("authorization");
      expect(request.headers).not.toHaveProperty("cookie");
      expect(request.headers).not.toHaveProperty("proxy-authorization");
      expect(request.headers["x-trace"]).toBe("t");
      expect(request.method).toBe(status >= 307 ? "POST" : "GET");
      expect(request.body.toString()).toBe(status >= 307 ? "{}" : "");
      expect("content-type" in request.headers).toBe(status >= 307);
    }
    expect(other.received).toHaveLength(2);
  },
);

test.each(credentials)(
  "%s stays with a redirect within the origin, over a socket",
  async (_, credential) => {
    const api = await serve((request, response) => {
      // With what came copied into Location, our own parameter included.
      if (request.path.startsWith("/a")) {
        response.writeHead(307, { location: request.path.replace("/a", "/b") }).end();
      } else response.end("ok");
    });
    const fetch = createAuthFetch({ origins: [api.origin], credential });
    const answer = await fetch(`${api.origin}/a?page=1`, { method: "PUT", body: "{}" });
    expect(answer.url).toBe(`${api.origin}/b?page=1`);
    const [first, second] = api.received;
    expect(second && shows(second)).toBe(true);
    expect(second?.path).toBe(first?.path.replace("/a", "/b"));
    expect(second?.method).toBe("PUT");
    expect(second?.body.toString()).toBe("{}");
  },
);

test.each(credentials)(
  "%s is not attached again when a redirect comes back",
  async (_, credential) => {
    const fetch = fakeFetch(({ url }) => {
      if (url.startsWith("https://api.example.com/start")) return redirectTo("https://b.example/x");
      if (url === "https://b.example/x") return redirectTo("/y");
      if (url === "https://b.example/y") return redirectTo("https://api.example.com/back");
      if (url === "https://api.example.com/back") return redirectTo("/end");
      return new Response("ok");
    });
    const origins = ["https://api.example.com", "https://b.example"];
    const api = createAuthFetch({ origins, credential, fetch });
    expect((await api("https://api.example.com/start")).status).toBe(200);
    expect(fetch.requests).toHaveLength(5);
    for (const request of fetch.requests.slice(1)) {
      const text = JSON.stringify([request.url, ...request.headers]);
      expect(text.includes(secret) || text.includes(coded)).toBe(false);
    }
  },
);

test.each([
  ["by itself", (key: string) => `token=${encodeURIComponent(key)}`],
  ["with spaces as plus signs", (key: string) => new URLSearchParams({ t: key }).toString()],
  ["encoded twice", (key: string) => `u=${encodeURIComponent(`/?k=${encodeURIComponent(key)}`)}`],
  [
    "encoded twice, as a form",
    (key: string) => `${new URLSearchParams({ u: `/?${new URLSearchParams({ k: key })}` })}`,
  ],
  ["inside another value", (key: string) => `a=before-${encodeURIComponent(key)}-after`],
])("a key that Location repeats %s does not leave the origin", async (_, write) => {
  const key = "marked key/+=%&%41secret";
  const fetch = fakeFetch(({ url }) =>
    new URL(url).hostname === "api.example.com"
      ? redirectTo(`https://b.example/x?page=2&${write(key)}&last=%7E`)
      : new Response("ok"),
  );
  const credential = apiKey({ key, query: "key" });
  const api = createAuthFetch({ origins: ["https://api.example.com"], credential, fetch });
  expect(await (await api("https://api.example.com/")).text()).toBe("ok");
  expect(fetch.requests[1]?.url).toBe("https://b.example/x?page=2&last=%7E");
});

test("a Location that is encoded over and over ends no process", async () => {
  const fetch = fakeFetch((_, nth) =>
    nth === 1 ? redirectTo(`https://b.example/?a=%${"25".repeat(8000)}`) : new Response("ok"),
  );
  const credential = apiKey({ key: "marked-key", query: "key" });
  const api = createAuthFetch({ origins: ["https://api.example.com"], credential, fetch });
  expect(await (await api("https://api.example.com/")).text()).toBe("ok");
});

test("within the origin, only our own parameter is taken out of Location", async () => {
  const key = "marked-key";
  const fetch = fakeFetch((_, nth) =>
    nth === 1 ? redirectTo(`/there?a=%7E&key=${key}&next=${key}-not&b`) : new Response("ok"),
  );
  const credential = apiKey({ key, query: "key" });
  const api = createAuthFetch({ origins: ["https://api.example.com"], credential, fetch });
  await api("https://api.example.com/here");
  expect(fetch.requests[1]?.url).toBe(
    `https://api.example.com/there?a=%7E&next=${key}-not&b&key=${key}`,
  );
});

test("the caller's own Authorization stays within the origin", async () => {
  const fetch = fakeFetch(({ url }) => {
    if (url.endsWith("/a")) return redirectTo("/b");
    if (url.endsWith("/b")) return redirectTo("https://b.example/c");
    return new Response("ok");
  });
  const credential = apiKey({ key: secret });
  const api = createAuthFetch({ origins: ["https://api.example.com"], credential, fetch });
  await api("https://api.example.com/a", { headers: { authorization: "mine" } });
  expect(fetch.requests.map(({ headers }) => headers.get("authorization"))).toEqual([
    "mine",
    "mine",
    null,
  ]);
});

test.each<[string, string]>([
  ["https to http", "http://api.example.com/"],
  ["https to http on this machine", "http://127.0.0.1/"],
  ["a URL with a password", `https://ada:${secret}@b.example/`],
  ["another scheme", `ftp://b.example/${secret}`],
  ["data", `data:text/plain,${secret}`],
  ["no URL", `https://[${secret}`],
])("refuses a redirect to %s", async (_, location) => {
  for (const [, credential] of credentials) {
    const fetch = fakeFetch(() => redirectTo(location));
    const api = createAuthFetch({ origins: ["https://api.example.com"], credential, fetch });
    const error = await api("https://api.example.com/").catch((thrown) => thrown);
    expect(error).toMatchObject({ name: "ClientError", code: "redirect_refused" });
    expect(error.stack).not.toContain(secret);
    expect(fetch.requests).toHaveLength(1);
  }
});

test("refuses a redirect from http on this machine to http elsewhere", async () => {
  const fetch = fakeFetch(() => redirectTo("http://b.example/"));
  const api = createAuthFetch({ origins: ["http://localhost"], credential: bearer(secret), fetch });
  await expect(api("http://localhost/")).rejects.toMatchObject({ code: "redirect_refused" });
});

function following(answer: Parameters<typeof fakeFetch>[0]) {
  const fetch = fakeFetch(answer);
  const origins = ["https://api.example.com"];
  return { fetch, api: createAuthFetch({ origins, credential: bearer(secret), fetch }) };
}

test.each([
  ["POST", 301, "GET"],
  ["POST", 302, "GET"],
  ["POST", 303, "GET"],
  ["PUT", 301, "PUT"],
  ["PUT", 302, "PUT"],
  ["DELETE", 303, "GET"],
  ["HEAD", 302, "HEAD"],
  ["HEAD", 303, "HEAD"],
  ["POST", 307, "POST"],
  ["PATCH", 308, "PATCH"],
])("%s answered by %i becomes %s", async (method, status, expected) => {
  const { fetch, api } = following((_, nth) =>
    nth === 1 ? redirectTo("/b", status) : new Response(),
  );
  const body = method === "HEAD" ? null : "{}";
  await api("https://api.example.com/a", { method, body });
  const last = fetch.requests.at(-1);
  expect(last?.method).toBe(expected);
  expect(await last?.text()).toBe(body !== null && expected === method ? "{}" : "");
});

test("follows 20 redirects and no more", async () => {
  const turns = (count: number) => (_: Request, nth: number) =>
    nth <= count ? redirectTo(`/${nth}`) : new Response("ok");
  expect((await following(turns(20)).api("https://api.example.com/")).status).toBe(200);
  const { fetch, api } = following(turns(Number.POSITIVE_INFINITY));
  await expect(api("https://api.example.com/")).rejects.toMatchObject({
    code: "redirect_refused",
  });
  expect(fetch.requests).toHaveLength(21);
});

test('redirect: "manual" hands the redirect over', async () => {
  const { fetch, api } = following(() => redirectTo("https://b.example/"));
  const answer = await api("https://api.example.com/", { redirect: "manual" });
  expect(answer.status).toBe(302);
  expect(await answer.text()).toBe("moved");
  const request = new Request("https://api.example.com/", { redirect: "manual" });
  expect((await api(request)).status).toBe(302);
  expect(fetch.requests).toHaveLength(2);
});

test('redirect: "error" makes a redirect an error', async () => {
  const { fetch, api } = following(() => redirectTo("/b"));
  const call = api("https://api.example.com/", { redirect: "error" });
  await expect(call).rejects.toMatchObject({ code: "redirect_refused" });
  expect(fetch.requests).toHaveLength(1);
});

test("a redirect without Location, and a Location without redirect, are answers", async () => {
  const none = following(() => new Response("none", { status: 302 }));
  expect(await (await none.api("https://api.example.com/")).text()).toBe("none");
  const created = following(
    () => new Response("new", { status: 201, headers: { location: "/1" } }),
  );
  expect(await (await created.api("https://api.example.com/")).text()).toBe("new");
});

test("a redirect a browser hides is an error, unless the caller wants to see it", async () => {
  const opaque = () => Object.defineProperty(Response.error(), "type", { value: "opaqueredirect" });
  const { api } = following(opaque);
  await expect(api("https://api.example.com/")).rejects.toMatchObject({ code: "redirect_refused" });
  const answer = await api("https://api.example.com/", { redirect: "manual" });
  expect(answer.type).toBe("opaqueredirect");
});

test("the redirecting answer is let go of", async () => {
  let cancelled = 0;
  const { api } = following((_, nth) => {
    const body = new ReadableStream({ cancel: () => void cancelled++ });
    return nth === 1
      ? new Response(body, { status: 302, headers: { location: "/b" } })
      : new Response();
  });
  await api("https://api.example.com/");
  expect(cancelled).toBe(1);
});

test("a stream cannot follow a redirect that keeps the method", async () => {
  const body = () => new Blob(["streamed"]).stream();
  for (const status of [307, 308]) {
    const { fetch, api } = following(() => redirectTo("/b", status));
    const call = api("https://api.example.com/", { method: "POST", body: body() });
    await expect(call).rejects.toMatchObject({ code: "not_replayable" });
    expect(fetch.requests).toHaveLength(1);
  }
  const { api } = following((_, nth) => (nth === 1 ? redirectTo("/b", 303) : new Response("ok")));
  const answer = await api("https://api.example.com/", { method: "POST", body: body() });
  expect(answer.status).toBe(200);
});
