import type { Dispatcher } from "undici";
import { abortable } from "../abortable.ts";
import type { AuthFetchOptions } from "../fetch/create-auth-fetch.ts";
import { exchange } from "../fetch/exchange.ts";
import { ensureListed, requireOrigins } from "../fetch/origins.ts";
import { dispatchHeld } from "./dispatch-held.ts";
import { createRelay } from "./relay.ts";
import { toDispatchOptions, toHop } from "./request.ts";

/** A credential, and the only origins it is for. */
export interface AuthenticateOptions extends Omit<AuthFetchOptions, "fetch"> {
  /**
   * What to do about redirects. Default: `manual`, as undici does; they are answers like others then.
   * Follow them here rather than by `interceptors.redirect`, which knows of no credential but
   * `Authorization` and `Cookie`.
   */
  readonly redirect?: "follow" | "manual";
}

/**
 * An interceptor for undici's dispatchers that proves who is calling: what `createAuthFetch` is for
 * fetch. Bodies that are streams are sent once; undici's `fetch` makes streams of all bodies.
 *
 * @throws ConfigurationError when origins is empty, or one is not secure or more than an origin
 * @example
 * const dispatcher = new Agent().compose(
 *   authenticate({ origins: ["https://api.example.com"], credential: bearer(source) }),
 * );
 * const { body } = await request("https://api.example.com/orders", { dispatcher });
 */
export function authenticate(
  options: AuthenticateOptions,
): Dispatcher.DispatcherComposeInterceptor {
  const origins = requireOrigins(options.origins);
  const { credential, redirect = "manual", clock = Date } = options;
  const now = () => clock.now();

  return (dispatch) => (request, handler) => {
    const relay = createRelay();
    const call = async () => {
      const first = await toHop(request);
      ensureListed(first.url, origins);
      return exchange(
        { ...first, credential },
        {
          context: { signal: relay.signal, now },
          redirect,
          send: (hop) => dispatchHeld(dispatch, toDispatchOptions(request, hop), handler, relay),
        },
      );
    };
    handler.onRequestStart?.(relay, {});
    abortable(call(), relay.signal).then(
      ({ reply }) => reply.release(),
      (error) => handler.onResponseError?.(relay, error),
    );
    return true;
  };
}
