import type { JWK } from "jose";
import type { RawAnswer } from "../adapter-contract/exchange.ts";
import type { AttackIssuer } from "./attack-issuer.ts";
import type { Callers } from "./callers.ts";

/** What the endpoint has besides: where tokens need more, or are bound to a key. */
export type Door =
  /** Takes only tokens with the scope `orders:read`. */
  | "scoped"
  /** Takes only callers with the role `admin`. */
  | "admin"
  /** Takes only tokens of the client `test-client`. */
  | "clients"
  /** Takes tokens that are bound to a key by DPoP (RFC 9449). */
  | "bound"
  /** The same, and asks for a nonce. */
  | "bound/nonce";

/** A key with which tokens of the endpoint's own issuer can be signed. */
export interface KnownKey {
  /** The `iss` of good tokens. */
  readonly url: string;
  readonly audience: string;
  /** A private key as JWK or PEM; for HS256, HS384 and HS512 the secret. */
  readonly key: JWK | string | Uint8Array;
  /** Default: the JWK's, else ES256, RS256 or EdDSA, as its type has it, or HS256. */
  readonly alg?: string;
  readonly kid?: string;
}

/** An endpoint, and what good callers of it have. */
export interface AttackTarget {
  /** What a GET with a good token is let in to, or with what else {@link callers} have. */
  readonly url: string;
  /**
   * Whom it trusts: an issuer of `createAttackIssuer`, or, with fewer cases, one whose key is known. Without
   * one, no case about tokens is run.
   */
  readonly issuer?: AttackIssuer | KnownKey;
  /** Who is let in by other schemes: `{ basic: { username, password }, apiKey: { url, key } }`. */
  readonly callers?: Callers;
  /** Further URLs, each for the cases that need it; they may be the same. */
  readonly doors?: Readonly<Partial<Record<Door, string>>>;
  /** What it takes from an attack issuer, the usual one first. Default: ES256, RS256, PS256, EdDSA. */
  readonly algorithms?: readonly string[];
  /** Claims that good tokens need beside the usual. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Header members that good tokens need; default `typ: "at+jwt"`. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Whom an answer was made for. Default: whichever of two subjects the body names. */
  subjectOf?(answer: RawAnswer): string | undefined;
}
