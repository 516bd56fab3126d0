import { ConfigurationError, type Secret, toSecret } from "@countersign/core/wire";
import type { BearerToken, TokenSource } from "../token/token-source.ts";
import type { Attachment, Credential } from "./credential.ts";

/** The syntax of a bearer token (RFC 6750 §2.1). */
const b64token = /^[A-Za-z0-9\-._~+/]+=*$/;

/**
 * An access token in every request (RFC 6750 §2.1). Tokens of a source are renewed by it; one that
 * the API refuses with 401 is replaced and the request sent once more. A fixed token is never.
 *
 * @param token a source, or one fixed token
 * @throws ConfigurationError when a fixed token is empty or malformed
 * @example
 * bearer(clientCredentials({ issuer, clientId, clientSecret }));
 * bearer(token);
 */
export function bearer(token: TokenSource<BearerToken> | string | Secret): Credential {
  return typeof token === "string" || "reveal" in token ? fixed(toSecret(token)) : renewed(token);
}

function renewed(source: TokenSource<BearerToken>): Credential {
  return Object.freeze({
    async attach(request, { signal }) {
      // What cannot be sent twice must not travel with a token that is about to be replaced.
      const token = await source.token({ signal, fresh: !request.replayable });
      return {
        headers: authorization(token.value),
        answered({ status }) {
          if (status !== 401) return undefined;
          source.invalidate(token);
          return "token";
        },
      };
    },
  } satisfies Credential);
}

function fixed(token: Secret): Credential {
  if (!b64token.test(token.reveal())) {
    throw new ConfigurationError(
      "bearer: the token is empty or has characters no bearer token has (RFC 6750 §2.1). Give the " +
        'token alone, without "Bearer" and without a line break.',
    );
  }
  const headers = authorization(token);
  return Object.freeze({ attach: () => ({ headers }) });
}

function authorization(token: Secret): NonNullable<Attachment["headers"]> {
  return { authorization: toSecret(`Bearer ${token.reveal()}`) };
}
