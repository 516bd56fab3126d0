import { expect, test } from "vitest";
import { fakeFetch, redirectTo } from "../../fixtures/fake-fetch.ts";
import { serve } from "../../fixtures/serve.ts";
import type { Credential } from "../credential/credential.ts";
import { createAuthFetch } from "./create-auth-fetch.ts";
import { replayable } from "./replayable.ts";

const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => at % 251);

function body() {
  let made = 0;
  const stream = replayable(() => {
    made++;
    return new Blob([bytes]).stream();
  });
  return { stream, made: () => made };
}

/** Wants each request once more, and reads bodies where it is told to. */
function again(reads: boolean): Credential {
  return {
    async attach(request) {
      if (reads) expect(await request.body()).toEqual(bytes);
      expect(request.replayable).toBe(true);
      return { answered: ({ status }) => (status === 401 ? "challenge" : undefined) };
    },
  };
}

test.each([false, true])(
  "is sent again byte for byte, as often as it takes, over a socket (read before: %s)",
  async (reads) => {
    const api = await serve((_, response, nth) => {
      if (nth === 1) response.writeHead(401).end();
      else if (nth === 2) response.writeHead(307, { location: "/there" }).end();
      else response.end("ok");
    });
    const { stream, made } = body();
    const fetch = createAuthFetch({ origins: [api.origin], credential: again(reads) });
    const answer = await fetch(`${api.origin}/here`, {
      method: "POST",
      body: stream,
      headers: { "content-type": "application/x-test" },
    });
    expect(await answer.text()).toBe("ok");
    expect(api.received.map(({ path }) => path)).toEqual(["/here", "/here", "/there"]);
    for (const { body, headers } of api.received) {
      expect(Buffer.compare(body, bytes)).toBe(0);
      expect(headers["content-type"]).toBe("application/x-test");
    }
    expect(made()).toBe(reads ? 6 : 3);
  },
);

test("nothing is made before it is sent", async () => {
  const { stream, made } = body();
  const fetch = fakeFetch(() => redirectTo("https://a.example/", 303));
  const api = createAuthFetch({ origins: ["https://a.example"], credential: again(false), fetch });
  const call = api("https://other.example/", { method: "POST", body: stream });
  await expect(call).rejects.toMatchObject({ code: "origin_not_allowed" });
  expect(made()).toBe(0);
});

test("is a stream for whatever else reads it", async () => {
  const { stream, made } = body();
  expect(new Uint8Array(await new Response(stream).arrayBuffer())).toEqual(bytes);
  expect(made()).toBe(1);
});

test("is a stream for every other fetch over a socket", async () => {
  const other = body();
  const api = await serve((_, response) => response.end());
  await fetch(api.origin, {
    method: "POST",
    body: other.stream,
    ...{ duplex: "half" },
  });
  expect(Buffer.compare(api.received[0]?.body ?? Buffer.of(), bytes)).toBe(0);
});

test("a failure to make it is the call's, and cancelling reaches what was made", async () => {
  const failure = new Error("no such file");
  const broken = replayable(() => {
    throw failure;
  });
  const fetch = fakeFetch(() => new Response());
  const api = createAuthFetch({ origins: ["https://a.example"], credential: again(false), fetch });
  const call = api("https://a.example/", { method: "POST", body: broken });
  await expect(call).rejects.toBe(failure);
  let cancelled: unknown;
  const open = replayable(
    () =>
      new ReadableStream({
        pull: (controller) => controller.enqueue(bytes),
        cancel(reason) {
          cancelled = reason;
        },
      }),
  );
  const reader = open.getReader();
  await reader.read();
  await reader.cancel("enough");
  expect(cancelled).toBe("enough");
});
