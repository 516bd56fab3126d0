import { ConfigurationError, toSecret } from "@countersign/core/wire";
import { apiKey } from "../credential/api-key.ts";
import { bearer } from "../credential/bearer.ts";
import type { Credential } from "../credential/credential.ts";
import { headerOf, setStage } from "./stage.ts";
import { codeOf, expect, failureOf, type TransportCase, textIn } from "./transport-case.ts";

/** What is refused before anything is sent. */
export const refusalCases: readonly TransportCase[] = [
  {
    name: "refuses an origin over plain http that is not this machine",
    async run({ connect }) {
      const origins = ["http://api.example.com"];
      const create = async () => connect({ origins, credential: bearer("marked-token") });
      const failure = await failureOf(create());
      expect(failure instanceof ConfigurationError, true, "whether it is the programmer's mistake");
    },
  },
  {
    name: "sends nothing to an origin that is not listed",
    async run({ server, connect }) {
      for (const origin of [server.otherPort, server.otherHost, server.secure]) {
        const stage = await setStage(server, { "/orders": [{}] });
        const fetch = connect({ origins: [server.home], credential: bearer("marked-token") });
        const failure = await failureOf(fetch(stage.url("/orders", origin)));
        expect(codeOf(failure), "origin_not_allowed", `the failure for ${origin}`);
        expect((await stage.received()).length, 0, "how many requests came");
      }
    },
  },
  {
    name: "sends no user name and no password of a URL",
    async run({ server, connect }) {
      const stage = await setStage(server, { "/orders": [{}] });
      const fetch = connect({ origins: [server.home], credential: bearer("marked-token") });
      for (const user of ["ada:marked@", "ada@"]) {
        // Some libraries drop it before it comes to us; nothing is to be said against that.
        await fetch(stage.url("/orders").replace("//", `//${user}`)).catch(() => {});
      }
      const sent = (await stage.received()).flatMap((each) => headerOf(each, "authorization"));
      expect(
        sent.every((value) => value === "Bearer marked-token"),
        true,
        sent.join(),
      );
    },
  },
  conflict("header", bearer("marked-token"), { headers: { authorization: "Basic YTpi" } }),
  conflict("header in another case", apiKey({ key: "marked" }), { headers: { "x-api-KEY": "k" } }),
  conflict("query parameter", apiKey({ key: "marked", query: "k" }), {}, "?a=1&k=2"),
  conflict("encoded query parameter", apiKey({ key: "marked", query: "k" }), {}, "?%6B="),
  {
    name: "sends nothing with a credential that no header can carry",
    async run({ server, connect }) {
      const stage = await setStage(server, { "/orders": [{}] });
      for (const value of ["marked\r\nx: y", "marked\n", "marked\u0000"]) {
        const credential: Credential = { attach: () => ({ headers: { "x-a": toSecret(value) } }) };
        const fetch = connect({ origins: [server.home], credential });
        const failure = await failureOf(fetch(stage.url("/orders")));
        expect(textIn(failure).includes("marked"), false, "whether the failure shows it");
      }
      expect((await stage.received()).length, 0, "how many requests came");
    },
  },
  {
    name: "passes a failure of the credential on",
    async run({ server, connect }) {
      const stage = await setStage(server, { "/orders": [{}] });
      const attach = () => Promise.reject(new Error("the vault is sealed"));
      const fetch = connect({ origins: [server.home], credential: { attach } });
      const failure = await failureOf(fetch(stage.url("/orders")));
      expect(String((failure as Error).message).includes("sealed"), true, String(failure));
      expect((await stage.received()).length, 0, "how many requests came");
    },
  },
];

function conflict(
  what: string,
  credential: Credential,
  init: RequestInit,
  query = "",
): TransportCase {
  return {
    name: `sends nothing when the caller has written the credential's ${what}`,
    async run({ server, connect }) {
      const stage = await setStage(server, { "/orders": [{}] });
      const fetch = connect({ origins: [server.home], credential });
      const failure = await failureOf(fetch(stage.url("/orders") + query, init));
      expect(codeOf(failure), "unsendable_credential", "the failure");
      expect((await stage.received()).length, 0, "how many requests came");
    },
  };
}
