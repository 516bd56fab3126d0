import { ConfigurationError } from "../wire/configuration-error.ts";
import { isLoopback, requireSecureUrl } from "../wire/loopback.ts";
import type { TrustedProxies } from "./trusted-proxies.ts";

/** How a service says that it is reached. */
export interface ReachOptions {
  /**
   * Where callers reach the service: an absolute https URL (http on loopback), maybe with a path. Every
   * request that did not come over TLS is then refused (403), except where it is loopback.
   */
  readonly publicUrl?: string | URL;
  /**
   * Instead of publicUrl, for a service with several hosts: the values of the Host field that are
   * believed. TLS is asked for in the same way. With neither of the two, nothing is known of how callers
   * come, and plain http is let pass.
   */
  readonly allowedHosts?: readonly string[];
  /** The proxies in front of the service. Default: none, and no field that proxies write is believed. */
  readonly trustedProxies?: TrustedProxies;
}

/** How callers reach a service, and what of it is believed. */
export interface Reach {
  readonly publicUrl: URL | undefined;
  /** The service's URL as this caller knows it, as far as that can be believed. */
  baseOf(host: string | undefined, secure: boolean): URL | undefined;
  readonly passProxies: TrustedProxies;
  /** Whether requests over plain http are refused. */
  readonly requiresHttps: boolean;
}

/** @throws ConfigurationError when it cannot be right or safe */
export function toReach({
  publicUrl,
  allowedHosts,
  trustedProxies = (peer) => peer,
}: ReachOptions): Reach {
  if (publicUrl !== undefined && allowedHosts !== undefined) {
    throw new ConfigurationError(
      "Give publicUrl to a service with one URL, or allowedHosts to one with several, not both.",
    );
  }
  if (typeof trustedProxies !== "function") {
    throw new ConfigurationError(
      'trustedProxies must say what is believed, and of whom: xForwarded("10.0.0.0/8"), or forwarded("10.0.0.0/8").',
    );
  }
  const url = publicUrl === undefined ? undefined : requireSecureUrl(publicUrl, "publicUrl");
  if (url?.hash) {
    throw new ConfigurationError(
      "publicUrl must have no fragment (RFC 9728 §1.2). Leave out the #.",
    );
  }
  const hosts = new Set(allowedHosts?.map(requireHost));
  const known = url ? [url] : [...hosts].map((host) => new URL(`http://${host}`));
  return {
    publicUrl: url,
    baseOf(host = "", secure) {
      const name = host.toLowerCase();
      return url ?? (hosts.has(name) ? new URL(`http${secure ? "s" : ""}://${name}`) : undefined);
    },
    passProxies: trustedProxies,
    requiresHttps: !known.every(isLoopback),
  };
}

/** A host as a Host field names it (RFC 9110 §7.2), in lower case. */
function requireHost(name: string): string {
  const host = name.toLowerCase();
  if (URL.canParse(`https://${host}`) && new URL(`https://${host}`).host === host) return host;
  throw new ConfigurationError(
    `allowedHosts: "${name}" is no host as a Host field names it. Write "api.example.com", or "localhost:3000".`,
  );
}
