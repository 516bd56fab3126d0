import { IssuerError } from "../issuer-error.ts";

/** scope-token of RFC 6749 §3.3. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * The tokens of a scope, each once.
 *
 * @throws IssuerError `invalid_scope`
 */
export function parseScope(scope: string | readonly string[]): readonly string[] {
  const tokens =
    typeof scope === "string" ? scope.split(" ").filter((token) => token !== "") : scope;
  if (tokens.every((token) => typeof token === "string" && scopeToken.test(token))) {
    return [...new Set(tokens)];
  }
  throw new IssuerError("invalid_scope", "The scope is not a list of scope tokens.");
}

/**
 * The part of a scope that is asked for: all of it when nothing is, and never more.
 *
 * @throws IssuerError `invalid_scope`
 */
export function narrowScope(
  granted: readonly string[],
  asked: string | readonly string[] | undefined,
): readonly string[] {
  if (asked === undefined) return granted;
  const scopes = parseScope(asked);
  if (scopes.every((scope) => granted.includes(scope))) return scopes;
  throw new IssuerError("invalid_scope", "The scope asked for is wider than what was granted.");
}
