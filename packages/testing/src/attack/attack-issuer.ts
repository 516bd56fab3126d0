import type { JWK } from "jose";
import { listen } from "../issuer/listen.ts";
import { goodKeys, keys, publishedKeys } from "./keys.ts";

/** The issuer that an endpoint trusts while it is attacked: it knows all keys, and counts who comes. */
export interface AttackIssuer extends AsyncDisposable {
  /** The `iss` of its tokens; discovery and `/jwks` are below it. */
  readonly url: string;
  readonly jwksUrl: string;
  readonly audience: string;
  /** The paths that were asked for, in order. */
  readonly requests: readonly string[];
  /** Whether keys that nobody must use are published among the good ones. */
  readonly hasOddKeys: boolean;
  close(): Promise<void>;
}

/** How the issuer is made; nothing needs to be said. */
export interface AttackIssuerOptions {
  /** The `aud` of its tokens. Default `https://api.test`. */
  readonly audience?: string;
  /** Where it listens on 127.0.0.1. Default: a free port. */
  readonly port?: number;
  /**
   * Whether a secret, keys for other uses, a short one and one that misfits its algorithm are published among
   * the good keys. Default: yes; some servers read no set that has one of them.
   */
  readonly oddKeys?: boolean;
  /** What it publishes, instead of all: keys whose `alg` is one of these, or fixed by their type. */
  readonly algorithms?: readonly string[];
}

/**
 * Serves an issuer on 127.0.0.1 for an endpoint to trust while it is attacked. Never for production.
 *
 * @example
 * await using issuer = await createAttackIssuer();
 * // Have the endpoint trust issuer.url and issuer.audience, then:
 * const report = await attack(fetch, { url: "http://127.0.0.1:3000/orders", issuer });
 */
export async function createAttackIssuer(options: AttackIssuerOptions = {}): Promise<AttackIssuer> {
  const { audience = "https://api.test", port = 0, oddKeys = true } = options;
  const published = oddKeys ? publishedKeys : goodKeys.filter(isOneOf(options.algorithms));
  const requests: string[] = [];
  const answer = async (request: Request): Promise<Response> => {
    const { pathname, origin } = new URL(request.url);
    requests.push(pathname);
    if (pathname === "/jwks") return Response.json({ keys: published });
    if (/^\/\.well-known\/(openid-configuration|oauth-authorization-server)$/.test(pathname)) {
      return Response.json({
        ...{ issuer: origin, jwks_uri: `${origin}/jwks`, response_types_supported: ["code"] },
        ...{ authorization_endpoint: `${origin}/authorize`, token_endpoint: `${origin}/token` },
        ...{ id_token_signing_alg_values_supported: ["RS256", "ES256", "PS256", "EdDSA"] },
        subject_types_supported: ["public"],
      });
    }
    // Whoever follows a token's header gets what it asked for.
    return Response.json({ keys: [keys.attacker.jwk] });
  };
  const { url, close } = await listen(answer, port);
  const issuer = { url, jwksUrl: `${url}/jwks`, audience, requests, hasOddKeys: oddKeys, close };
  return Object.assign(issuer, { [Symbol.asyncDispose]: close });
}

function isOneOf(algorithms: readonly string[] | undefined) {
  return ({ alg = "RS256" }: JWK) => algorithms?.includes(alg) ?? true;
}

/** Whether a path is one that a server asks for by itself, and no trap. */
export function isPublic(path: string): boolean {
  return path === "/jwks" || path.startsWith("/.well-known/");
}
