import { encodeBasic, type Secret, toSecret } from "@countersign/core/wire";
import type { Credential } from "./credential.ts";

/** User name and password of {@link basic}. */
export interface BasicOptions {
  readonly username: string;
  readonly password: string | Secret;
}

/**
 * User name and password in every request (RFC 7617), in UTF-8.
 *
 * @throws ConfigurationError when the user name has a colon, or either part a control character
 * @example
 * createAuthFetch({ origins, credential: basic({ username: "ada", password }) });
 */
export function basic(options: BasicOptions): Credential {
  const headers = { authorization: toSecret(`Basic ${encodeBasic(options)}`) };
  return { attach: () => ({ headers }) };
}
