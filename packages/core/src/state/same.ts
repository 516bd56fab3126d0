/** Compares plain JSON, whatever the order of its members. */
export function same(actual: unknown, expected: unknown, what: string): void {
  if (sorted(actual) === sorted(expected)) return;
  throw new Error(`${what}: expected ${sorted(expected)}, found ${sorted(actual)}`);
}

function sorted(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
