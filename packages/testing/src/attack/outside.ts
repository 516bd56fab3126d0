import { setTimeout } from "node:timers/promises";
import type { JWK } from "jose";
import { type Listening, listen } from "../issuer/listen.ts";
import { keys, publishedKeys } from "./keys.ts";

/** Everything that a guard may reach: key sets, an introspection endpoint, and traps. */
export interface Outside extends Listening {
  /** The paths that were asked for, in order; any but those of the issuers is a trap. */
  readonly requests: readonly string[];
  /** What the key set of the issuer under attack is from now on. */
  publish(keys: readonly JWK[]): void;
}

/** What the introspection endpoint says of a token, by its name. */
export type Introspected = Readonly<Record<string, string | object>>;

export async function startOutside(introspected: Introspected): Promise<Outside> {
  const requests: string[] = [];
  let published = publishedKeys;
  const answer = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    requests.push(pathname);
    if (pathname === "/jwks") return Response.json({ keys: published });
    if (pathname === "/jwks/b") return Response.json({ keys: [keys.tenantB.jwk] });
    if (pathname !== "/introspect") return Response.json({ keys: [keys.attacker.jwk] });
    const token = new URLSearchParams(await request.text()).get("token") ?? "";
    const said = introspected[token] ?? { active: false };
    // Both say that the token is active: only the status and the time are wrong.
    const status = token.endsWith("-down") ? 500 : 200;
    if (token.endsWith("-slow")) await setTimeout(2000);
    const body = typeof said === "string" ? said : JSON.stringify(said);
    return new Response(body, { status, headers: { "content-type": "application/json" } });
  };
  const listening = await listen(answer);
  return {
    ...listening,
    requests,
    publish(keys) {
      published = keys;
    },
  };
}
