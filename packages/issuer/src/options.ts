import type { Dpop, PasswordVerifier } from "@countersign/core";
import type { RefreshTokenStore, ReplayStore, RevocationStore } from "@countersign/core/state";
import type { Clock } from "@countersign/core/wire";
import type { RegisteredClient } from "./client/registered-client.ts";
import type { IssuerEvent } from "./event.ts";
import type { ExchangePolicy } from "./exchange.ts";
import type { ExtensionGrant } from "./extension-grant.ts";
import type { KeyRing } from "./keys/key-ring.ts";
import type { IssuerThrottle } from "./limits.ts";

/**
 * How {@link createIssuer} is configured. Durations are in seconds.
 *
 * @example
 * const options: IssuerOptions = { url: "https://id.example.com", audience: "https://api.example.com" };
 */
export interface IssuerOptions {
  /** The issuer identifier, `iss`, and where its endpoints are: https, no query, no fragment. */
  readonly url: string | URL;
  /** The `aud` of its access tokens, unless {@link IssueOptions.audience} says otherwise. */
  readonly audience: string | readonly string[];
  /** Where refresh tokens are kept; in memory by default, where a restart ends every login. */
  readonly store?: RefreshTokenStore;
  /**
   * Where revoked access tokens and logins are kept, until the tokens have expired: the store that guards
   * have as `revocations`. Without it access tokens live until they expire, whatever is revoked.
   */
  readonly revocations?: RevocationStore;
  /** What signs; by default an ES256 key ring in memory. */
  readonly keys?: KeyRing;
  /** Who may authenticate at `/token`, `/revoke` and `/introspect`; nobody by default. */
  readonly clients?: readonly RegisteredClient[];
  /** Checks client secrets that are kept as password hashes: `argon2id()`. */
  readonly passwords?: PasswordVerifier;
  /** Remembers the assertions of clients that sign them (RFC 7523), so that each is taken once. */
  readonly replays?: ReplayStore;
  /**
   * Takes DPoP proofs at `/token` (RFC 9449 §5): `dpop({ replays })` of `@countersign/core`. Access
   * tokens are bound to the key of a proof, and so are refresh tokens of clients without a secret.
   */
  readonly dpop?: Dpop;
  /** Who may exchange which token for what (RFC 8693); nobody by default. */
  readonly exchange?: ExchangePolicy;
  /** Further grants, by their `grant_type` (RFC 6749 §4.5); none by default. */
  readonly grants?: Readonly<Record<string, ExtensionGrant>>;
  /** Limits on what callers may try at the endpoints; none by default. */
  readonly throttle?: IssuerThrottle;
  /**
   * The `client_id` of first-party logins, which name no client: RFC 9068 §2.2 requires the claim.
   * By default the issuer's own URL. It is a public client, so its refresh tokens need no secret.
   */
  readonly defaultClientId?: string;
  /** `Date` by default. */
  readonly clock?: Clock;
  /** How long an access token is good for; 300 by default. */
  readonly accessTokenLifetime?: number;
  /** How long a refresh token may lie unused; 14 days by default. */
  readonly refreshTokenLifetime?: number;
  /** How long a login may be refreshed at all; 90 days by default. */
  readonly loginLifetime?: number;
  /** How long a repeated refresh gets the same answer; 10 by default, at most 30. */
  readonly replayWindow?: number;
  /** Told of reuse and of outages. What it throws is ignored. */
  readonly onEvent?: (event: IssuerEvent) => void;
}
