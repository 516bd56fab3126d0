import { carriesCredential, kinds } from "./kinds.ts";
import { headerOf, setStage } from "./stage.ts";
import { expect, type TransportCase } from "./transport-case.ts";

const bytes = Uint8Array.from({ length: 1024 }, (_, index) => index);
const base64 = btoa(String.fromCharCode(...bytes));

/** What goes out and what comes back when all is well. */
export const sendingCases: readonly TransportCase[] = [
  ...kinds.map(
    ({ name, needs = [], create, challenge }): TransportCase => ({
      name: `sends ${name} to its own origin`,
      needs,
      async run({ server, connect }) {
        const admitted = { status: 200, body: "admitted" };
        const stage = await setStage(server, {
          "/orders": challenge ? [challenge, admitted] : [admitted],
        });
        const fetch = connect({ origins: [server.home], credential: await create() });
        const answer = await fetch(stage.url("/orders"));
        expect([answer.status, await answer.text()], [200, "admitted"], "the answer");
        const last = (await stage.received()).at(-1);
        expect(last !== undefined && carriesCredential(last), true, "whether the credential came");
      },
    }),
  ),
  {
    name: "leaves the request's own method, URL, headers and body as they are",
    async run({ server, connect }) {
      const { create } = kinds[0] as (typeof kinds)[number];
      const stage = await setStage(server, { "/or'ders/%27%2F": [{}] });
      const fetch = connect({ origins: [server.home], credential: await create() });
      const headers = { "X-Mine": "a, b;c", "Content-Type": "application/x-test" };
      const url = `${stage.url("/or'ders/%27%2F")}?a=b+c%20d&e&f=%25#part`;
      await fetch(url, { method: "PATCH", headers, body: "grüße" });
      const [received] = await stage.received();
      if (!received) throw new Error("nothing came");
      expect(received.method, "PATCH", "the method");
      expect(`${server.home}${received.path}#part`, url, "the URL");
      expect(headerOf(received, "x-mine"), ["a, b;c"], "a header");
      expect(headerOf(received, "content-type"), ["application/x-test"], "the content type");
      expect(
        received.body,
        btoa(String.fromCharCode(...new TextEncoder().encode("grüße"))),
        "the body",
      );
    },
  },
  ...[200, 201, 400, 401, 403, 404, 500, 503].map(
    (status): TransportCase => ({
      name: `gives an answer of ${status} as it came`,
      async run({ server, connect }) {
        const { create } = kinds[0] as (typeof kinds)[number];
        const headers = [["x-theirs", "a, b"]] as const;
        const stage = await setStage(server, { "/orders": [{ status, headers, base64 }] });
        const fetch = connect({ origins: [server.home], credential: await create() });
        const answer = await fetch(stage.url("/orders"));
        expect(answer.status, status, "the status");
        expect(answer.headers.get("x-theirs"), "a, b", "a header");
        const body = new Uint8Array(await answer.arrayBuffer());
        expect([...body], [...bytes], "the body");
        expect((await stage.received()).length, 1, "how many requests came");
      },
    }),
  ),
  {
    name: "gives answers without a body",
    async run({ server, connect }) {
      const { create } = kinds[0] as (typeof kinds)[number];
      const stage = await setStage(server, {
        "/head": [{ body: "1" }],
        "/none": [{ status: 204 }],
      });
      const fetch = connect({ origins: [server.home], credential: await create() });
      const head = await fetch(stage.url("/head"), { method: "HEAD" });
      expect([head.status, await head.text()], [200, ""], "the answer to HEAD");
      const none = await fetch(stage.url("/none"), { method: "DELETE" });
      expect([none.status, await none.text()], [204, ""], "the answer without content");
    },
  },
  {
    name: "gives a body byte by byte, as slowly as it comes",
    async run({ server, connect }) {
      const { create } = kinds[0] as (typeof kinds)[number];
      const body = "slow ".repeat(20);
      const stage = await setStage(server, { "/orders": [{ body, fault: "trickle" }] });
      const fetch = connect({ origins: [server.home], credential: await create() });
      const answer = await fetch(stage.url("/orders"));
      expect(await answer.text(), body, "the body");
    },
  },
];
