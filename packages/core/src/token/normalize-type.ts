/** Media types compare without case, and "application/" may be left out (RFC 7515 §4.1.9). */
export function normalizeType(typ: string): string {
  return typ.toLowerCase().replace(/^application\//, "");
}
