import type { RefreshTokenStore } from "@countersign/core/state";
import type { Clock } from "@countersign/core/wire";
import type { RegisteredClient } from "./client.ts";
import type { IssuerEvent } from "./event.ts";
import type { KeyRing } from "./keys/key-ring.ts";

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
  /** What signs; by default an ES256 key ring in memory. */
  readonly keys?: KeyRing;
  /** Who may authenticate at `/token` and `/revoke`; nobody by default. */
  readonly clients?: readonly RegisteredClient[];
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
