import { Readable } from "node:stream";
import { inspect } from "node:util";
import { ConfigurationError } from "@countersign/core/wire";
import axios, { isAxiosError } from "axios";
import { expect, test, vi } from "vitest";
import { json, type Received, serve } from "../../fixtures/serve.ts";
import { apiKey } from "../credential/api-key.ts";
import { bearer } from "../credential/bearer.ts";
import type { Credential } from "../credential/credential.ts";
import { type AuthAdapterOptions, createAuthAdapter } from "./create-auth-adapter.ts";

const marked = "marked-secret-5d1f";

function client(
  origin: string,
  credential: Credential = bearer(marked),
  adapter: AuthAdapterOptions["adapter"] = "http",
) {
  const options = { origins: [origin], credential, adapter };
  return axios.create({ baseURL: origin, adapter: createAuthAdapter(options) });
}

/** Refuses the first request, with a credential that asks for another try. */
function refusedOnce(): Credential {
  return { attach: () => ({ answered: ({ status }) => (status === 401 ? "nonce" : undefined) }) };
}

test("baseURL, params, JSON and transforms are axios's", async () => {
  const api = await serve(({ body }, response) => json(response, 200, JSON.parse(body.toString())));
  const axiosApi = client(api.origin);
  axiosApi.defaults.baseURL = `${api.origin}/v1/`;
  const answer = await axiosApi.post(
    "/orders",
    { name: "grüße" },
    { params: { a: ["1", "2 3"], b: 4 } },
  );
  expect(answer.data).toEqual({ name: "grüße" });
  expect(api.received[0]).toMatchObject({
    method: "POST",
    path: "/v1/orders?a%5B%5D=1&a%5B%5D=2+3&b=4",
  });
  expect(api.received[0]?.headers).toMatchObject({
    authorization: `Bearer ${marked}`,
    "content-type": "application/json",
    accept: "application/json, text/plain, */*",
  });
});

test("interceptors and transforms see one call, however often it is sent", async () => {
  const api = await serve((_, response, nth) => json(response, nth === 1 ? 401 : 200, { nth }));
  const axiosApi = client(api.origin, refusedOnce());
  const asked = vi.fn((config) => config);
  const answered = vi.fn((answer) => answer);
  axiosApi.interceptors.request.use(asked);
  axiosApi.interceptors.response.use(answered);
  expect((await axiosApi.post("/", { a: 1 })).data).toEqual({ nth: 2 });
  expect([asked.mock.calls.length, answered.mock.calls.length]).toEqual([1, 1]);
  expect(api.received.map(({ body }) => body.toString())).toEqual(['{"a":1}', '{"a":1}']);
});

test.each([
  [404, "ERR_BAD_REQUEST"],
  [503, "ERR_BAD_RESPONSE"],
])("an answer of %i is axios's error, and shows no credential", async (status, code) => {
  const api = await serve((_, response) => json(response, status, { title: "no" }));
  for (const adapter of ["http", "fetch"] as const) {
    const error = await client(api.origin, undefined, adapter)
      .get("/a")
      .catch((e) => e);
    expect(isAxiosError(error)).toBe(true);
    expect(error).toMatchObject({ code, response: { status, data: { title: "no" } } });
    expect(error.config.url).toBe("/a");
    expectHidden(error);
  }
});

test("an answer shows no credential, and tells where it came from", async () => {
  const api = await serve(({ path }, response) => {
    if (path.startsWith("/start")) response.writeHead(302, { location: "/end" }).end();
    else json(response, 200, {});
  });
  for (const adapter of ["http", "fetch"] as const) {
    for (const credential of [bearer(marked), apiKey({ key: marked, query: "k" })]) {
      const axiosApi = client(api.origin, credential, adapter);
      const answer = await axiosApi.get("/start");
      expect(answer.request.responseURL).toBe(`${api.origin}/end`);
      expectHidden(answer);
    }
  }
});

test("network failures and time-outs are axios's errors, and show no credential", async () => {
  const api = await serve(({ path }, response) => {
    if (path !== "/hang") response.socket?.destroy();
  });
  for (const adapter of ["http", "fetch"] as const) {
    const axiosApi = client(api.origin, undefined, adapter);
    const reset = await axiosApi.get("/").catch((error) => error);
    expect(isAxiosError(reset)).toBe(true);
    expectHidden(reset);
    const late = await axiosApi.get("/hang", { timeout: 50 }).catch((error) => error);
    expect(late).toMatchObject({ code: expect.stringMatching(/^E(CONNABORTED|TIMEDOUT)$/) });
    expectHidden(late);
  }
});

test("a signal and a cancel token cancel", async () => {
  const api = await serve(() => {});
  const waiting: Credential = {
    attach: (_, { signal }) =>
      new Promise((_, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason));
      }),
  };
  for (const credential of [bearer(marked), waiting]) {
    const axiosApi = client(api.origin, credential);
    const signal = AbortSignal.timeout(50);
    expect(axios.isCancel(await axiosApi.get("/", { signal }).catch((e) => e))).toBe(true);
    const { token, cancel } = axios.CancelToken.source();
    const call = axiosApi.get("/", { cancelToken: token }).catch((error) => error);
    setTimeout(() => cancel("enough"), 50);
    expect(axios.isCancel(await call)).toBe(true);
  }
});

