import { oauth1Malformed } from "../guard/refusals.ts";
import { type Rejection, rejected } from "../guard/verdict.ts";
import type { OAuth1Parameter } from "../wire/oauth1-parameters.ts";

/** The protocol parameters of a request (RFC 5849 §3.1). */
export interface OAuth1Credentials {
  readonly consumerKey: string;
  /** Absent where the client acts for itself. */
  readonly token: string | undefined;
  readonly signatureMethod: string;
  readonly signature: string;
  /** Seconds since the epoch, and absent, as the nonce, only with PLAINTEXT. */
  readonly timestamp: number | undefined;
  readonly nonce: string | undefined;
  readonly version: string | undefined;
}

/** The parameters of each place in which those of the protocol may stand. */
export type OAuth1Places = readonly (readonly OAuth1Parameter[])[];

/** Whether parameters present a credential, and do not just happen to begin like some of the protocol. */
export function presentsOAuth1(parameters: readonly OAuth1Parameter[]): boolean {
  return parameters.some(([name]) => name === "oauth_consumer_key" || name === "oauth_signature");
}

/**
 * Reads the protocol parameters. They stand in one place, each once (RFC 5849 §3.1, §3.5); whatever
 * differs could be read in two ways, by us and by who signed.
 */
export function readOAuth1(places: OAuth1Places): OAuth1Credentials | Rejection {
  const isProtocol = ([name]: OAuth1Parameter) => name.startsWith("oauth_");
  const [ours = [], ...others] = places
    .map((parameters) => parameters.filter(isProtocol))
    .filter(({ length }) => length > 0);
  const given = new Map(ours);
  if (others.length > 0) return malformed("oauth_ parameters in one place", "in several");
  if (given.size < ours.length) return malformed("each oauth_ parameter once", "one of them twice");

  const [consumerKey, signatureMethod, signature, nonce, time] = [
    "oauth_consumer_key",
    "oauth_signature_method",
    "oauth_signature",
    "oauth_nonce",
    "oauth_timestamp",
  ].map((name) => given.get(name));
  if (!consumerKey || !signatureMethod || !signature) {
    return malformed("oauth_consumer_key, oauth_signature_method, oauth_signature", "not all");
  }
  const isFresh = Boolean(nonce) && /^[1-9]\d{0,11}$/.test(time ?? "");
  // With PLAINTEXT they may both be left out (RFC 5849 §3.1).
  const isExempt = signatureMethod === "PLAINTEXT" && nonce === undefined && time === undefined;
  if (!isFresh && !isExempt) {
    return malformed("oauth_nonce, and an oauth_timestamp in seconds", "not both");
  }
  return {
    consumerKey,
    // An empty one is none (RFC 5849 §3.1).
    token: given.get("oauth_token") || undefined,
    signatureMethod,
    signature,
    timestamp: isFresh ? Number(time) : undefined,
    nonce,
    version: given.get("oauth_version"),
  };
}

function malformed(expected: string, found: string): Rejection {
  return rejected(oauth1Malformed, { details: { expected, found } });
}
