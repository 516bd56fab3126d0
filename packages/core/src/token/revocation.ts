import { presentedToken } from "../guard/presented-token.ts";
import type { Principal } from "../guard/principal.ts";
import { tokenRevoked } from "../guard/refusals.ts";
import { type Rejection, wrong } from "../guard/verdict.ts";
import type { RevocationStore } from "../state/revocations.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { after, type MaybePromise } from "../wire/maybe-promise.ts";
import { sha256 } from "../wire/sha256.ts";
import type { JsonObject } from "../wire/strict-json.ts";
import { parseToken } from "./parse-token.ts";

/** A token as far as it matters to whether it is revoked. */
interface RevocableToken {
  readonly text: string;
  readonly claims: JsonObject;
}

/** What is revoked: one token by its `jti`, or a login, with all tokens that carry its `sid`. */
export type Revocation =
  | { readonly issuer: string; readonly jti: string }
  | { readonly issuer: string; readonly sid: string };

/** For so many seconds after `exp` a token stays revoked: longer than clocks can be said to differ. */
const slack = 3600;

/**
 * The key under which a {@link RevocationStore} keeps a revocation, for applications that know what to
 * revoke without holding the token.
 *
 * @example
 * // At logout: no token of this login is taken any more, on no device that shares the store.
 * await revocations.revoke(await revocationKey({ issuer, sid }), now + longestTokenLifetime);
 */
export function revocationKey(revocation: Revocation): MaybePromise<string> {
  const { issuer } = revocation;
  return "jti" in revocation
    ? toKey("jti", [issuer, revocation.jti])
    : toKey("sid", [issuer, revocation.sid]);
}

/**
 * Revokes the JWT that a principal presented, until it would have expired anyway. The scheme that let
 * the principal in must have the same store: `jwt({ …, revocations })`.
 *
 * @throws ConfigurationError when the principal presented no JWT
 * @throws whatever the store throws, and then the token is not revoked
 * @example
 * app.post("/logout", protect(guard), async (req, res) => {
 *   await revokeToken(revocations, getPrincipal(guard, req));
 *   res.sendStatus(204);
 * });
 */
export async function revokeToken(store: RevocationStore, principal: Principal): Promise<void> {
  const token = parseToken(presentedToken(principal).reveal());
  const exp = token?.claims.exp;
  if (token === undefined || typeof exp !== "number") {
    throw new ConfigurationError(
      `revokeToken: a principal of the scheme "${principal.scheme}" presented no JWT. Opaque tokens and ` +
        "API keys are revoked where they are issued.",
    );
  }
  await store.revoke(await tokenKey(token), exp + slack);
}

/** Refuses a verified token that has been revoked by itself or with its login. */
export function refuseRevoked(
  store: RevocationStore,
  token: RevocableToken,
): MaybePromise<Rejection | undefined> {
  return after(tokenKey(token), (key) =>
    after(loginKey(token), (login) =>
      after(store.isRevoked(login === undefined ? [key] : [key, login]), (isRevoked) =>
        // Anything but a plain no is none.
        isRevoked === false
          ? undefined
          : wrong(tokenRevoked, "a token and a login that are not revoked", "one that is"),
      ),
    ),
  );
}

/**
 * By `jti`, which an issuer gives once (RFC 7519 §4.1.7), else by the signing input: never by the whole
 * text, since one token can have several signatures that all hold.
 */
function tokenKey({ text, claims }: RevocableToken): MaybePromise<string> {
  const { iss, jti } = claims;
  return typeof jti === "string" && jti !== ""
    ? toKey("jti", [iss as string, jti])
    : toDigestKey("jws", text.slice(0, text.lastIndexOf(".")));
}

function loginKey({ claims }: RevocableToken): MaybePromise<string> | undefined {
  const { iss, sid } = claims;
  return typeof sid === "string" && sid !== "" ? toKey("sid", [iss as string, sid]) : undefined;
}

/** As short and plain as stores want them, and still one key for one revocation. */
function toKey(kind: string, names: readonly [issuer: string, id: string]): MaybePromise<string> {
  const text = JSON.stringify(names);
  return /^[\x20-\x7e]{1,300}$/.test(text) ? `${kind}:${text}` : toDigestKey(kind, text);
}

function toDigestKey(kind: string, text: string): MaybePromise<string> {
  return after(sha256(text), (digest) => `${kind}:${digest}`);
}