test("maxRedirects: none, some, and axios's own limit", async () => {
  const api = await serve(({ path }, response) => {
    const left = Number(path.slice(1));
    if (left === 0) json(response, 200, {});
    else response.writeHead(302, { location: `/${left - 1}` }).end();
  });
  const axiosApi = client(api.origin);
  const status = (path: string, maxRedirects?: number) =>
    axiosApi
      .get(path, { validateStatus: null, ...(maxRedirects !== undefined && { maxRedirects }) })
      .then(
        ({ status }) => status,
        ({ code }) => code,
      );
  expect(await status("/1", 0)).toBe(302);
  expect(await status("/3", 3)).toBe(200);
  expect(await status("/4", 3)).toBe("redirect_refused");
  expect(await status("/20")).toBe(200);
});

test("what beforeRedirect was to prevent is not done behind its back", async () => {
  const axiosApi = client("https://api.example.com");
  const beforeRedirect = () => {
    throw new Error("not there");
  };
  await expect(axiosApi.get("/", { beforeRedirect })).rejects.toThrow(ConfigurationError);
});

test("auth of the configuration conflicts with a credential in the same header", async () => {
  const api = await serve((_, response) => response.end());
  const auth = { username: "adä", password: "ü" };
  await expect(client(api.origin).get("/", { auth })).rejects.toMatchObject({
    code: "unsendable_credential",
  });
  expect(api.received).toHaveLength(0);
  await client(api.origin, apiKey({ key: marked })).get("/", { auth });
  const { authorization = "", "x-api-key": key } = api.received[0]?.headers ?? {};
  expect([Buffer.from(authorization.slice(6), "base64").toString(), key]).toEqual([
    "adä:ü",
    marked,
  ]);
});

test("auth of the configuration does not go along to another origin", async () => {
  const other = await serve((_, response) => response.end());
  const api = await serve((_, response) =>
    response.writeHead(302, { location: other.origin }).end(),
  );
  await client(api.origin, apiKey({ key: marked })).get("/", {
    auth: { username: "a", password: "b" },
  });
  expect(other.received[0]?.headers).not.toHaveProperty("authorization");
});

test("bodies are what axios makes of them, on both ways", async () => {
  const form = new FormData();
  form.set("file", new Blob(["content"], { type: "text/x-test" }), "a.txt");
  for (const [data, type] of [
    [{ a: 1 }, "application/json"],
    [new URLSearchParams({ a: "b c" }), "application/x-www-form-urlencoded;charset=utf-8"],
    [Buffer.from("bytes"), "application/x-www-form-urlencoded"],
    [form, "multipart/form-data; boundary="],
  ] as const) {
    for (const adapter of ["http", "fetch"] as const) {
      const api = await serve((_, response, nth) => json(response, nth === 1 ? 401 : 200, {}));
      await client(api.origin, refusedOnce(), adapter).post("/", data);
      const [first, second] = api.received as [Received, Received];
      expect(second.body.equals(first.body)).toBe(true);
      expect(first.headers["content-type"]).toContain(type);
      expect(second.headers["content-type"]).toBe(first.headers["content-type"]);
      expect(first.body.length).toBeGreaterThan(0);
    }
  }
});

test("a stream is sent once, and given as one", async () => {
  const api = await serve((_, response, nth) => json(response, nth === 1 ? 401 : 200, { nth }));
  const axiosApi = client(api.origin, refusedOnce());
  const call = axiosApi.post("/", Readable.from(["one", "two"]));
  await expect(call).rejects.toMatchObject({ code: "not_replayable" });
  expect(api.received.map(({ body }) => body.toString())).toEqual(["onetwo"]);
  const { data } = await axiosApi.get("/", { responseType: "stream" });
  expect(JSON.parse(Buffer.concat(await data.toArray()).toString())).toEqual({ nth: 2 });
});

test("progress is reported", async () => {
  const api = await serve((_, response) => response.end("x".repeat(100_000)));
  const up = vi.fn();
  const down = vi.fn();
  const body = "y".repeat(100_000);
  await client(api.origin).post("/", body, { onUploadProgress: up, onDownloadProgress: down });
  expect(up.mock.calls.at(-1)?.[0]).toMatchObject({ loaded: 100_000 });
  expect(down.mock.calls.at(-1)?.[0]).toMatchObject({ loaded: 100_000 });
});

test("an adapter of one's own sends, and sees what is sent", async () => {
  const sent: unknown[] = [];
  const axiosApi = client("https://api.example.com", bearer(marked), async (config) => {
    sent.push([config.url, String(config.headers?.authorization)]);
    return { status: 200, statusText: "OK", headers: {}, data: "", config };
  });
  expect((await axiosApi.get("/a", { params: { b: 1 } })).status).toBe(200);
  expect(sent).toEqual([["https://api.example.com/a?b=1", `Bearer ${marked}`]]);
});

/** Every way a value gets into a log by accident. */
function expectHidden(value: unknown): void {
  const shown = [
    inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
    JSON.stringify(value, (_, member) =>
      typeof member === "object" && member && "socket" in member ? "" : member,
    ),
    String(value),
  ].join();
  expect(shown).not.toContain(marked);
}
