import type { DpopKeyPair } from "@countersign/core/wire";
import type { TokenFor } from "../issuer/client-options.ts";
import type { DpopKeys } from "../issuer/dpop-keys.ts";
import type { TokenStorage } from "./token-storage.ts";

/** What a login has come to so far. */
export interface Login<B extends DpopKeys | undefined> {
  /** The latest access token; none when there is a refresh token only. */
  readonly token?: TokenFor<B> | undefined;
  readonly refreshToken: string | undefined;
  /** What its tokens are bound to. */
  readonly key: DpopKeyPair | undefined;
  /** SHA-256 of the refresh token that a program was given and began with. */
  readonly seed?: string | undefined;
}

/** What becomes of a login. */
export interface LoginOptions {
  /** Where it is kept. Without: in this process, and gone with it. */
  readonly storage?: TokenStorage;
}
