/**
 * Whether two texts are equal, in a time that depends on their lengths alone. Compare digests of
 * secrets rather than secrets, so that the length says nothing either.
 */
export function equalInConstantTime(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}
