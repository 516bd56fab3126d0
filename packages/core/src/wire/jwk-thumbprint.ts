import { sha256 } from "./sha256.ts";

/** A public key, as far as its thumbprint is concerned. */
export type PublicJwk =
  | { readonly kty: "EC"; readonly crv: string; readonly x: string; readonly y: string }
  | { readonly kty: "OKP"; readonly crv: string; readonly x: string }
  | { readonly kty: "RSA"; readonly n: string; readonly e: string };

/**
 * A public key's SHA-256 thumbprint, in base64url (RFC 7638, RFC 8037 §2): what a token that is bound
 * to the key carries as `cnf.jkt` (RFC 9449 §6.1).
 *
 * @example
 * await jwkThumbprint({ kty: "EC", crv: "P-256", x, y }); // "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
 */
export async function jwkThumbprint(jwk: PublicJwk): Promise<string> {
  return sha256(JSON.stringify(requiredMembers(jwk)));
}

/** The members that make up the key, in the order of their names (RFC 7638 §3.2). */
function requiredMembers(jwk: PublicJwk): PublicJwk {
  if (jwk.kty === "RSA") return { e: jwk.e, kty: jwk.kty, n: jwk.n };
  if (jwk.kty === "OKP") return { crv: jwk.crv, kty: jwk.kty, x: jwk.x };
  return { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y };
}
