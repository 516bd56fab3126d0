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
 * The value of a WWW-Authenticate field, every parameter as a quoted-string.
 *
 * @example
 * formatChallenges([{ scheme: "Bearer", params: { realm: "orders" } }]); // 'Bearer realm="orders"'
 */
export function formatChallenges(challenges: readonly Challenge[]): string {
  return challenges.map(formatChallenge).join(", ");
}

function formatChallenge({ scheme, params }: Challenge): string {
  const pairs = Object.entries(params).map(([name, value]) => `${name}=${quote(value)}`);
  return pairs.length === 0 ? scheme : `${scheme} ${pairs.join(", ")}`;
}

/** A quoted-string (RFC 9110 §5.6.4); what a field value may not hold becomes "?". */
function quote(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, "?").replace(/["\\]/g, "\\$&")}"`;
}
