import { createGuard, jwt } from "@countersign/core";
import type { Measurement } from "../measurement.ts";
import { type Contestant, race } from "../race.ts";
import type { Run } from "../run.ts";
import { audience, createMinter, issuer, mintMany } from "../tokens.ts";
import { bearing } from "./bearing.ts";

/** What refusing costs a guard, its answer's challenges included, beside accepting. */
export async function refusals({ isQuick, tell }: Run): Promise<Measurement[]> {
  tell("refusals: beside an accepted token");
  const minter = createMinter("RS256");
  const pieces = isQuick ? 300 : 1000;
  const good = mintMany(minter, pieces);
  const contestants = Object.entries(toRefuse(good)).map(([name, tokens]): Contestant => {
    const fields = tokens.map((token) => `Bearer ${token}`);
    return {
      name,
      async prepare() {
        const scheme = jwt({ issuer, audience, jwks: minter.jwks, algorithms: ["RS256"] } as never);
        const guard = createGuard({ schemes: [scheme] });
        await guard.check(bearing(`Bearer ${minter.mint()}`));
        const expected = name === "accepted" ? "accepted" : "rejected";
        return (at) => {
          const verdict = guard.check(bearing(fields[at % fields.length] ?? ""));
          if ("kind" in verdict && verdict.kind === expected) return;
          throw new Error(`${name} was not ${expected}.`);
        };
      },
    };
  });
  const rounds = isQuick ? 7 : 15;
  return race("refusals", "RS256", contestants, { rounds, pieces });
}

/** Tokens that fail, by the check at which they do. */
function toRefuse(good: readonly string[]): Record<string, readonly string[]> {
  const withHeader = (header: object) =>
    good.map((token) => [encode(header), ...token.split(".").slice(1)].join("."));
  const withClaims = (claims: object) =>
    good.map((token) => [token.split(".")[0], encode(claims), token.split(".")[2]].join("."));
  return {
    accepted: good,
    "malformed: not base64url": good.map((token) => token.replace(".", ".*")),
    "malformed: two segments": good.map((token) => token.slice(0, token.lastIndexOf("."))),
    "oversized: 17 kB": [`${good[0]}${"A".repeat(17_000)}`],
    "oversized: 1 MB of rubbish": ["x.".repeat(500_000)],
    "foreign issuer": withClaims({ iss: "https://evil.example", exp: 4_000_000_000 }),
    "algorithm off the list": withHeader({ alg: "PS256", typ: "at+jwt" }),
    "algorithm none": withHeader({ alg: "none" }),
    "another signature": good.map((token, at) => swapSignature(token, good[at - 1] ?? good.at(-1))),
  };
}

function swapSignature(token: string, other = ""): string {
  return token.slice(0, token.lastIndexOf(".")) + other.slice(other.lastIndexOf("."));
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
