/**
 * Whether two byte strings are equal, in a time that depends on their lengths alone. Compare
 * digests of secrets rather than secrets, so that the length says nothing either.
 */
export function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= (a[at] ?? 0) ^ (b[at] ?? 0);
  return difference === 0;
}
