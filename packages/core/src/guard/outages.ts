import type { Outage } from "./refusal.ts";

export const keysUnavailable = {
  reason: "keys_unavailable",
  description: "The keys to check the access token with cannot be had now",
} as const satisfies Outage<string>;

export const throttleUnavailable = {
  reason: "throttle_unavailable",
  description: "Attempts cannot be counted now, so none is allowed",
} as const satisfies Outage<string>;

export const introspectionUnavailable = {
  reason: "introspection_unavailable",
  description: "The issuer of the access token cannot be asked about it now",
} as const satisfies Outage<string>;

export const storeUnavailable = {
  reason: "store_unavailable",
  description: "The store to check the credential with cannot answer now",
} as const satisfies Outage<string>;
