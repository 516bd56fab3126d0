import type { Clock } from "@countersign/core/wire";
import { abortable } from "../abortable.ts";
import type { Credential } from "../credential/credential.ts";
import { revealQuery } from "./attached.ts";
import { discard } from "./discard.ts";
import { type Call, exchange } from "./exchange.ts";
import { type Fetch, globalFetch } from "./fetch.ts";
import { readHop } from "./hop.ts";
import { requireListed, requireOrigins } from "./origins.ts";
import { present } from "./present.ts";
import { nextHop, readRedirect, redirectRefused } from "./redirect.ts";
import { readSettings } from "./settings.ts";

/** A credential, and the only origins it is for. */
export interface AuthFetchOptions {
  /** The API's origins, like `https://api.example.com`: https, or http on this machine. */
  readonly origins: readonly (string | URL)[];
  readonly credential: Credential;
  /** What sends. Default: the global fetch. */
  readonly fetch?: Fetch;
  /** What credentials take the time from. Default: `Date`. */
  readonly clock?: Clock;
}

/**
 * A `fetch` that proves who is calling. The credential goes to the listed origins and nowhere else; a
 * request to another one is refused, and a redirect to another one is followed without it. When the
 * API refuses a token of a source (401), the request is sent once more with a new one.
 *
 * The answer is the native Response. When redirects were followed its `redirected` says so, and its
 * `url` shows no credential of the query.
 *
 * @throws ConfigurationError when origins is empty, or one is not secure or more than an origin
 * @example
 * const api = createAuthFetch({
 *   origins: ["https://api.example.com"],
 *   credential: bearer(clientCredentials({ issuer, clientId, clientSecret })),
 * });
 * const orders = await api("https://api.example.com/orders");
 */
export function createAuthFetch(options: AuthFetchOptions): Fetch {
  const origins = requireOrigins(options.origins);
  const { credential, fetch = globalFetch, clock = Date } = options;
  const now = () => clock.now();

  return async (input, init) => {
    const given = input instanceof Request ? input : undefined;
    // Before Request sees the address: its error would repeat a password of the URL.
    const address = given?.url ?? String(input);
    if (URL.canParse(address)) requireListed(new URL(address), origins);
    const signal = (init?.signal === undefined ? given?.signal : init.signal) ?? undefined;
    signal?.throwIfAborted();
    const mode = init?.redirect ?? given?.redirect ?? "follow";
    const settings = readSettings(input, init);
    const call: Call = { credential, fetch, now, settings, signal, spent: new Set() };

    let hop = await abortable(readHop(input, init), signal);
    requireListed(hop.url, origins); // a relative address has become a whole one
    for (let followed = 0; ; followed++) {
      const { response, attachment } = await exchange(hop, call);
      const redirect = mode === "manual" ? undefined : readRedirect(response);
      if (redirect === undefined) return present(response, { hop, attachment, followed });
      await discard(response);
      if (mode === "error") throw redirectRefused(hop);
      hop = nextHop(hop, redirect, followed, revealQuery(attachment));
    }
  };
}
