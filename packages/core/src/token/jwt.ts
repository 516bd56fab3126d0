import { bindingChecks, checkBinding } from "../binding/check-binding.ts";
import { findToken, type Presentation } from "../binding/presentation.ts";
import type { SessionCookie } from "../cookie/session-cookie.ts";
import type { Dpop } from "../dpop/dpop.ts";
import { tokenChallenges } from "../guard/challenges.ts";
import type { Principal } from "../guard/principal.ts";
import type { AuthContext, Scheme } from "../guard/scheme.ts";
import type { Verdict } from "../guard/verdict.ts";
import type { RevocationStore } from "../state/revocations.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { after, type MaybePromise } from "../wire/maybe-promise.ts";
import type { JsonObject } from "../wire/strict-json.ts";
import type { ClaimsOf, ClaimsSchema } from "./claims-schema.ts";
import { type JwtVerifierOptions, tokenChecks, verifyToken } from "./create-jwt-verifier.ts";
import { looksLikeJwt, type ParsedToken } from "./parse-token.ts";
import { refuseRevoked } from "./revocation.ts";
import { principalReader, type ReadingOptions } from "./token-principal.ts";
import { toTrustedIssuers } from "./trusted-issuer.ts";

/** The claims of a JWT access token that have a meaning here; all others are `unknown`. */
export interface JwtClaims extends JsonObject {
  readonly iss: string;
  readonly exp: number;
  readonly sub?: string;
}

/** Whom a JWT names. */
export type JwtPrincipal<N extends string = "jwt", C extends object = JwtClaims> = Principal<
  N,
  C
> & {
  readonly issuer: string;
  readonly expiresAt: number;
};

/** How JWTs are taken and read. */
export type JwtOptions<
  N extends string = "jwt",
  S extends ClaimsSchema = ClaimsSchema<JwtClaims>,
> = JwtVerifierOptions &
  ReadingOptions<S> & {
    /** What principals call this scheme. Default `"jwt"`. */
    readonly name?: N;
    /** Which tokens have been revoked: asked for every request. Default: none has. */
    readonly revocations?: RevocationStore;
    /** Takes tokens that are bound to a key (RFC 9449). Default: refuses them. */
    readonly dpop?: Dpop;
    /** Takes tokens from a cookie too, with protection against forged requests. Default: it does not. */
    readonly cookie?: SessionCookie;
  };

/**
 * JWT access tokens, sent as `Authorization: Bearer …` (RFC 6750, RFC 7519, RFC 9068), or as `DPoP …`
 * with a proof (RFC 9449). One that is bound to a certificate is taken with that alone (RFC 8705).
 *
 * @throws ConfigurationError when the options cannot be right or safe
 * @example
 * jwt({ issuer: "https://id.example.com", audience: "https://api.example.com" });
 */
export function jwt<
  const N extends string = "jwt",
  S extends ClaimsSchema = ClaimsSchema<JwtClaims>,
>(options: JwtOptions<N, S>): Scheme<JwtPrincipal<N, ClaimsOf<S>>> {
  type P = JwtPrincipal<N, ClaimsOf<S>>;
  const name = options.name ?? ("jwt" as N);
  const issuers = toTrustedIssuers(options);
  const { revocations, dpop, cookie } = options;
  if (revocations !== undefined && typeof revocations.isRevoked !== "function") {
    throw new ConfigurationError(
      "jwt: revocations must be a RevocationStore: createMemoryRevocations().",
    );
  }
  const read = principalReader(name, options);

  const admit = (
    token: ParsedToken,
    presentation: Presentation,
    context: AuthContext,
  ): MaybePromise<Verdict<P>> => {
    const { text, claims } = token;
    const issuer = claims.iss as string;
    const revoked = revocations && refuseRevoked(revocations, token);
    return after(revoked, (refusal) => {
      if (refusal !== undefined) return refusal;
      return after(checkBinding(claims.cnf, presentation, dpop, context), (bound) =>
        "kind" in bound
          ? bound
          : (read({ text, claims, issuer, bound }) as MaybePromise<Verdict<P>>),
      );
    });
  };

  const verify = (presentation: Presentation, context: AuthContext): MaybePromise<Verdict<P>> =>
    after(verifyToken(presentation.token, issuers, context.now), (result) =>
      "kind" in result ? result : admit(result, presentation, context),
    );

  return Object.freeze<Scheme<P>>({
    name,
    bearer: "shape",
    issuers: issuers.map(({ issuer }) => issuer),
    dpopAlgorithms: dpop?.algorithms,
    needsPublicUrl: dpop !== undefined,
    find(request, authorization) {
      const presentation = findToken(request, authorization, dpop !== undefined);
      if (presentation === undefined) {
        return cookie?.find(request, (token, context) =>
          verify({ token, authScheme: "Bearer", request }, context),
        );
      }
      if (!looksLikeJwt(presentation.token)) return undefined;
      return {
        location: "authorization",
        authScheme: presentation.authScheme,
        verify: (context) => verify(presentation, context),
      };
    },
    checks: ({ authScheme, yields: isCookie }) => [
      ...(isCookie ? (["credential_conflict"] as const) : []),
      ...tokenChecks,
      ...(revocations ? (["token_revoked"] as const) : []),
      ...bindingChecks(authScheme, dpop),
      ...(options.claims ? (["claims_mismatch"] as const) : []),
      ...(isCookie ? (["csrf_suspected"] as const) : []),
    ],
    challenges: (rejection) => tokenChallenges(rejection, dpop?.algorithms),
    describe: () => [
      { type: "http", scheme: "bearer", bearerFormat: "JWT" },
      ...(dpop ? [{ type: "http", scheme: "dpop" } as const] : []),
    ],
  });
}
