import type { AuthRequest } from "../guard/request.ts";
import { type Rejection, rejected } from "../guard/verdict.ts";
import type { JsonObject } from "../token/strict-json.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
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

/** Finds tokens in a cookie, and tells forged requests. */
export interface SessionCookie {
  /** Where the token stands, for the guard's look at conflicts. */
  readonly location: string;
  find(request: AuthRequest): string | Rejection | undefined;
  /** Refuses an unsafe request that a page of another origin may have made its user's browser send. */
  refuseForgery(request: AuthRequest, claims: JsonObject): Promise<Rejection | undefined>;
}

/** These ask for nothing to be changed (RFC 9110 §9.2.1). */
const safeMethods = ["GET", "HEAD", "OPTIONS", "TRACE"];

/**
 * Browsers attach a cookie to every request, whoever's page makes it. So whatever may change something
 * needs an Origin that is listed, and in `X-CSRF-Token` what only a page of ours could read.
 *
 * @throws ConfigurationError when the options cannot be right
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

  return Object.freeze<SessionCookie>({
    location: `cookie ${name}`,
    find(request) {
      const [token, second] = readCookie(request.header("cookie"), name);
      return second === undefined ? token : rejected("credential_conflict");
    },
    async refuseForgery(request, claims) {
      if (safeMethods.includes(request.method)) return undefined;
      const origin = request.header("origin");
      if (origin === undefined || !origins.includes(origin)) {
        return forged(`Origin ${origins.join(" or ")}`, origin);
      }
      const session = sessionOf(claims);
      const token = request.header("x-csrf-token");
      if (session === undefined) return forged("a token with sid or jti", "neither");
      if (token === undefined) return forged("X-CSRF-Token", undefined);
      return (await csrf.verify(token, session))
        ? undefined
        : forged("the X-CSRF-Token of this session", "another");
    },
  });
}

/** What CSRF tokens are bound to: the login, which outlives its access tokens, else this token. */
export function sessionOf({ sid, jti }: JsonObject): string | undefined {
  const session = sid ?? jti;
  return typeof session === "string" && session !== "" ? session : undefined;
}

function forged(expected: string, found: string | undefined): Rejection {
  return rejected("csrf_suspected", { details: { expected, found: found ?? "nothing" } });
}
