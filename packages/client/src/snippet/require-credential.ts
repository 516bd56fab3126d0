import { ConfigurationError, requireSecureUrl } from "@countersign/core/wire";
import type { CredentialDescription } from "./description.ts";

/** A token (RFC 9110 §5.6.2): names of headers and of cookies. */
export const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** @throws ConfigurationError when no credential could be as described */
export function requireCredential(credential: CredentialDescription): void {
  switch (credential.type) {
    case "basic":
    case "digest":
      requireText("username", credential.username);
      if (credential.type === "digest" || !credential.username.includes(":")) return;
      throw new ConfigurationError(
        "toSnippet: a user name with a colon does not fit Basic (RFC 7617 §2).",
      );
    case "apiKey": {
      const { header = "X-API-Key", query = header, cookie = query } = credential;
      if ([header, query, cookie].every((name) => token.test(name))) return;
      throw new ConfigurationError(
        "toSnippet: header, query and cookie must be names. Use letters and hyphens.",
      );
    }
    case "bearer":
    case "dpop": {
      const { clientCredentials } = credential;
      if (clientCredentials) requireSecureUrl(clientCredentials.issuer, "toSnippet: issuer");
      return;
    }
    case "oauth1":
      requireText("consumerKey", credential.consumerKey);
      if (credential.token !== undefined) requireText("token", credential.token);
  }
}

function requireText(name: string, value: string): void {
  if (value !== "" && value.isWellFormed() && !/\p{Cc}/u.test(value)) return;
  throw new ConfigurationError(
    `toSnippet: ${name} must be text, without control characters. Look for a line break at its end.`,
  );
}
