import { encodeBase64Url, toSeconds } from "@countersign/core/wire";
import { SignJWT } from "jose";
import type { TestLogin } from "./login.ts";
import type { Provider } from "./provider.ts";

/** What an ID token is about. */
export interface IdTokenOptions {
  readonly clientId: string;
  readonly login: TestLogin;
  /** What the client sent, to find in it again. */
  readonly nonce: string | undefined;
  readonly accessToken: string;
}

/** Who logged in, for the client (OpenID Connect Core §2). */
export async function signIdToken(
  { url, keys, clock }: Provider,
  { clientId, login, nonce, accessToken }: IdTokenOptions,
): Promise<string> {
  const { algorithm, kid, privateKey } = await keys.current();
  const now = toSeconds(clock.now());
  const claims = {
    ...login.claims,
    iss: url,
    sub: login.subject,
    aud: clientId,
    iat: now,
    exp: now + 300,
    auth_time: login.authenticatedAt,
    at_hash: await hashHalf(accessToken, algorithm),
    nonce,
    acr: login.acr,
    amr: login.methods,
  };
  const header = { alg: algorithm, kid, typ: "JWT" };
  return new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
}

/** `at_hash` (OpenID Connect Core §3.1.3.6): the left half, by the hash of the algorithm. */
async function hashHalf(text: string, algorithm: string): Promise<string> {
  const hash = algorithm === "EdDSA" ? "SHA-512" : "SHA-256";
  const digest = new Uint8Array(await crypto.subtle.digest(hash, new TextEncoder().encode(text)));
  return encodeBase64Url(digest.slice(0, digest.length / 2));
}
