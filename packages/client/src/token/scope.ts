/** The scopes of a list, as OAuth writes it (RFC 6749 §3.3). */
export function toScopes(scope = ""): readonly string[] {
  return scope.split(" ").filter((each) => each !== "");
}

/** Two lists as one, without repetitions; nothing for nothing. */
export function mergeScopes(first?: string, second?: string): string | undefined {
  return [...new Set([...toScopes(first), ...toScopes(second)])].join(" ") || undefined;
}
