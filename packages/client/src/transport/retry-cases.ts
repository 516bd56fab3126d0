import { bearer } from "../credential/bearer.ts";
import type { Credential, Retry } from "../credential/credential.ts";
import { clientCredentials } from "../token/client-credentials.ts";
import { headerOf, type Script, type Stage, setStage } from "./stage.ts";
import { expect, type TransportCase } from "./transport-case.ts";

const reasons: readonly Retry[] = ["token", "nonce", "challenge", "step-up"];

/** Counts its attachments in a header, and asks for another one for these reasons in turn. */
function counting(...asked: readonly Retry[]): Credential {
  let count = 0;
  const left = [...asked];
  return {
    attach: () => ({
      headers: { "x-count": String(++count) },
      answered: ({ status }) => (status === 401 ? left.shift() : undefined),
    }),
  };
}

/** An issuer that gives `token-1`, `token-2` …, and an API that takes one of them alone. */
export function withIssuer(url: Stage["url"], accepted: string): Script {
  const token = (nth: number) => ({
    headers: [["content-type", "application/json"]] as const,
    body: JSON.stringify({ access_token: `token-${nth}`, token_type: "Bearer", expires_in: 3600 }),
  });
  const metadata = { issuer: url(""), token_endpoint: url("/token") };
  return {
    "/.well-known/openid-configuration": [
      { headers: [["content-type", "application/json"]], body: JSON.stringify(metadata) },
    ],
    "/token": [1, 2, 3, 4, 5].map(token),
    "/orders": [
      { when: ["authorization", `Bearer ${accepted}`], body: "admitted" },
      { status: 401 },
    ],
  };
}

/** The credential for {@link withIssuer}. */
export function renewed(stage: Stage): Credential {
  return bearer(
    clientCredentials({ issuer: stage.url(""), clientId: "c", clientSecret: "marked" }),
  );
}

/** What happens after a refusal. */
export const retryCases: readonly TransportCase[] = [
  ...reasons.map(
    (reason): TransportCase => ({
      name: `attaches anew and sends once more, for a ${reason}`,
      async run({ server, connect }) {
        const stage = await setStage(server, {
          "/orders": [{ status: 401 }, { body: "admitted" }],
        });
        const fetch = connect({ origins: [server.home], credential: counting(reason) });
        const answer = await fetch(stage.url("/orders"), { method: "POST", body: "{}" });
        expect([answer.status, await answer.text()], [200, "admitted"], "the answer");
        const counts = (await stage.received()).flatMap((each) => headerOf(each, "x-count"));
        expect(counts, ["1", "2"], "what was attached");
      },
    }),
  ),
  {
    name: "sends once more for each reason, and then takes the refusal",
    async run({ server, connect }) {
      const stage = await setStage(server, { "/orders": [{ status: 401, body: "no" }] });
      const asked = [...reasons, ...reasons, ...reasons];
      const fetch = connect({ origins: [server.home], credential: counting(...asked) });
      const answer = await fetch(stage.url("/orders"));
      expect([answer.status, await answer.text()], [401, "no"], "the answer");
      expect((await stage.received()).length, 1 + reasons.length, "how many requests came");
    },
  },
  {
    name: "does not fall back to what a challenge asks for",
    async run({ server, connect }) {
      const headers = [
        ["www-authenticate", 'Basic realm="a", Digest realm="a", nonce="b"'],
      ] as const;
      const stage = await setStage(server, { "/orders": [{ status: 401, headers }] });
      const fetch = connect({ origins: [server.home], credential: bearer("marked-token") });
      expect((await fetch(stage.url("/orders"))).status, 401, "the status");
      const sent = (await stage.received()).flatMap((each) => headerOf(each, "authorization"));
      expect(sent, ["Bearer marked-token"], "what was sent");
    },
  },
  {
    name: "tells the credential of good answers, too",
    async run({ server, connect }) {
      const heard: unknown[] = [];
      const credential: Credential = {
        attach: () => ({
          async answered({ status, header }) {
            heard.push([status, header("X-Nonce"), header("x-none") ?? null]);
            return undefined;
          },
        }),
      };
      const stage = await setStage(server, {
        "/orders": [{ headers: [["x-nonce", "n-1"]], body: "admitted" }],
      });
      const answer = await connect({ origins: [server.home], credential })(stage.url("/orders"));
      expect(await answer.text(), "admitted", "the body");
      expect(heard, [[200, "n-1", null]], "what it heard");
    },
  },
  {
    name: "renews a refused token once for many calls at once",
    async run({ server, connect }) {
      const stage = await setStage(server, (url) => withIssuer(url, "token-2"));
      const fetch = connect({ origins: [server.home], credential: renewed(stage) });
      const calls = Array.from({ length: 30 }, () => fetch(stage.url("/orders")));
      const answers = await Promise.all(calls);
      const bodies = await Promise.all(answers.map((answer) => answer.text()));
      expect([...new Set(bodies)], ["admitted"], "the bodies");
      const renewals = (await stage.received()).filter(({ path }) => path.endsWith("/token"));
      expect(renewals.length, 2, "how many tokens were asked for");
    },
  },
  {
    name: "takes a second refusal of a token as it is",
    async run({ server, connect }) {
      const stage = await setStage(server, (url) => withIssuer(url, "none"));
      const fetch = connect({ origins: [server.home], credential: renewed(stage) });
      expect((await fetch(stage.url("/orders"))).status, 401, "the status");
      const sent = (await stage.received())
        .filter(({ path }) => path.endsWith("/orders"))
        .flatMap((each) => headerOf(each, "authorization"));
      expect(sent, ["Bearer token-1", "Bearer token-2"], "what was sent");
    },
  },
];
