import type { Challenge } from "../wire/challenge.ts";
import type { MaybePromise } from "../wire/maybe-promise.ts";
import type { Authorization, TokenAuthScheme } from "./authorization.ts";
import type { Principal } from "./principal.ts";
import type { ReachOptions } from "./reach.ts";
import type { Outage, Refusal } from "./refusal.ts";
import type { AuthRequest } from "./request.ts";
import type { Rejection, Verdict } from "./verdict.ts";

/** One way in which callers identify themselves. */
export interface Scheme<P extends Principal = Principal> {
  /** Unique in a guard; principals carry it. */
  readonly name: P["scheme"];
  /**
   * What it takes and no other scheme of a guard may take, in words such as `header x-api-key`: whoever
   * sent it would have sent two credentials.
   */
  readonly takes: readonly string[];
  /**
   * How this scheme knows its own among the tokens sent as Bearer: by a configured `prefix`, by the
   * `shape` of a JWT, or as the one `fallback` for all others. Absent: it takes none. The guard asks
   * in this order, and only the first that finds its own decides.
   */
  readonly bearer?: "prefix" | "shape" | "fallback" | undefined;
  /** The algorithms of the DPoP proofs that it takes (RFC 9449 §7.1). Absent: no tokens sent as DPoP. */
  readonly dpopAlgorithms?: readonly string[] | undefined;
  /**
   * Asks of its guard what it cannot do without, at start: to know its own URL, or to have a realm.
   *
   * @throws ConfigurationError when the guard lacks it
   */
  readonly requires?: ((guard: Surroundings) => void) | undefined;
  /**
   * Is there a credential of mine? Without waiting and without cryptography. A rejection means:
   * mine, but it cannot even be read; with an `authScheme`: a token, sent as mine are, that I do not
   * know, should no other scheme know it.
   */
  find(
    request: AuthRequest,
    authorization: Authorization | undefined,
  ): Attempt<P> | Rejection | undefined;
  /** What a 401 offers, or what a refusal of this scheme's own credential says. No realm: the guard adds it. */
  challenges(
    rejection: Rejection | undefined,
    context: AuthContext,
  ): MaybePromise<readonly Challenge[]>;
  /**
   * For what it may refuse a credential, or be unable to tell, in the order in which it checks: for
   * explanations. Absent: they show only what failed.
   *
   * @param attempt the credential, since how it was sent may decide what is checked
   */
  checks?(attempt: Attempt): readonly Check[];
  /** The authorization servers whose tokens it takes (RFC 9728 §2). */
  readonly issuers?: readonly string[];
  /** How OpenAPI describes it, one entry for each place the credential may stand in. */
  describe(): readonly SecurityScheme[];
}

/** Something that is checked, known by the reason for which it fails. */
export type Check = Refusal | Outage;

/** A credential that was found and not yet checked. */
export interface Attempt<P extends Principal = Principal> {
  /** Where it stood: two attempts at two places are a conflict. */
  readonly location: string;
  /**
   * There may be no credential after all: the guard turns to it only when it has found no other, and
   * `verify` answers `credential_missing` when there is none.
   */
  readonly tentative?: boolean;
  /** Browsers send it unasked, as they do cookies: an explicit credential beside it counts alone. */
  readonly yields?: boolean;
  /** Whether trying many could hit: a password, a key without structure. Then limits on guesses count it. */
  readonly guessable?: boolean;
  /** Whom the credential claims to be of, before anything is checked. */
  readonly claimedSubject?: string;
  /** The token, or key, that `presentedToken` gives of whom this lets in. Absent: it gives none. */
  presented?(): string;
  /** How an access token was sent. */
  readonly authScheme?: TokenAuthScheme | undefined;
  verify(context: AuthContext): MaybePromise<Verdict<P>>;
}

/** What the guard lends to an attempt, and to the making of challenges. */
export interface AuthContext {
  /** The time of this check, in milliseconds since the epoch. */
  readonly now: number;
  /** The guard's realm. */
  readonly realm: string | undefined;
  /** The service's own URL, if challenges for tokens say where its metadata is (RFC 9728 §5.1). */
  readonly resource?: URL | undefined;
  /** Whether this only shows what would happen: then nothing may be reserved, counted or noted. */
  readonly rehearsal: boolean;
}

/** What a scheme may ask of its guard. */
export type Surroundings = ReachOptions & { readonly realm?: string };

/** A Security Scheme Object (OpenAPI 3.1 §4.8.27). */
export type SecurityScheme =
  | { readonly type: "http"; readonly scheme: string; readonly bearerFormat?: string }
  | { readonly type: "apiKey"; readonly in: "header" | "query"; readonly name: string };
