import { abortable } from "../abortable.ts";
import type { Credential } from "../credential/credential.ts";
import { kinds } from "./kinds.ts";
import { renewed, withIssuer } from "./retry-cases.ts";
import { type Step, setStage } from "./stage.ts";
import { codeOf, expect, failureOf, type TransportCase, textIn } from "./transport-case.ts";

const tokenFailures: readonly (readonly [
  what: string,
  answer: (elsewhere: string) => Step,
  code: string,
])[] = [
  [
    "redirects",
    (elsewhere) => ({ status: 307, headers: [["location", elsewhere]] }),
    "token_request_failed",
  ],
  ["hangs up", () => ({ fault: "reset" }), "token_endpoint_unreachable"],
  [
    "hangs up in the middle of its answer",
    () => ({ fault: "reset-midway", body: '{"access_token":"marked-token"}' }),
    "token_endpoint_unreachable",
  ],
];

/** What happens when the network, the caller or the server lets go. */
export const failureCases: readonly TransportCase[] = [
  ...kinds.map(
    ({ name, needs = [], create, challenge }): TransportCase => ({
      name: `a connection that is reset fails, and the failure does not show ${name}`,
      needs,
      async run({ server, connect }) {
        const broken = { fault: "reset" } as const;
        const stage = await setStage(server, {
          "/orders": challenge ? [challenge, broken] : [broken],
        });
        const fetch = connect({ origins: [server.home], credential: await create() });
        const failure = await failureOf(fetch(stage.url("/orders"), { method: "POST" }));
        expect(textIn(failure).includes("marked"), false, "whether it shows a secret");
      },
    }),
  ),
  ...tokenFailures.map(
    ([what, answer, code]): TransportCase => ({
      name: `a token endpoint that ${what} is an error, and nothing is sent anywhere else`,
      async run({ server, connect }) {
        const stage = await setStage(server, (url) => {
          const script = withIssuer(url, "token-1");
          const elsewhere = url("/elsewhere", server.otherPort);
          return { ...script, "/token": [answer(elsewhere)], "/elsewhere": script["/token"] ?? [] };
        });
        const fetch = connect({ origins: [server.home], credential: renewed(stage) });
        const failure = await failureOf(fetch(stage.url("/orders")));
        expect(codeOf(failure), code, "the code");
        expect(textIn(failure).includes("marked"), false, "whether it shows a secret");
        const places = (await stage.received()).map(({ path }) => path.split("/").at(-1));
        expect([...new Set(places)], ["openid-configuration", "token"], "where requests came");
      },
    }),
  ),
  {
    name: "an answer that is cut off fails while it is read",
    async run({ server, connect }) {
      const stage = await setStage(server, {
        "/orders": [{ fault: "reset-midway", body: "half of it" }],
      });
      const fetch = connect({ origins: [server.home], credential: { attach: () => ({}) } });
      await failureOf((async () => (await fetch(stage.url("/orders"))).text())());
    },
  },
  {
    name: "a call that is aborted before it starts sends nothing",
    async run({ server, connect }) {
      const stage = await setStage(server, { "/orders": [{}] });
      const fetch = connect({ origins: [server.home], credential: waiting() });
      await failureOf(fetch(stage.url("/orders"), { signal: AbortSignal.abort() }));
      expect((await stage.received()).length, 0, "how many requests came");
    },
  },
  {
    name: "an abort ends the waiting for a credential, and nothing is sent",
    async run({ server, connect }) {
      const stage = await setStage(server, { "/orders": [{}] });
      const aborter = new AbortController();
      const credential = waiting(() => aborter.abort());
      const fetch = connect({ origins: [server.home], credential });
      await failureOf(fetch(stage.url("/orders"), { signal: aborter.signal }));
      expect((await stage.received()).length, 0, "how many requests came");
    },
  },
  {
    name: "an abort ends the waiting for an answer",
    async run({ server, connect }) {
      const stage = await setStage(server, { "/orders": [{ fault: "hang" }] });
      const aborter = new AbortController();
      const fetch = connect({ origins: [server.home], credential: { attach: () => ({}) } });
      const call = fetch(stage.url("/orders"), { signal: aborter.signal });
      const failure = failureOf(call);
      while ((await stage.received()).length === 0);
      aborter.abort();
      await failure;
    },
  },
  {
    name: "an abort ends the waiting for what a credential makes of an answer",
    async run({ server, connect }) {
      const stage = await setStage(server, { "/orders": [{ status: 401 }] });
      const aborter = new AbortController();
      const credential: Credential = {
        attach: (_, { signal }) => ({
          answered() {
            aborter.abort();
            return abortable(new Promise(() => {}), signal);
          },
        }),
      };
      const fetch = connect({ origins: [server.home], credential });
      await failureOf(fetch(stage.url("/orders"), { signal: aborter.signal }));
      expect((await stage.received()).length, 1, "how many requests came");
    },
  },
  {
    name: "an abort ends the reading of an answer",
    async run({ server, connect }) {
      const stage = await setStage(server, {
        "/orders": [{ body: "half of it", fault: "hang-midway" }],
      });
      const aborter = new AbortController();
      const fetch = connect({ origins: [server.home], credential: { attach: () => ({}) } });
      const read = async () => {
        const answer = await fetch(stage.url("/orders"), { signal: aborter.signal });
        const text = answer.text();
        aborter.abort();
        return text;
      };
      const failure = failureOf(read());
      // Transports that read the whole answer before they give it are still waiting for it.
      while ((await stage.received()).length === 0);
      aborter.abort();
      await failure;
    },
  },
];

/** A credential that is never ready, and heeds the caller's signal, as all of ours do. */
function waiting(started = () => {}): Credential {
  return {
    attach(_, { signal }) {
      started();
      return abortable(new Promise(() => {}), signal);
    },
  };
}
