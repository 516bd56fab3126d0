import { requireThat, type Secret, toSecret } from "@countersign/core/wire";
import type { Credential } from "./credential.ts";

/** A key, and the one place it is written to: a header, a query parameter, or a cookie. */
export type ApiKeyOptions = { readonly key: string | Secret } & (
  | {
      /** The header's name. Default: `X-API-Key`. */
      readonly header?: string;
      readonly query?: never;
      readonly cookie?: never;
    }
  | {
      readonly header?: never;
      /** The query parameter's name. Servers log URLs: prefer a header where there is a choice. */
      readonly query: string;
      readonly cookie?: never;
    }
  | {
      readonly header?: never;
      readonly query?: never;
      /** The cookie's name. Browsers let no program write it. */
      readonly cookie: string;
    }
);

/**
 * A key in every request, in the header `X-API-Key` unless told otherwise.
 *
 * @throws ConfigurationError when key or name is empty, or has characters it cannot have in that place
 * @example
 * apiKey({ key }); // X-API-Key: …
 * apiKey({ key, header: "X-Auth" });
 * apiKey({ key, query: "api_key" }); // ?api_key=…
 * apiKey({ key, cookie: "session" }); // Cookie: session=…
 */
export function apiKey(options: ApiKeyOptions): Credential {
  const { header, query, cookie } = options;
  const name = query ?? cookie ?? header ?? "X-API-Key";
  const key = toSecret(options.key);
  // A token (RFC 9110 §5.6.2); printable ASCII, of which a cookie cannot have all (RFC 6265 §4.1.1).
  const isSound = /^[\w!#$%&'*+.^`|~-]+=[!-~]([ -~]*[!-~])?$/.test(`${name}=${key.reveal()}`);
  requireThat(
    isSound && !(cookie && /[ ",;\\]/.test(key.reveal())),
    "apiKey: give key and name in printable ASCII.",
  );
  const added = { [name]: key };
  const place = query != null ? "query" : cookie != null ? "cookies" : "headers";
  return { attach: () => ({ [place]: added }) };
}
