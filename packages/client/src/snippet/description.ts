/**
 * A credential without its secrets, under the name of the function that makes it. Where a secret
 * belongs, snippets read an environment variable.
 *
 * | | variables |
 * |---|---|
 * | `apiKey` | `API_KEY` |
 * | `basic`, `digest` | `API_PASSWORD` |
 * | `bearer` | `API_TOKEN`, or for `fetch` with `clientCredentials`: `API_CLIENT_SECRET` |
 * | `dpop` | `API_CLIENT_SECRET` |
 * | `oauth1` | `API_CONSUMER_SECRET`, and with a token `API_TOKEN_SECRET` |
 */
export type CredentialDescription =
  | { readonly type: "basic" | "digest"; readonly username: string }
  | ({ readonly type: "apiKey" } & KeyPlace)
  | {
      readonly type: "bearer";
      /** Where `fetch` gets tokens from. Other tools take a token that you have. */
      readonly clientCredentials?: ClientDescription;
    }
  | { readonly type: "dpop"; readonly clientCredentials: ClientDescription }
  | {
      readonly type: "oauth1";
      readonly consumerKey: string;
      readonly token?: string;
      /** Default: `HMAC-SHA256`. */
      readonly signatureMethod?: "HMAC-SHA1" | "HMAC-SHA256";
    };

/** The one place of an API key. Default: the header `X-API-Key`. */
type KeyPlace =
  | { readonly header?: string; readonly query?: never; readonly cookie?: never }
  | { readonly header?: never; readonly query: string; readonly cookie?: never }
  | { readonly header?: never; readonly query?: never; readonly cookie: string };

/** An OAuth client, without its secret. */
export interface ClientDescription {
  readonly issuer: string;
  readonly clientId: string;
  /** Scopes, separated by spaces. */
  readonly scope?: string;
}

/** A tool, and the request it is to make. */
export interface SnippetTarget {
  /** `fetch` is this package's; `requests` and `aiohttp` are Python's. */
  readonly tool: "curl" | "fetch" | "requests" | "aiohttp" | "httpie";
  readonly url: string | URL;
  /** Default: `GET`, or `POST` with a body. */
  readonly method?: string;
  /** Shown as they are, so none may hold a secret; `Authorization` and `Cookie` are refused. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as UTF-8; as `text/plain` unless a header says otherwise. */
  readonly body?: string;
}
