import { encodeBase64Url, sha256 } from "@countersign/core/wire";

/** Recognised by secret scanners, and by people who find one in a log. */
const prefix = "csrt_";

/** A refresh token and what a store may know of it. */
export interface RefreshToken {
  readonly text: string;
  /** SHA-256, in base64url. The text has 256 random bits, so a slow hash would add nothing. */
  readonly hash: string;
}

export async function createRefreshToken(): Promise<RefreshToken> {
  const text = prefix + encodeBase64Url(crypto.getRandomValues(new Uint8Array(32)));
  return { text, hash: await sha256(text) };
}

/** The token of a text that has its form, else `undefined`: no look-up is spent on anything else. */
export async function parseRefreshToken(text: string): Promise<RefreshToken | undefined> {
  if (typeof text !== "string" || !/^csrt_[A-Za-z0-9_-]{43}$/.test(text)) return undefined;
  return { text, hash: await sha256(text) };
}
