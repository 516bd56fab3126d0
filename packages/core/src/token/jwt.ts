import { bindingChecks, checkBinding } from "../binding/check-binding.ts";
import { findToken, type Presentation } from "../binding/presentation.ts";
import type { SessionCookie } from "../cookie/session-cookie.ts";
import type { Dpop } from "../dpop/dpop.ts";
import { bearerChallenge } from "../guard/challenges.ts";
import type { Principal } from "../guard/principal.ts";
import { claimsMismatch, tokenMalformed, tokenRevoked } from "../guard/refusals.ts";
import type { AuthContext, Scheme } from "../guard/scheme.ts";
import { rejected, type Verdict } from "../guard/verdict.ts";
import type { RevocationStore } from "../state/revocations.ts";
import { requireThat } from "../wire/configuration-error.ts";
import { after, type MaybePromise } from "../wire/maybe-promise.ts";
import type { JsonObject } from "../wire/strict-json.ts";
import { claimChecks } from "./check-claims.ts";
import type { ClaimsOf, ClaimsSchema } from "./claims-schema.ts";
import type { JwtVerifierOptions } from "./create-jwt-verifier.ts";
import { looksLikeJwt } from "./parse-token.ts";
import { refuseRevoked } from "./revocation.ts";
import { principalReader, type ReadingOptions, type TokenFacts } from "./token-principal.ts";
import { createTokenVerifier } from "./token-verifier.ts";
import { tokenChecks } from "./verify-token.ts";

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
  const { readFacts, toPrincipal } = principalReader(name, options);
  const verifier = createTokenVerifier(options, ({ claims }) => readFacts(claims));
  const { revocations, dpop, cookie } = options;
  requireThat(
    revocations === undefined || typeof revocations.isRevoked === "function",
    "jwt: revocations must be a RevocationStore: createMemoryRevocations().",
  );

  const accept = (
    facts: TokenFacts,
    presentation: Presentation,
    context: AuthContext,
  ): MaybePromise<Verdict<P>> => {
    return after(checkBinding(facts.confirmation, presentation, dpop, context), (bound) =>
      "kind" in bound
        ? bound
        : (toPrincipal({ facts, issuer: facts.issuer, bound }) as MaybePromise<Verdict<P>>),
    );
  };

  const admit = (
    facts: TokenFacts,
    presentation: Presentation,
    context: AuthContext,
  ): MaybePromise<Verdict<P>> => {
    if (!revocations) return accept(facts, presentation, context);
    const token = { text: presentation.token, claims: facts.claims };
    return after(
      refuseRevoked(revocations, token),
      (refusal) => refusal ?? accept(facts, presentation, context),
    );
  };

  const verify = (presentation: Presentation, context: AuthContext): MaybePromise<Verdict<P>> =>
    after(verifier.verify(presentation.token, context.now), (result) =>
      "kind" in result ? result : admit(result, presentation, context),
    );

  return Object.freeze<Scheme<P>>({
    name,
    takes: ["JWTs sent as Bearer (for several issuers, use one jwt({ issuers: [ … ] }))"],
    bearer: "shape",
    issuers: verifier.issuers.map(({ issuer }) => issuer),
    dpopAlgorithms: dpop?.algorithms,
    requires: dpop?.requires,
    find(request, authorization) {
      const presentation = findToken(request, authorization, dpop !== undefined);
      if (presentation === undefined) {
        return cookie?.find(request, (token, context) =>
          verify({ token, authScheme: "Bearer", request }, context),
        );
      }
      const { token, authScheme } = presentation;
      if (!looksLikeJwt(token)) return rejected(tokenMalformed, { authScheme });
      return {
        location: "authorization",
        authScheme,
        presented: () => token,
        verify: (context) => verify(presentation, context),
      };
    },
    checks({ authScheme, yields: isInCookie }) {
      const checks = [
        ...tokenChecks,
        ...claimChecks,
        ...(revocations ? [tokenRevoked] : []),
        ...bindingChecks(authScheme, dpop),
        ...(options.claims ? [claimsMismatch] : []),
      ];
      return cookie && isInCookie ? cookie.checks(checks) : checks;
    },
    challenges: (rejection, context) =>
      dpop?.challenges(rejection, context) ?? [bearerChallenge(rejection, context)],
    describe: () => [
      { type: "http", scheme: "bearer", bearerFormat: "JWT" },
      ...(dpop ? [{ type: "http", scheme: "dpop" } as const] : []),
    ],
  });
}
