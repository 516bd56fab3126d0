import { createCsrfTokens, readCookie } from "@countersign/core";
import { ConfigurationError, type Secret } from "@countersign/core/wire";
import { decodeJwt } from "jose";
import type { Issuer } from "../create-issuer.ts";
import { IssuerError } from "../issuer-error.ts";
import type { TokenAnswer } from "../token/token-answer.ts";
import { formatSetCookie, type SafeCookie } from "./set-cookie.ts";

/**
 * How {@link createCookieSessions} keeps a browser logged in.
 *
 * @example
 * const options: CookieSessionsOptions = { issuer, csrfSecret: env.CSRF_SECRET, origins: ["https://app.example.com"] };
 */
export interface CookieSessionsOptions {
  readonly issuer: Pick<Issuer, "refresh" | "revoke">;
  /** The guard's: `sessionCookie({ csrfSecret, origins })`. 32 bytes or more. */
  readonly csrfSecret: string | Secret;
  /** The origins whose pages may refresh and log out: the guard's. */
  readonly origins: readonly string[];
  /** The access token's cookie, as the guard's. Default `__Host-access`. */
  readonly name?: `__Host-${string}` | `__Secure-${string}`;
  /** Where `refresh` and `end` are served: browsers send the refresh token there alone. Default `/refresh`. */
  readonly refreshPath?: string;
  /** Seconds for which the browser keeps the refresh token; default 14 days, as the issuer does. */
  readonly maxAge?: number;
}

/**
 * The routes of a first-party web page whose tokens are in cookies, out of every script's reach. Each
 * gives the whole answer; `csrf_token` in it is for the page to send back as `X-CSRF-Token`.
 *
 * @example
 * const routes = (sessions: CookieSessions) => ({ "POST /refresh": sessions.refresh, "DELETE /refresh": sessions.end });
 */
export interface CookieSessions {
  /**
   * Answers a login.
   *
   * @param answer what `issuer.issue({ …, refreshable: true })` gave
   * @throws ConfigurationError when it cannot be kept in cookies
   */
  start(answer: TokenAnswer): Promise<Response>;
  /** Serve it at {@link CookieSessionsOptions.refreshPath}. */
  refresh(request: Request): Promise<Response>;
  /** Logs out. Serve it at or below `refreshPath`: elsewhere browsers do not send the refresh token. */
  end(request: Request): Promise<Response>;
}

/** A login as its refresh cookie holds it: CSRF tokens are bound to `sid`, as the guard's are. */
interface Session {
  readonly sid: string;
  readonly refreshToken: string;
}

/**
 * Keeps browsers logged in by cookies: a `__Host-` one with the access token, which the guard takes
 * with `sessionCookie`, and a `__Secure-` one with the refresh token, for one path alone. Whatever
 * changes something needs a listed Origin and the CSRF token of its login.
 *
 * @throws ConfigurationError when the options cannot be right
 * @example
 * const sessions = createCookieSessions({ issuer, csrfSecret, origins: ["https://app.example.com"] });
 * if (path === "/login") return sessions.start(await issuer.issue({ subject, refreshable: true }));
 */
export function createCookieSessions(options: CookieSessionsOptions): CookieSessions {
  const { issuer, origins, name = "__Host-access", refreshPath = "/refresh" } = options;
  const { maxAge = 14 * 86_400 } = options;
  requireOrigins(origins);
  if (!/^\/[\x21-\x3a\x3c-\x7e]*$/.test(refreshPath)) {
    throw new ConfigurationError('refreshPath must be the path of the refresh route: "/refresh".');
  }
  const csrf = createCsrfTokens(options.csrfSecret);
  const access: SafeCookie = { name, path: "/", sameSite: "Lax" };
  const refreshing: SafeCookie = {
    name: "__Secure-refresh",
    path: refreshPath,
    sameSite: "Strict",
  };
  const cleared = [formatSetCookie(access, "", 0), formatSetCookie(refreshing, "", 0)];

  async function start(answer: TokenAnswer): Promise<Response> {
    const { access_token, refresh_token, token_type, expires_in, scope } = answer;
    const { sid } = decodeJwt(access_token);
    if (refresh_token === undefined || typeof sid !== "string" || token_type !== "Bearer") {
      throw new ConfigurationError(
        "A cookie session needs a login that can be refreshed and is bound to no key: " +
          "issuer.issue({ subject, refreshable: true }).",
      );
    }
    const body = { csrf_token: await csrf.issue(sid), expires_in, ...(scope && { scope }) };
    return answerWith(Response.json(body), [
      formatSetCookie(access, access_token, expires_in),
      formatSetCookie(refreshing, `${sid}.${refresh_token}`, maxAge),
    ]);
  }

  /** @throws IssuerError `invalid_grant` for no session, `access_denied` for one that another page uses */
  async function requireSession(request: Request): Promise<Session> {
    const values = readCookie(request.headers.get("cookie") ?? undefined, refreshing.name);
    // Of two cookies of one name nobody knows which is ours.
    const [, sid = "", refreshToken = ""] = /^([\w-]+)\.([\w-]+)$/.exec(values.join(",")) ?? [];
    if (refreshToken === "") throw new IssuerError("invalid_grant", "There is no session.");
    const origin = request.headers.get("origin");
    const token = request.headers.get("x-csrf-token");
    const isOurs = origin !== null && origins.includes(origin) && token !== null;
    if (isOurs && (await csrf.verify(token, sid))) return { sid, refreshToken };
    throw new IssuerError(
      "access_denied",
      "This may be the request of another site: send X-CSRF-Token from a page of ours.",
    );
  }

  return Object.freeze<CookieSessions>({
    start,
    refresh: (request) =>
      orRefusal(async () => {
        const { refreshToken } = await requireSession(request);
        return start(await issuer.refresh(refreshToken));
      }),
    end: (request) =>
      orRefusal(async () => {
        const { refreshToken } = await requireSession(request);
        await issuer.revoke(refreshToken);
        return answerWith(new Response(null, { status: 204 }), cleared);
      }),
  });

  /** What has ended leaves no cookies behind; what is refused to another page, or down, does. */
  async function orRefusal(serve: () => Promise<Response>): Promise<Response> {
    try {
      return await serve();
    } catch (error) {
      if (!(error instanceof IssuerError)) throw error;
      const { status, headers } = error;
      const response = Response.json(error, { status, headers });
      return answerWith(response, error.error === "invalid_grant" ? cleared : []);
    }
  }
}

function answerWith(response: Response, cookies: readonly string[]): Response {
  response.headers.set("cache-control", "no-store");
  for (const cookie of cookies) response.headers.append("set-cookie", cookie);
  return response;
}

function requireOrigins(origins: readonly string[]): void {
  const wrong = origins.find(
    (origin) => !URL.canParse(origin) || new URL(origin).origin !== origin,
  );
  if (origins.length > 0 && wrong === undefined) return;
  throw new ConfigurationError(
    `origins must list the origins of your pages, like "https://app.example.com"${
      wrong === undefined ? "" : `; "${wrong}" is none`
    }.`,
  );
}
