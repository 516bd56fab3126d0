import type { KeyOptions } from "../keys/key-options.ts";

/** An issuer whose tokens are trusted, and for what. */
export type IssuerOptions = { readonly issuer: string } & AudienceOptions &
  KeyOptions & {
    /** Seconds by which clocks may differ. Default 30. */
    readonly clockTolerance?: number;
    /** The `typ` of tokens to take, when there is one. Default `["JWT", "at+jwt"]`. */
    readonly types?: readonly string[];
    /**
     * `"rfc9068"` takes nothing but JWT access tokens by that profile: `typ` must be `at+jwt`, and
     * `sub`, `client_id`, `iat` and `jti` must be there too.
     */
    readonly profile?: "rfc9068";
  };

/** Whom tokens must be meant for. It must be said: a token for another service is not for this one. */
export type AudienceOptions =
  | {
      /** What `aud` must hold, at least one of them (RFC 7519 §4.1.3). */
      readonly audience: string | readonly string[];
      /** The clients whose tokens are taken (`client_id`, else `azp`). Default: all. */
      readonly clientId?: string | readonly string[];
    }
  | {
      /** `null` takes tokens for any audience, as from issuers that name none. */
      readonly audience: null;
      /** Then the client must be one of these. */
      readonly clientId: string | readonly string[];
    };
