import { bindingChecks, checkBinding } from "../binding/check-binding.ts";
import { findToken, type Presentation } from "../binding/presentation.ts";
import { otherTokens, token68 } from "../guard/authorization.ts";
import { bearerChallenge } from "../guard/challenges.ts";
import { introspectionUnavailable } from "../guard/outages.ts";
import type { Principal } from "../guard/principal.ts";
import { claimsMismatch, tokenMalformed } from "../guard/refusals.ts";
import type { AuthContext, Scheme } from "../guard/scheme.ts";
import { rejected, type Verdict } from "../guard/verdict.ts";
import { toRecipients } from "../token/audience.ts";
import type { ClaimsOf, ClaimsSchema } from "../token/claims-schema.ts";
import { longestToken } from "../token/parse-token.ts";
import { principalReader } from "../token/token-principal.ts";
import type { JsonObject } from "../wire/strict-json.ts";
import { rememberAnswers } from "./answers.ts";
import { askIssuer } from "./ask-issuer.ts";
import { answerChecks, checkAnswer } from "./check-answer.ts";
import { type IntrospectionOptions, toIssuerToAsk, toLifetime } from "./options.ts";

/** What an issuer says of an active token, as far as it has a meaning here; all else is `unknown`. */
export interface IntrospectionClaims extends JsonObject {
  readonly active: true;
  readonly sub?: string;
  readonly exp?: number;
}

/** Whom a token names, as its issuer says. */
export type IntrospectionPrincipal<
  N extends string = "introspection",
  C extends object = IntrospectionClaims,
> = Principal<N, C>;

/**
 * Opaque tokens, sent as `Authorization: Bearer …`, which their issuer is asked about (RFC 7662). In one
 * guard with `jwt`, it takes the tokens that are no JWTs; alone, it takes all.
 *
 * Answers are remembered: a revoked token may be accepted for up to 30 s more. When the issuer cannot be
 * asked, tokens that are not remembered get 503, and it is left alone for 1 s, then 2 s, up to 30 s.
 *
 * @throws ConfigurationError when the options cannot be right or safe
 * @example
 * introspection({
 *   issuer: "https://id.example.com",
 *   clientId: "orders-api",
 *   clientSecret: process.env.CLIENT_SECRET,
 *   audience: "https://api.example.com",
 * });
 */
export function introspection<
  const N extends string = "introspection",
  S extends ClaimsSchema = ClaimsSchema<IntrospectionClaims>,
>(options: IntrospectionOptions<N, S>): Scheme<IntrospectionPrincipal<N, ClaimsOf<S>>> {
  type P = IntrospectionPrincipal<N, ClaimsOf<S>>;
  const name = options.name ?? ("introspection" as N);
  const { audience, clientIds, issuer, dpop } = options;
  const expected = { issuer, ...toRecipients({ audience, clientId: clientIds }, "clientIds") };
  const answerTo = rememberAnswers(askIssuer(toIssuerToAsk(options)), toLifetime(options.cache));
  const { readFacts, toPrincipal } = principalReader(name, options);

  const verify = async (presentation: Presentation, context: AuthContext): Promise<Verdict<P>> => {
    const { now } = context;
    const told = await answerTo(presentation.token, now);
    if ("kind" in told) return told;
    const { answer } = told;
    const refusal = checkAnswer(answer, expected, now);
    if (refusal !== undefined) return refusal;
    const facts = readFacts(answer);
    const bound = await checkBinding(facts.confirmation, presentation, dpop, context);
    if ("kind" in bound) return bound;
    return toPrincipal({ facts, issuer: facts.issuer ?? issuer, bound });
  };

  return Object.freeze<Scheme<P>>({
    name,
    takes: [otherTokens],
    bearer: "fallback",
    dpopAlgorithms: dpop?.algorithms,
    requires: dpop?.requires,
    issuers: issuer === undefined ? [] : [issuer],
    find(request, authorization) {
      const presentation = findToken(request, authorization, dpop !== undefined);
      if (presentation === undefined) return undefined;
      const { token, authScheme } = presentation;
      // The issuer is not bothered with what cannot be a token (RFC 6750 §2.1).
      if (token68(token) === undefined || token.length > longestToken) {
        const expected = `a token68 of at most ${longestToken} characters`;
        const details = { expected, found: `${token.length} characters` };
        return rejected(tokenMalformed, { authScheme, details });
      }
      return {
        location: "authorization",
        authScheme,
        presented: () => token,
        verify: (context) => verify(presentation, context),
      };
    },
    checks: ({ authScheme }) => [
      introspectionUnavailable,
      ...answerChecks,
      ...bindingChecks(authScheme, dpop),
      ...(options.claims ? [claimsMismatch] : []),
    ],
    challenges: (rejection, context) =>
      dpop?.challenges(rejection, context) ?? [bearerChallenge(rejection, context)],
    describe: () => [
      { type: "http", scheme: "bearer" },
      ...(dpop ? [{ type: "http", scheme: "dpop" } as const] : []),
    ],
  });
}
