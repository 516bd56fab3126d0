import { Readable } from "node:stream";
import { ConfigurationError } from "@countersign/core/wire";
import { Client, type Dispatcher, request, FormData as UndiciForm } from "undici";
import { expect, test } from "vitest";
import { serve } from "../../fixtures/serve.ts";
import { apiKey } from "../credential/api-key.ts";
import { credential, dispatcherFor, refusing, stubborn } from "./authenticate.fixture.ts";
import { authenticate } from "./authenticate.ts";

const headerShapes: [what: string, NonNullable<Dispatcher.RequestOptions["headers"]>][] = [
  ["an object", { "X-Mine": "1", "x-list": ["a", "b"], "x-none": undefined }],
  ["names and values in turn", ["X-Mine", "1", "x-list", "a", "x-list", "b"]],
  [
    "pairs",
    [
      ["X-Mine", "1"],
      ["x-list", "a"],
      ["x-list", "b"],
    ] as never,
  ],
  [
    "an iterable",
    new Map<string, string | string[]>([
      ["X-Mine", "1"],
      ["x-list", ["a", "b"]],
    ]),
  ],
  [
    "Headers",
    new Headers([
      ["X-Mine", "1"],
      ["x-list", "a"],
      ["x-list", "b"],
    ]) as never,
  ],
];
test.each(headerShapes)("takes headers as %s", async (_, headers) => {
  const api = await serve((_, response) => response.end());
  await request(api.origin, { dispatcher: dispatcherFor(api), headers });
  expect(api.received[0]?.headers).toMatchObject({
    "x-mine": "1",
    "x-list": "a, b",
    "x-api-key": "marked-key",
  });
});

test("path and query stay what they are", async () => {
  const api = await serve((_, response) => response.end());
  const dispatcher = dispatcherFor(api, { credential: apiKey({ key: "k &", query: "key" }) });
  await request(`${api.origin}/a%2Fb?c=d+e%20f`, { dispatcher });
  await request(`${api.origin}/a`, { dispatcher, query: { list: ["1", "2"], b: "c d" } });
  expect(api.received.map(({ path }) => path)).toEqual([
    "/a%2Fb?c=d+e%20f&key=k+%26",
    "/a?list=1&list=2&b=c%20d&key=k+%26",
  ]);
});

test("a path that looks like a host leads nowhere else", async () => {
  const other = await serve((_, response) => response.end());
  const api = await serve((_, response) => response.end());
  const client = new Client(api.origin).compose(
    authenticate({ origins: [api.origin], credential }),
  );
  const path = other.origin.replace("http:", "");
  await client.request({ path, method: "GET" });
  expect(api.received[0]?.path).toBe(path);
  for (const path of [other.origin, "@evil.example/", "0/", "", "*"]) {
    await expect(client.request({ path, method: "GET" })).rejects.toThrow();
  }
  expect([api.received.length, other.received.length]).toEqual([1, 0]);
});

test("refuses origins that are not secure, when it is made", () => {
  const origins = ["http://api.example.com"];
  expect(() => authenticate({ origins, credential })).toThrow(ConfigurationError);
});

function forms(): [what: string, body: FormData][] {
  return [new FormData(), new UndiciForm() as unknown as FormData].map((form, index) => {
    form.set("text", "ü");
    form.set("file", new Blob(["content"], { type: "text/x-test" }), "a.txt");
    return [index === 0 ? "Node's form" : "undici's form", form];
  });
}

test.each([
  ["a string", "grüße"],
  ["bytes", Uint8Array.of(1, 2, 3)],
  ["a Buffer", Buffer.from("bytes")],
  ...forms(),
])("sends %s again", async (_, body) => {
  const api = await refusing();
  const dispatcher = dispatcherFor(api, { credential: stubborn });
  const answer = await request(api.origin, { dispatcher, method: "POST", body: body as string });
  expect(answer.statusCode).toBe(200);
  const [first, second] = api.received;
  expect(first?.body.length).toBeGreaterThan(0);
  expect(second?.body.equals(first?.body ?? Buffer.of())).toBe(true);
  expect(second?.headers["content-type"]).toBe(first?.headers["content-type"]);
  expect(second?.headers["content-length"]).toBe(String(first?.body.length));
});

test.each<[string, () => unknown]>([
  ["Node's stream", () => Readable.from(["one", "two"])],
  ["the web's stream", () => new Blob(["onetwo"]).stream()],
  [
    "an async iterable",
    async function* parts() {
      yield "one";
      yield "two";
    },
  ],
])("sends %s once", async (_, make) => {
  const api = await refusing();
  const dispatcher = dispatcherFor(api, { credential: stubborn });
  const post = (body: unknown) =>
    request(api.origin, { dispatcher, method: "POST", body: body as string });
  await expect(post(make())).rejects.toMatchObject({ code: "not_replayable" });
  expect(api.received.map(({ body }) => body.toString())).toEqual(["onetwo"]);
  expect(await (await post(make())).body.text()).toBe("onetwo");
});
