import { ConfigurationError, encodeBasic, type Secret, toSecret } from "@countersign/core/wire";
import type { Credential } from "./credential.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const control = /[\x00-\x1f\x7f]/;

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
  const { username } = options;
  const password = toSecret(options.password).reveal();
  if (username.includes(":")) {
    throw new ConfigurationError(
      "basic: the user name must not contain a colon, which separates it from the password " +
        "(RFC 7617 §2). Use another user name.",
    );
  }
  if (control.test(username) || control.test(password)) {
    throw new ConfigurationError(
      "basic: user name and password must not contain control characters (RFC 7617 §2). Look for " +
        "a line break at the end of the one you configured.",
    );
  }
  const headers = { authorization: toSecret(`Basic ${encodeBasic({ username, password })}`) };
  return Object.freeze({ attach: () => ({ headers }) });
}
