import { ConfigurationError, type Secret, toSecret } from "@countersign/core/wire";
import type { Credential } from "./credential.ts";

/** A field name (RFC 9110 §5.1). */
const fieldName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** A field value in ASCII, white space only inside (RFC 9110 §5.5). */
const fieldValue = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;

/** A key, and the one place it is written to: a header, or a query parameter. */
export type ApiKeyOptions = { readonly key: string | Secret } & (
  | {
      /** The header's name. Default: `X-API-Key`. */
      readonly header?: string;
      readonly query?: never;
    }
  | {
      readonly header?: never;
      /** The query parameter's name. Servers log URLs: prefer a header where there is a choice. */
      readonly query: string;
    }
);

/**
 * A key in every request, in the header `X-API-Key` unless told otherwise.
 *
 * @throws ConfigurationError when the key is empty or cannot be sent in that place
 * @example
 * apiKey({ key }); // X-API-Key: …
 * apiKey({ key, header: "X-Auth" });
 * apiKey({ key, query: "api_key" }); // ?api_key=…
 */
export function apiKey(options: ApiKeyOptions): Credential {
  const key = toSecret(options.key);
  if (options.header !== undefined && options.query !== undefined) {
    throw new ConfigurationError("apiKey: give header or query, not both.");
  }
  if (options.query !== undefined) {
    if (options.query === "" || key.reveal() === "") {
      throw new ConfigurationError("apiKey: key and query must not be empty.");
    }
    const query = { [options.query]: key };
    return Object.freeze({ attach: () => ({ query }) });
  }
  const { header = "X-API-Key" } = options;
  if (!fieldName.test(header)) {
    throw new ConfigurationError(`apiKey: "${header}" is no header name. Use letters and hyphens.`);
  }
  if (!fieldValue.test(key.reveal())) {
    throw new ConfigurationError(
      "apiKey: the key must be printable ASCII without white space at its ends. Look for a line " +
        "break at the end of the one you configured.",
    );
  }
  const headers = { [header]: key };
  return Object.freeze({ attach: () => ({ headers }) });
}
