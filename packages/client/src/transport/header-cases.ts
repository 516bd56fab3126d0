import { kinds } from "./kinds.ts";
import { renewed, withIssuer } from "./retry-cases.ts";
import { setStage } from "./stage.ts";
import { expect, type TransportCase } from "./transport-case.ts";

const odd: readonly (readonly [what: string, ...values: string[]])[] = [
  ["nothing in it", ""],
  ["white space", "   "],
  ["commas alone", ",,,, ,"],
  ["a scheme alone", "Bearer"],
  ["schemes alone", "Bearer, DPoP, Digest, Basic, OAuth"],
  ["an unterminated string", 'Bearer realm="a'],
  ["an unterminated string in Digest", 'Digest nonce="a, qop="auth"'],
  ["a parameter without a value", "Digest nonce"],
  ["a parameter without a name", 'Digest ="a"'],
  ["a parameter twice", 'Digest realm="a", realm="b", nonce="c", nonce="d", qop="auth"'],
  ["an unknown algorithm", 'Digest realm="a", nonce="b", qop="auth", algorithm=SHA-3'],
  ["an unknown qop", 'Digest realm="a", nonce="b", qop="auth-ext"'],
  ["an empty nonce", 'Digest realm="", nonce="", qop="auth"', 'DPoP error="use_dpop_nonce"'],
  ["a nonce with quotes", 'Digest realm="\\"\\\\", nonce="\\"", qop="auth"'],
  ["bytes beyond ASCII", 'Digest realm="\u00fc\u00ff", nonce="\u00e4", qop="auth"'],
  ["odd numbers", 'Bearer error="insufficient_user_authentication", max_age="-1e999"'],
  ["a token68 where parameters belong", "Digest abc==, Bearer abc=="],
  ["many challenges", Array.from({ length: 300 }, (_, nth) => `X${nth} a="b"`).join(", ")],
  ["many lines", ...Array.from({ length: 50 }, () => 'Digest realm="a", nonce="b", qop="auth"')],
  ["8 kB of commas", ",".repeat(8000)],
  ["8 kB of quotes", `Digest realm="${'\\"'.repeat(4000)}"`],
  ["8 kB of spaces", `Digest${" ".repeat(8000)}a`],
];

/** What headers may hold without a call that fails, hangs, or goes on for ever. */
export const headerCases: readonly TransportCase[] = [
  ...odd.map(
    ([what, ...values]): TransportCase => ({
      name: `WWW-Authenticate with ${what} is a refusal like any other`,
      async run({ server, connect }) {
        for (const { create, needs } of kinds) {
          if (needs) continue;
          const headers = values.map((value) => ["www-authenticate", value] as const);
          const stage = await setStage(server, {
            "/orders": [{ status: 401, headers, body: "no" }],
          });
          const fetch = connect({ origins: [server.home], credential: await create() });
          const answer = await fetch(stage.url("/orders"), { method: "POST", body: "{}" });
          expect([answer.status, await answer.text()], [401, "no"], "the answer");
          expect((await stage.received()).length <= 2, true, "whether at most two requests came");
        }
      },
    }),
  ),
  {
    name: "a header of a megabyte ends in an answer or in a failure",
    async run({ server, connect }) {
      const headers = [["www-authenticate", `Bearer realm="${"a".repeat(1_000_000)}"`]] as const;
      const stage = await setStage(server, (url) => ({
        ...withIssuer(url, "none"),
        "/huge": [{ status: 401, headers }],
      }));
      const fetch = connect({ origins: [server.home], credential: renewed(stage) });
      await fetch(stage.url("/huge")).catch(() => {});
    },
  },
];
