import { describe, expect, test } from "vitest";
import { createGuard } from "../guard/create-guard.ts";
import { forwarded } from "../guard/trusted-proxies.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import type { Connection } from "./connection.ts";
import { viewWebRequest } from "./web-request.ts";

const nothing = {
  name: "none",
  takes: [],
  find: () => undefined,
  challenges: () => [],
  describe: () => [],
};
const trustedProxies = forwarded("10.0.0.0/8");
const publicUrl = "https://api.example.com";
const { policy } = createGuard({ publicUrl, trustedProxies, schemes: [nothing] });
const at = "https://evil.test/orders?a=1#b";
type Sent = string | Uint8Array | ReadableStream<Uint8Array> | null;
const post = (body: Sent) =>
  new Request(at, { method: "POST", body, duplex: "half" } as RequestInit);
const view = (request: Request, connection?: Connection) =>
  viewWebRequest(request, policy, connection);

/** A body in these chunks; the last may be an error, or missing for ever. */
function streamOf(...chunks: (string | Error | "for ever")[]): ReadableStream<Uint8Array> {
  const rest = [...chunks];
  return new ReadableStream({
    async pull(controller) {
      await Promise.resolve();
      const chunk = rest.shift();
      if (chunk === undefined) controller.close();
      else if (chunk instanceof Error) controller.error(chunk);
      else if (chunk !== "for ever") controller.enqueue(new TextEncoder().encode(chunk));
      else return new Promise(() => {});
    },
  });
}

describe("what a runtime does not tell", () => {
  test("is not taken from the request's own URL or fields", () => {
    const headers = { "x-forwarded-proto": "https", forwarded: "for=10.0.0.1;proto=https" };
    const { url, address, secure, certificate } = view(new Request(at, { headers }));
    expect({ url, address, secure, certificate }).toEqual({
      url: "https://api.example.com/orders?a=1",
      address: undefined,
      secure: false,
      certificate: undefined,
    });
  });

  test("is what it tells", () => {
    const connection = { address: "2001:db8::1", secure: true, certificate: "PEM" };
    expect(view(new Request(at), connection)).toMatchObject(connection);
  });

  test("proxies are believed by its word", () => {
    const headers = { forwarded: 'for="[2001:db8::7]:4711";proto=https' };
    const connection = { address: "10.0.0.1", certificate: "the proxy's" };
    const { address, secure, certificate } = view(new Request(at, { headers }), connection);
    expect([address, secure, certificate]).toEqual(["2001:db8::7", true, undefined]);
    const stranger = view(new Request(at, { headers }), { address: "192.0.2.1" });
    expect([stranger.address, stranger.secure]).toEqual(["192.0.2.1", false]);
  });
});

describe("the body", () => {
  const bodies: [what: string, make: () => Sent, text: string][] = [
    ["of a text", () => "one two", "one two"],
    ["of bytes", () => new Uint8Array([111, 110, 101]), "one"],
    ["of a stream", () => streamOf("one ", "two"), "one two"],
    ["of an empty stream", () => streamOf(), ""],
    ["of an empty text", () => "", ""],
    ["of none", () => null, ""],
    ["of 300 kB", () => streamOf(..."abc".split("").map((each) => each.repeat(100_000))), "abc"],
  ];
  test.each(bodies)("%s, and the application reads it too", async (_what, make, start) => {
    const request = post(make());
    const seen = new TextDecoder().decode(await view(request).body(1_000_000));
    expect(seen.replace(/(.)\1+/g, "$1")).toBe(start);
    expect(request.bodyUsed).toBe(false);
    expect(await request.text()).toBe(seen);
  });

  test("too long: the guard does without, and the application reads all of it", async () => {
    const whole = "x".repeat(100);
    for (const body of [whole, streamOf(whole.slice(0, 60), whole.slice(60))]) {
      const request = post(body);
      expect(await view(request).body(99)).toBeUndefined();
      expect((await view(request).body(100))?.length).toBe(100);
      expect(await view(request).body(99)).toBeUndefined();
      expect(await request.text()).toBe(whole);
    }
  });

  test("that has no end is not read to its end", async () => {
    const request = post(streamOf("x".repeat(60), "x".repeat(60), "for ever"));
    expect(await view(request).body(100)).toBeUndefined();
  });

  test("that breaks off is none", async () => {
    expect(await view(post(streamOf("one", new Error("reset")))).body(100)).toBeUndefined();
  });

  test("is read once for all who look at it", async () => {
    const request = post(streamOf("one"));
    const [first, second] = await Promise.all([view(request).body(10), view(request).body(5)]);
    expect(second).toBe(first);
    await request.text();
    expect(await view(request).body(10)).toBe(first);
  });

  test("that was read before cannot be checked, and the message says what to do", async () => {
    const used = post("one");
    await used.text();
    await expect(async () => view(used).body(10)).rejects.toThrow(ConfigurationError);
    const locked = post(streamOf("one"));
    locked.body?.getReader();
    await expect(async () => view(locked).body(10)).rejects.toThrow("Put protect(guard) before");
  });
});
