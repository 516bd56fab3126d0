import { requireThat, type Secret, toSecret } from "@countersign/core/wire";
import type { BearerToken, TokenSource } from "../token/token-source.ts";
import type { Credential } from "./credential.ts";

/** A source, or one fixed token, which nobody can renew. */
type Source = Pick<TokenSource<BearerToken>, "token"> & Partial<TokenSource<BearerToken>>;

/**
 * An access token in every request (RFC 6750 §2.1). Tokens of a source are renewed by it; one that
 * the API refuses with 401 is replaced and the request sent once more. A fixed token is never.
 *
 * @param given a source, or one fixed token
 * @throws ConfigurationError when a fixed token is empty or malformed
 * @example
 * bearer(clientCredentials({ issuer, clientId, clientSecret }));
 * bearer(token);
 */
export function bearer(given: TokenSource<BearerToken> | string | Secret): Credential {
  const source = (given as Source).token ? (given as Source) : fixed(given as Secret);
  return {
    async attach({ replayable }, context) {
      // What cannot be sent twice must not travel with a token that is about to be replaced.
      const token = await source.token({ ...context, fresh: !replayable });
      return {
        headers: { authorization: toSecret(`Bearer ${token.value.reveal()}`) },
        async answered(answer) {
          const better = await source.stepUp?.(answer, token, context);
          if (better === undefined && answer.status === 401 && source.invalidate) {
            source.invalidate(token);
            return "token";
          }
          return (better && "step-up") as "step-up"; // false is no reason
        },
      };
    },
  };
}

function fixed(given: string | Secret): Source {
  const value = toSecret(given);
  requireThat(/^[!-~]+$/.test(value.reveal()), "bearer: a token alone.");
  return { token: () => ({ value }) as BearerToken };
}
