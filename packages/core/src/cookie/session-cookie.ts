import type { Principal } from "../guard/principal.ts";
import { credentialConflict, csrfSuspected } from "../guard/refusals.ts";
import type { AuthRequest } from "../guard/request.ts";
import type { Attempt, AuthContext, Check } from "../guard/scheme.ts";
import { type Rejection, rejected, type Verdict } from "../guard/verdict.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import type { MaybePromise } from "../wire/maybe-promise.ts";
import type { Secret } from "../wire/secret.ts";
import { createCsrfTokens } from "./csrf-tokens.ts";
import { readCookie } from "./read-cookie.ts";

/** A cookie that carries an access token, and the protection that such a cookie needs. */
export interface SessionCookieOptions {
  /** The cookie's name; its prefix keeps subdomains from setting it. Default `__Host-access`. */
  readonly name?: string;
  /** The secret that CSRF tokens are made with, shared by all processes: 32 bytes or more. */
  readonly csrfSecret: string | Secret;
  /** The origins whose pages may send unsafe requests, such as `https://app.example.com`. */
  readonly origins: readonly string[];
}

/** Takes access tokens from a cookie. */
export interface SessionCookie {
  /**
   * The attempt that a request's cookie makes, if it has one.
   *
   * @param verify checks the token; whom it lets in must then show that the request is no forgery
   */
  find<P extends Principal>(
    request: AuthRequest,
    verify: (token: string, context: AuthContext) => MaybePromise<Verdict<P>>,
  ): Attempt<P> | undefined;
  /** What is checked of a token that comes in the cookie, in its order: what is of any token, and more. */
  checks(ofToken: readonly Check[]): readonly Check[];
}

/** These ask for nothing to be changed (RFC 9110 §9.2.1). */
const safeMethods = ["GET", "HEAD", "OPTIONS", "TRACE"];

/**
 * Browsers attach a cookie to every request, whoever's page makes it. So whatever may change something
 * needs an Origin that is listed, and in `X-CSRF-Token` what only a page of ours could read.
 *
 * @throws ConfigurationError when the options cannot be right
 * @example
 * jwt({ issuer, audience, cookie: sessionCookie({ csrfSecret, origins: ["https://app.example.com"] }) });
 */
export function sessionCookie(options: SessionCookieOptions): SessionCookie {
  const { name = "__Host-access", csrfSecret, origins } = options;
  if (!/^__(Host|Secure)-[\w-]+$/.test(name)) {
    throw new ConfigurationError(
      'cookie: the name must begin with __Host- or __Secure-, so that no other site can set it: "__Host-access".',
    );
  }
  const wrong = origins.find(
    (origin) => !URL.canParse(origin) || new URL(origin).origin !== origin,
  );
  if (origins.length === 0 || wrong !== undefined) {
    throw new ConfigurationError(
      `cookie: origins must list the origins of your pages, like "https://app.example.com"${
        wrong === undefined ? "" : `; "${wrong}" is none`
      }.`,
    );
  }
  const csrf = createCsrfTokens(csrfSecret);

  /** Refuses an unsafe request that a page of another origin may have made its user's browser send. */
  const refuseForgery = async (
    request: AuthRequest,
    { claims }: Principal,
  ): Promise<Rejection | undefined> => {
    if (safeMethods.includes(request.method)) return undefined;
    const origin = request.header("origin");
    if (!origins.includes(origin as string)) {
      return forged(`Origin ${origins.join(" or ")}`, origin);
    }
    const session = sessionOf(claims);
    const token = request.header("x-csrf-token");
    if (session === undefined) return forged("a token with sid or jti", "neither");
    if (token === undefined) return forged("X-CSRF-Token", undefined);
    return (await csrf.verify(token, session))
      ? undefined
      : forged("the X-CSRF-Token of this session", "another");
  };

  return Object.freeze<SessionCookie>({
    find(request, verify) {
      const [token, second] = readCookie(request.header("cookie"), name);
      if (token === undefined) return undefined;
      return {
        location: `cookie ${name}`,
        yields: true,
        presented: () => token,
        async verify(context) {
          if (second !== undefined) {
            const details = { expected: `the cookie ${name} once`, found: "more than once" };
            return rejected(credentialConflict, { details });
          }
          const verdict = await verify(token, context);
          if (verdict.kind !== "accepted") return verdict;
          return (await refuseForgery(request, verdict.principal)) ?? verdict;
        },
      };
    },
    checks: (ofToken) => [credentialConflict, ...ofToken, csrfSuspected],
  });
}

/** What CSRF tokens are bound to: the login, which outlives its access tokens, else this token. */
function sessionOf(claims: Partial<Record<"sid" | "jti", unknown>>): string | undefined {
  const session = claims.sid ?? claims.jti;
  return typeof session === "string" && session !== "" ? session : undefined;
}

function forged(expected: string, found: string | undefined): Rejection {
  return rejected(csrfSuspected, { details: { expected, found: found ?? "nothing" } });
}
