import { requireThat } from "../wire/configuration-error.ts";
import { isLoopback, requireSecureUrl } from "../wire/loopback.ts";
import type { TrustedProxies } from "./trusted-proxies.ts";

/** How a service says that it is reached. */
export interface ReachOptions {
  /**
   * Where callers reach the service: an absolute https URL (http on loopback), maybe with a path, or
   * {@link byHost} for a service with several. Every request that did not come over TLS is then refused
   * (403), except where it is loopback. Absent: nothing is known of how callers come, and plain http is
   * let pass.
   */
  readonly publicUrl?: string | URL | PublicUrls;
  /** The proxies in front of the service. Default: none, and no field that proxies write is believed. */
  readonly trustedProxies?: TrustedProxies;
}

/** Where a service is. */
export interface PublicUrls {
  /** Its one URL, if it has one. */
  readonly publicUrl: URL | undefined;
  /** Otherwise the one that a caller means who sent this Host field, as far as that can be believed. */
  byHost?(host: string): URL | undefined;
  /** Whether requests over plain http are refused. */
  readonly requiresHttps: boolean;
}

/** How callers reach a service, and what of it is believed. */
export interface Reach extends PublicUrls {
  readonly trustedProxies: TrustedProxies | undefined;
}

/** @throws ConfigurationError when it cannot be right or safe */
export function toReach({ publicUrl, trustedProxies }: ReachOptions): Reach {
  requireThat(
    trustedProxies === undefined || typeof trustedProxies === "function",
    "trustedProxies must be like xForwarded().",
  );
  return { ...toPublicUrls(publicUrl), trustedProxies };
}

function toPublicUrls(publicUrl: ReachOptions["publicUrl"]): PublicUrls {
  if (typeof publicUrl === "object" && "requiresHttps" in publicUrl) return publicUrl;
  const url = publicUrl === undefined ? undefined : requirePublicUrl(publicUrl);
  return { publicUrl: url, requiresHttps: url ? !isLoopback(url) : false };
}

function requirePublicUrl(value: string | URL): URL {
  const url = requireSecureUrl(value, "publicUrl");
  // RFC 9728 §1.2.
  requireThat(!url.hash, "publicUrl must have no fragment.");
  return url;
}

/**
 * The URLs of a service that has several: the Host field says which of them a caller means. A request
 * for any other host has no URL of the service.
 *
 * @throws ConfigurationError when there is none, one cannot be right or safe, or two have one host
 * @example
 * createGuard({ publicUrl: byHost("https://api.example.com", "https://api.example.org"), schemes });
 */
export function byHost(...urls: readonly (string | URL)[]): PublicUrls {
  const known = new Map(urls.map(requirePublicUrl).map((url) => [url.host, url]));
  requireThat(
    known.size > 0 && known.size === urls.length,
    'byHost takes URLs, each with a host of its own: byHost("https://api.example.com").',
  );
  return {
    publicUrl: undefined,
    byHost: (host) => known.get(host.toLowerCase()),
    requiresHttps: ![...known.values()].every(isLoopback),
  };
}

/**
 * For schemes whose credentials are made for one URL.
 *
 * @throws ConfigurationError when the guard cannot know which URL a caller meant
 */
export function requireOwnUrl({ publicUrl }: ReachOptions, whose: string): void {
  requireThat(
    publicUrl,
    `${whose}: the guard must know its own: createGuard({ publicUrl: "https://api.example.com", … }).`,
  );
}
