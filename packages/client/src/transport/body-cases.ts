import { apiKey } from "../credential/api-key.ts";
import type { Credential } from "../credential/credential.ts";
import { replayable } from "../fetch/replayable.ts";
import { headerOf, setStage } from "./stage.ts";
import { codeOf, expect, failureOf, type TransportCase } from "./transport-case.ts";

type Body = NonNullable<RequestInit["body"]>;

const bytes = Uint8Array.from({ length: 256 }, (_, value) => value);

/** Asks to be attached again after every refusal. */
function stubborn(): Credential {
  return {
    attach: () => ({ answered: ({ status }) => (status === 401 ? "nonce" : undefined) }),
  };
}

function form(): FormData {
  const form = new FormData();
  form.set("text", "a\r\nb");
  form.set("file", new Blob([bytes], { type: "application/x-test" }), 'f"ü.bin');
  return form;
}

function stream(text: string): ReadableStream<Uint8Array> {
  return new Blob([text]).stream();
}

const bodies: readonly (readonly [what: string, make: () => Body, type?: string])[] = [
  ["a string", () => "grüße \u0000"],
  ["JSON", () => JSON.stringify({ a: ["ü", 1] })],
  ["URLSearchParams", () => new URLSearchParams({ a: "b c&" })],
  ["a form with a file", form, "multipart/form-data; boundary="],
  ["a Blob", () => new Blob([bytes], { type: "application/x-test" })],
  ["an ArrayBuffer", () => bytes.slice().buffer],
  ["a view of a buffer", () => new Uint8Array(bytes.buffer, 10, 100)],
  ["a megabyte", () => new Uint8Array(1_000_000).fill(7)],
];

/** What happens to bodies on the second way. */
export const bodyCases: readonly TransportCase[] = [
  ...bodies.map(
    ([what, make, type]): TransportCase => ({
      name: `sends ${what} again after a refusal, byte for byte`,
      async run({ server, connect }) {
        const stage = await setStage(server, { "/orders": [{ status: 401 }, {}] });
        const fetch = connect({ origins: [server.home], credential: stubborn() });
        const answer = await fetch(stage.url("/orders"), { method: "POST", body: make() });
        expect(answer.status, 200, "the status");
        const received = await stage.received();
        const [first, second] = received;
        if (!first || !second) throw new Error(`${received.length} requests came`);
        expect(first.body.length > 0, true, "whether a body came");
        expect(second.body === first.body, true, "whether the second body is the first");
        const types = received.flatMap((each) => headerOf(each, "content-type"));
        expect(types[1], types[0], "the second content type");
        if (type !== undefined) expect(types[0]?.startsWith(type), true, `whether it is ${type}`);
      },
    }),
  ),
  {
    name: "sends the same bytes twice, whatever the caller does to its buffer",
    async run({ server, connect }) {
      const body = Uint8Array.of(1, 2, 3);
      const credential: Credential = {
        attach: () => ({
          answered({ status }) {
            body.fill(9);
            return status === 401 ? "nonce" : undefined;
          },
        }),
      };
      const stage = await setStage(server, { "/orders": [{ status: 401 }, {}] });
      const fetch = connect({ origins: [server.home], credential });
      await fetch(stage.url("/orders"), { method: "PUT", body });
      const sent = (await stage.received()).map(({ body }) => body);
      expect(sent, [btoa("\x01\x02\x03"), btoa("\x01\x02\x03")], "the bodies");
    },
  },
  {
    name: "sends a body again after a redirect that keeps it, and none after one that does not",
    needs: ["redirects"],
    async run({ server, connect }) {
      for (const [status, method, kept] of [
        [301, "GET", false],
        [302, "GET", false],
        [303, "GET", false],
        [307, "POST", true],
        [308, "POST", true],
      ] as const) {
        const stage = await setStage(server, {
          "/start": [{ status, headers: [["location", "./end"]] }],
          "/end": [{}],
        });
        const fetch = connect({ origins: [server.home], credential: stubborn() });
        await fetch(stage.url("/start"), { method: "POST", body: "content" });
        const [start, end] = await stage.received();
        if (!start || !end) throw new Error(`the redirect by ${status} was not followed`);
        expect(end.method, method, `the method after ${status}`);
        expect(end.body, kept ? btoa("content") : "", `the body after ${status}`);
        const type = kept ? headerOf(start, "content-type") : [];
        expect(headerOf(end, "content-type"), type, `the content type after ${status}`);
      }
    },
  },
  {
    name: "sends a stream once; a refusal is a typed error",
    needs: ["one-shot"],
    async run({ server, connect }) {
      const stage = await setStage(server, { "/orders": [{ status: 401 }, {}] });
      const fetch = connect({ origins: [server.home], credential: stubborn() });
      const call = fetch(stage.url("/orders"), oneShot("streamed"));
      expect(codeOf(await failureOf(call)), "not_replayable", "the failure");
      const sent = (await stage.received()).map(({ body }) => atob(body));
      expect(sent, ["streamed"], "what was sent");
    },
  },
  {
    name: "sends a stream once; a redirect that keeps the body is a typed error",
    needs: ["redirects", "one-shot"],
    async run({ server, connect }) {
      const stage = await setStage(server, {
        "/start": [{ status: 307, headers: [["location", "./end"]] }],
        "/end": [{}],
      });
      const fetch = connect({ origins: [server.home], credential: stubborn() });
      const call = fetch(stage.url("/start"), oneShot("streamed"));
      expect(codeOf(await failureOf(call)), "not_replayable", "the failure");
      expect((await stage.received()).length, 1, "how many requests came");
    },
  },
  {
    name: "sends a stream again that can be made again, byte for byte",
    needs: ["replayable"],
    async run({ server, connect }) {
      const stage = await setStage(server, { "/orders": [{ status: 401 }, {}] });
      const fetch = connect({ origins: [server.home], credential: stubborn() });
      const body = replayable(() => stream("streamed".repeat(20_000)));
      const init = { method: "POST", body, duplex: "half" } as RequestInit;
      expect((await fetch(stage.url("/orders"), init)).status, 200, "the status");
      const sent = (await stage.received()).map(({ body }) => atob(body));
      expect(sent, Array(2).fill("streamed".repeat(20_000)), "what was sent");
    },
  },
  {
    name: "sends a stream whose request is admitted",
    needs: ["one-shot"],
    async run({ server, connect }) {
      const stage = await setStage(server, { "/orders": [{}] });
      const fetch = connect({ origins: [server.home], credential: apiKey({ key: "k" }) });
      expect((await fetch(stage.url("/orders"), oneShot("streamed"))).status, 200, "the status");
      expect(atob((await stage.received())[0]?.body ?? ""), "streamed", "what was sent");
    },
  },
];

function oneShot(text: string): RequestInit {
  return { method: "POST", body: stream(text), ...{ duplex: "half" } };
}
