import { type DigestHash, digestHash } from "./digest-hash.ts";

/** How a Digest response is computed (RFC 7616 §3.3, §6.1). */
export type DigestAlgorithm = DigestHash | `${DigestHash}-sess`;

/** What a Digest response covers: the request line, or the body too (RFC 7616 §3.3). */
export type DigestQop = "auth" | "auth-int";

/** Everything that a Digest response is made of. */
export interface DigestInput {
  readonly algorithm: DigestAlgorithm;
  readonly qop: DigestQop;
  /** What {@link digestHa1} gives. */
  readonly ha1: string;
  readonly method: string;
  /** The request target, as the `uri` parameter has it. */
  readonly uri: string;
  readonly nonce: string;
  /** The nonce count `nc`: eight hexadecimal digits. */
  readonly nonceCount: string;
  readonly cnonce: string;
  /** The exact bytes of the body; they matter for `auth-int` alone. */
  readonly body?: Uint8Array | undefined;
}

/** The hash that an algorithm uses. */
export function digestHashOf(algorithm: DigestAlgorithm): DigestHash {
  return algorithm.replace(/-sess$/, "") as DigestHash;
}

/**
 * What a server keeps in place of a password, in lower-case hex (RFC 7616 §3.4.2, without `-sess`).
 * It is as good as the password for this realm: keep it as safe.
 *
 * @example
 * const ha1 = await digestHa1("SHA-256", { username: "ada", realm: "orders", password });
 */
export function digestHa1(
  hash: DigestHash,
  user: { readonly username: string; readonly realm: string; readonly password: string },
): Promise<string> {
  return digestHash(hash, `${user.username}:${user.realm}:${user.password}`);
}

/**
 * The `username` that is sent with `userhash=true` (RFC 7616 §3.4.4).
 *
 * @example
 * await digestUserhash("SHA-512-256", { username: "Jäsøn Doe", realm: "api@example.org" });
 */
export function digestUserhash(
  hash: DigestHash,
  user: { readonly username: string; readonly realm: string },
): Promise<string> {
  return digestHash(hash, `${user.username}:${user.realm}`);
}

/**
 * The `response` of Digest credentials, in lower-case hex (RFC 7616 §3.4.1): the same on both sides.
 *
 * @example
 * await digestResponse({ algorithm: "SHA-256", qop: "auth", ha1, method, uri, nonce, nonceCount: "00000001", cnonce });
 */
export async function digestResponse(input: DigestInput): Promise<string> {
  const { algorithm, qop, method, uri, nonce, nonceCount, cnonce } = input;
  const hash = digestHashOf(algorithm);
  // A1 of a session takes in the nonces (RFC 7616 §3.4.2), A2 of auth-int the body (§3.4.3).
  const ha1 = algorithm.endsWith("-sess")
    ? await digestHash(hash, `${input.ha1}:${nonce}:${cnonce}`)
    : input.ha1;
  const covered =
    qop === "auth-int" ? `:${await digestHash(hash, input.body ?? new Uint8Array())}` : "";
  const ha2 = await digestHash(hash, `${method}:${uri}${covered}`);
  return digestHash(hash, `${ha1}:${nonce}:${nonceCount}:${cnonce}:${qop}:${ha2}`);
}
