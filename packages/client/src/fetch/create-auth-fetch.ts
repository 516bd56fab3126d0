import type { Clock } from "@countersign/core/wire";
import type { Credential } from "../credential/credential.ts";
import { exchange } from "./exchange.ts";
import type { Fetch } from "./fetch.ts";
import { readBody } from "./hop.ts";
import { ensureListed, requireOrigins } from "./origins.ts";

/** A credential, and the only origins it is for. */
export interface AuthFetchOptions {
  /** The API's origins, like `https://api.example.com`: https, or http on this machine. */
  readonly origins: readonly (string | URL)[];
  readonly credential: Credential;
  /** What sends. Default: the global fetch of the moment. */
  readonly fetch?: Fetch;
  /** What credentials take the time from. Default: `Date`. */
  readonly clock?: Clock;
}

/** Where there is a page, relative addresses are relative to it. */
type Page = { readonly location?: unknown };

/**
 * A `fetch` that proves who is calling. The credential goes to the listed origins and nowhere else; a
 * request to another one is refused, and a redirect to another one is followed without it. What the API
 * refuses is sent once more where the credential knows a remedy: a new token, a nonce, a challenge.
 *
 * The answer is the native Response; its `url` shows no credential of the query. Redirects are followed
 * here, so its `redirected` stays false.
 *
 * @throws ConfigurationError when origins is empty, or one is not secure or more than an origin
 * @throws ClientError by the call, see {@link ClientError.code}
 * @example
 * const api = createAuthFetch({
 *   origins: ["https://api.example.com"],
 *   credential: bearer(clientCredentials({ issuer, clientId, clientSecret })),
 * });
 * const orders = await api("https://api.example.com/orders");
 */
export function createAuthFetch(options: AuthFetchOptions): Fetch {
  const { credential, clock = Date } = options;
  const origins = requireOrigins(options.origins);

  return async (input, init) => {
    const url = URL.parse((input as Request).url ?? input, (globalThis as Page).location as string);
    // Before Request sees it: the native error would repeat a password of the URL.
    ensureListed(url, origins);
    const settings: RequestInit = { ...init, ...{ redirect: "manual", duplex: "half" } };
    // The caller's own signal, if any: one that follows it costs as much as the requests themselves. And
    // not the request's redirect mode: workerd makes none that is to fail at a redirect.
    const { body, signal = (input as Request).signal } = settings;
    // To make a Request costs more than all else here, and a plain GET has nothing to learn from one.
    const request =
      ((input as Request).url ?? settings.method ?? body)
        ? new Request(input, settings)
        : { method: "GET", headers: new Headers(settings.headers) };
    // Before the body is read: Bun writes the Content-Type of a form when somebody looks for it. What
    // only one runtime knows of init (`dispatcher`, `cf`, …) goes along.
    for (const name in request) settings[name as "method"] = request[name as "method"];
    const content = await readBody(request as Request, body);
    const { reply, hop } = await exchange(
      { ...(settings as unknown as Request), ...content, signal, url, credential },
      {
        context: { signal: signal ?? undefined, now: () => clock.now() },
        redirect: init?.redirect ?? (input as Request).redirect,
        send: async (request) =>
          (options.fetch ?? fetch)(request.url.href, {
            ...request,
            body: request.body?.() as string,
          }),
      },
    );
    // A native Response knows only the last of our requests, and its URL would show our query.
    return Object.defineProperty(reply, "url", { value: hop.url.href.split("#")[0] });
  };
}
