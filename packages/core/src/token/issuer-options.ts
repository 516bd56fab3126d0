import type { JWK } from "jose";
import type { SigningAlgorithm } from "../keys/algorithms.ts";
import type { Fetch } from "../keys/fetch-json.ts";
import type { KeyLifetime, LoadKeys } from "../keys/remote-keys.ts";
import type { JsonWebKeySet } from "../keys/verification-key.ts";
import type { Secret } from "../wire/secret.ts";

/** An issuer whose tokens are trusted, and for what. */
export type IssuerOptions = { readonly issuer: string } & AudienceOptions &
  KeyOptions & {
    /**
     * The algorithms that its tokens may be signed with. Default: what its keys fix. PS256, PS384,
     * PS512, RS384 and RS512 count only when they are listed here or named by the key.
     */
    readonly algorithms?: readonly SigningAlgorithm[];
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

/** Where the issuer's keys come from: one of these, or, with none, by discovery. */
export type KeyOptions = {
  /** A key set, where to fetch it, or a function that loads it. */
  readonly jwks?: JsonWebKeySet | string | URL | LoadKeys;
  /** One public key, in PEM or as a JWK. */
  readonly publicKey?: string | JWK;
  /** A secret shared with the issuer, for HMAC: 32 random bytes at least. */
  readonly secret?: string | Uint8Array | Secret;
  /** What keys are fetched with. Default: the global `fetch`. */
  readonly fetch?: Fetch;
  /** How long fetched keys serve. */
  readonly keyLifetime?: KeyLifetime;
};
