import type { MaybePromise } from "../wire/maybe-promise.ts";

/** What every token of one login says; plain JSON, so that any store can keep it. */
export interface Grant {
  readonly subject: string;
  readonly clientId?: string;
  readonly audience: readonly string[];
  readonly scopes: readonly string[];
  /** Further claims of the access tokens (`roles`, …). */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** When the user last proved who they are, in seconds since the epoch (`auth_time`). */
  readonly authenticatedAt?: number;
  /** How they did (`amr`, RFC 8176). */
  readonly methods?: readonly string[];
  /** How far that is to be trusted (`acr`, RFC 9068 §2.2.1). */
  readonly acr?: string;
  /** Thumbprint (RFC 7638) of the DPoP key that the refresh tokens are bound to (RFC 9449 §5). */
  readonly dpopKey?: string;
}

/** One refresh token as a store keeps it: by its hash, never its text. */
export interface RefreshTokenRecord {
  /** SHA-256 of the token in base64url. */
  readonly hash: string;
  /** All tokens that descend from one login share it; revocation takes the family. */
  readonly family: string;
  readonly grant: Grant;
  /** Seconds since the epoch from which on the token is dead. */
  readonly expiresAt: number;
  /** Seconds since the epoch at which the login ends, however often it is refreshed. */
  readonly loginEndsAt: number;
}

/** A refresh token as a store finds it. */
export interface FoundRefreshToken extends RefreshTokenRecord {
  /** Whether it has a successor: then it is good for nothing but a retry. */
  readonly isUsed: boolean;
}

/** The request to put one refresh token in the place of another. */
export interface Rotation {
  /** Hash of the token that was presented. */
  readonly presented: string;
  /** Of the same family; its grant may say more than its predecessor's. */
  readonly successor: RefreshTokenRecord;
  /** The whole answer, encrypted so that only the presented token opens it. */
  readonly sealedAnswer: string;
  /** Seconds since the epoch until which a repeated request is given the same answer. */
  readonly replayUntil: number;
  /** The time of the request, in seconds since the epoch. */
  readonly now: number;
}

/**
 * - `rotated`: the presented token was current; the successor is now.
 * - `replayed`: it was used before, `replayUntil` has not come, and its successor is unused: a retry.
 * - `reused`: it was used before and is no retry: the whole family has been revoked (RFC 9700 §4.14.2).
 * - `gone`: unknown, expired, or of a revoked family.
 */
export type RotationOutcome =
  | { readonly kind: "rotated" | "gone" }
  | { readonly kind: "replayed"; readonly sealedAnswer: string }
  | { readonly kind: "reused"; readonly family: string };

/** Where an issuer keeps its refresh tokens. */
export interface RefreshTokenStore {
  /** Keeps the first token of a family. */
  start(record: RefreshTokenRecord): MaybePromise<void>;
  /** The record of a token, used or not, unless its family is revoked. */
  find(hash: string): MaybePromise<FoundRefreshToken | undefined>;
  /** Decides and writes in one atomic step: of many at once, one is `rotated`. */
  rotate(rotation: Rotation): MaybePromise<RotationOutcome>;
  /** The families of a subject that have not ended, expired ones too until they are swept; in any order. */
  families(subject: string): MaybePromise<readonly string[]>;
  /** Ends one login. */
  revokeFamily(family: string): MaybePromise<void>;
  /** Ends every login of a subject. */
  revokeSubject(subject: string): MaybePromise<void>;
}
