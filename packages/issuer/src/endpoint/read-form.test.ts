import { describe, expect, test } from "vitest";
import { basic, secret, startIssuer, url } from "../fixture.ts";

const form = "grant_type=client_credentials";
const formType = "application/x-www-form-urlencoded";

interface Sent {
  readonly body?: string | Uint8Array<ArrayBuffer> | ReadableStream | null;
  readonly type?: string;
}

async function send({ body = form, type = formType }: Sent) {
  const { issuer, events } = startIssuer();
  const headers = { ...basic("reports", secret), "content-type": type };
  const init = { method: "POST", body, headers, duplex: "half" } as const;
  const response = await issuer.fetch(new Request(`${url}/token`, init));
  const { error } = (await response.json()) as { error?: string };
  return { status: response.status, error, events };
}

/** As a network would deliver it. */
function inPieces(text: string): ReadableStream {
  return new ReadableStream({
    start(controller) {
      for (const character of text) controller.enqueue(new TextEncoder().encode(character));
      controller.close();
    },
  });
}

const fine = { status: 200, error: undefined, events: [] };
const bad = { status: 400, error: "invalid_request", events: [] };

test.each([
  ["a plain form", {}],
  ["a charset", { type: `${formType};charset=UTF-8` }],
  ["a quoted charset", { type: `${formType}; charset="utf-8"` }],
  ["capitals in the type", { type: formType.toUpperCase() }],
  ["a parameter nobody knows", { body: `${form}&colour=red` }],
  ["empty pairs", { body: `&&${form}&` }],
  ["escaped names", { body: "grant%5Ftype=client_credentials" }],
  ["a parameter without an equals sign", { body: `colour&${form}` }],
  ["a body in pieces", { body: inPieces(form) }],
  ["a body just below the limit", { body: `${form}&a=`.padEnd(65_536, "x") }],
])("reads %s", async (_name, sent) => {
  expect(await send(sent)).toEqual(fine);
});

describe("refuses", () => {
  test.each<[string, Sent]>([
    ["JSON", { body: '{"grant_type":"client_credentials"}', type: "application/json" }],
    ["a form called text", { type: "text/plain" }],
    ["multipart", { type: "multipart/form-data; boundary=a" }],
    ["no type", { type: "" }],
    ["two types", { type: `${formType}, ${formType}` }],
    ["another charset", { type: `${formType}; charset=latin1` }],
    ["an empty body", { body: "" }],
    ["no body", { body: null }],
    ["no grant_type", { body: "scope=a" }],
    ["an empty grant_type", { body: "grant_type=" }],
    ["grant_type twice", { body: `${form}&${form}` }],
    ["grant_type twice, escaped", { body: `${form}&grant%5ftype=refresh_token` }],
    ["an empty parameter twice", { body: `${form}&scope=&scope=orders:read` }],
    ["an unknown parameter twice", { body: `${form}&a=1&a=2` }],
    ["raw bytes that are no UTF-8", { body: new Uint8Array([0x61, 0x3d, 0xff]) }],
    ["a byte order mark", { body: `\ufeff${form}` }],
    ["escapes that are no UTF-8", { body: `${form}&scope=%ff%fe` }],
    ["an overlong escape", { body: `${form}&scope=%c0%af` }],
    ["a surrogate", { body: `${form}&scope=%ed%a0%80` }],
    ["half an escape", { body: `${form}&scope=%4` }],
    ["no escape", { body: `${form}&scope=%zz` }],
    ["a body that breaks off", { body: failingBody() }],
  ])("%s", async (_name, sent) => {
    expect(await send(sent)).toEqual(bad);
  });

  test.each([["password"], ["__proto__"], ["constructor"], ["CLIENT_CREDENTIALS"], ["a b"]])(
    "the grant type %s",
    async (grantType) => {
      const body = new URLSearchParams({ grant_type: grantType }).toString();
      const unsupported = { status: 400, error: "unsupported_grant_type", events: [] };
      expect(await send({ body })).toEqual(unsupported);
    },
  );

  test("a body beyond 64 KiB", async () => {
    const tooLong = { status: 413, error: "invalid_request", events: [] };
    expect(await send({ body: `${form}&a=`.padEnd(65_537, "x") })).toEqual(tooLong);
  });

  test("an endless body, without reading on", async () => {
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(16_384).fill(0x61));
      },
      // A source that never settles its cancellation must not hold the answer back.
      cancel: () => new Promise(() => {}),
    });
    expect((await send({ body: endless })).status).toBe(413);
    expect(pulled).toBeLessThan(10);
  });
});

test("a body that somebody else has read is the program's mistake, and is told", async () => {
  const { issuer, events } = startIssuer();
  const init = { method: "POST", body: form, headers: { "content-type": formType } };
  const request = new Request(`${url}/token`, init);
  await request.text();
  expect((await issuer.fetch(request)).status).toBe(503);
  const cause = { message: expect.stringContaining("clone") };
  expect(events).toMatchObject([{ type: "unavailable", cause }]);
});

function failingBody() {
  return new ReadableStream({
    pull(controller) {
      controller.error(new Error("connection reset"));
    },
  });
}
