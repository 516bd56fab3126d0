import type { ExchangePolicy, RegisteredClient } from "@countersign/issuer";
import type { DeviceScript } from "../provider/device.ts";
import type { LoginScript, TestUser } from "../provider/login.ts";
import type { TestClient } from "../provider/provider.ts";
import type { TestClock } from "./clock.ts";

/** How a test issuer is made; nothing needs to be said. */
export interface TestIssuerOptions {
  /** Its `iss` until it listens. Default `https://issuer.test`. */
  readonly url?: string;
  /** The `aud` of its tokens. Default `https://api.test`. */
  readonly audience?: string;
  /**
   * Who may ask for tokens. Default: `test-client`, whose secret is `test-client-secret` and whose scopes
   * are `read` and `write`, and `test-app`, a public client.
   */
  readonly clients?: readonly TestClient[];
  /** Who can log in: whom `login_hint` names, or else the first. Default: `test-user`. */
  readonly users?: readonly TestUser[];
  /** The user before the screen, instead: logs in as somebody, or says no. */
  readonly login?: LoginScript;
  /** How devices are kept waiting. Default: not at all. */
  readonly device?: DeviceScript;
  /** Whether DPoP proofs need a nonce (RFC 9449 §8). Default: no. */
  readonly dpopNonces?: boolean;
  /** Who may exchange which token for what (RFC 8693). Default: everybody is given what they ask for. */
  readonly exchange?: ExchangePolicy;
  /** Other issuers whose assertions are taken at `/token` (RFC 7523), beside its own and its clients'. */
  readonly trusts?: readonly {
    readonly issuer: string;
    readonly jwks: NonNullable<RegisteredClient["jwks"]>;
  }[];
  /** Seconds that access tokens from `/token` live. Default 300. */
  readonly accessTokenLifetime?: number;
  /** What signs. Default `ES256`, the fastest to make. */
  readonly algorithm?: "ES256" | "RS256" | "EdDSA";
  /** A clock to share. Default: one of its own, that starts now. */
  readonly clock?: TestClock;
}
