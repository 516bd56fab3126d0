import { bearerChallenge } from "../guard/challenges.ts";
import { createPrincipal, type Principal } from "../guard/principal.ts";
import type { Scheme } from "../guard/scheme.ts";
import { accepted, type Verdict } from "../guard/verdict.ts";
import { after } from "../wire/maybe-promise.ts";
import { clientIdOf } from "./check-claims.ts";
import { type JwtVerifierOptions, verifyToken } from "./create-jwt-verifier.ts";
import { looksLikeJwt, type ParsedToken } from "./parse-token.ts";
import { type ClaimReader, readNames } from "./read-claim.ts";
import type { JsonObject } from "./strict-json.ts";
import { toTrustedIssuers } from "./trusted-issuer.ts";

/** The claims of a JWT access token that have a meaning here; all others are `unknown`. */
export interface JwtClaims extends JsonObject {
  readonly iss: string;
  readonly exp: number;
  readonly sub?: string;
}

/** Whom a JWT names. */
export type JwtPrincipal<N extends string = "jwt"> = Principal<N, JwtClaims> & {
  readonly issuer: string;
  readonly expiresAt: number;
};

/** How JWTs are taken and read. */
export type JwtOptions<N extends string = "jwt"> = JwtVerifierOptions & {
  /** What principals call this scheme. Default `"jwt"`. */
  readonly name?: N;
  /** Where scopes stand. Default: `scope`, else `scp`. */
  readonly scopes?: ClaimReader;
  /** Where roles stand. Default: `roles`. */
  readonly roles?: ClaimReader;
  /** Where permissions stand. Default: `permissions`. */
  readonly permissions?: ClaimReader;
};

/**
 * JWT access tokens, sent as `Authorization: Bearer …` (RFC 6750, RFC 7519, RFC 9068).
 *
 * @throws ConfigurationError when the options cannot be right or safe
 * @example
 * jwt({ issuer: "https://id.example.com", audience: "https://api.example.com" });
 */
export function jwt<const N extends string = "jwt">(
  options: JwtOptions<N>,
): Scheme<JwtPrincipal<N>> {
  const name = options.name ?? ("jwt" as N);
  const issuers = toTrustedIssuers(options);
  const { scopes = readScopes, roles = "roles", permissions = "permissions" } = options;

  const toPrincipal = ({ claims }: ParsedToken): JwtPrincipal<N> =>
    createPrincipal({
      scheme: name,
      subject: claims.sub as string | undefined,
      clientId: clientIdOf(claims),
      issuer: claims.iss as string,
      scopes: readNames(claims, scopes),
      roles: readNames(claims, roles),
      permissions: readNames(claims, permissions),
      claims: freezeDeep(claims) as JwtClaims,
      expiresAt: claims.exp as number,
      authenticatedAt: toTime(claims.auth_time),
    }) as JwtPrincipal<N>;

  return Object.freeze<Scheme<JwtPrincipal<N>>>({
    name,
    bearer: "shape",
    issuers: issuers.map(({ issuer }) => issuer),
    find(_request, authorization) {
      if (authorization?.scheme !== "bearer" || !looksLikeJwt(authorization.value))
        return undefined;
      return {
        location: "authorization",
        verify: ({ now }) =>
          after(
            verifyToken(authorization.value, issuers, now),
            (result): Verdict<JwtPrincipal<N>> =>
              "kind" in result ? result : accepted(toPrincipal(result)),
          ),
      };
    },
    challenges: (rejection) => [bearerChallenge(rejection)],
    describe: () => [{ type: "http", scheme: "bearer", bearerFormat: "JWT" }],
  });
}

/** RFC 9068 §2.2.3 has `scope`; Entra ID and Okta write `scp`. */
function readScopes(claims: JsonObject): readonly string[] {
  return readNames(claims, claims.scope === undefined ? "scp" : "scope");
}

function toTime(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function freezeDeep(value: unknown): unknown {
  if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) freezeDeep(member);
    Object.freeze(value);
  }
  return value;
}
