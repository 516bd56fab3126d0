import { formatAuthParams } from "./auth-params.ts";

/** What Digest challenges must not quote (RFC 7616 §3.3); no other scheme has these parameters. */
const tokens = ["algorithm", "stale", "userhash"];

/**
 * One challenge of a WWW-Authenticate field (RFC 9110 §11.6.1).
 *
 * @example
 * const challenge: Challenge = { scheme: "Bearer", params: { realm: "orders" } };
 */
export interface Challenge {
  readonly scheme: string;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * The value of a WWW-Authenticate field, every parameter as a quoted-string if it may be one.
 *
 * @example
 * formatChallenges([{ scheme: "Bearer", params: { realm: "orders" } }]); // 'Bearer realm="orders"'
 */
export function formatChallenges(challenges: readonly Challenge[]): string {
  return challenges.map(formatChallenge).join(", ");
}

function formatChallenge({ scheme, params }: Challenge): string {
  const text = formatAuthParams(Object.entries(params), tokens);
  return text === "" ? scheme : `${scheme} ${text}`;
}
