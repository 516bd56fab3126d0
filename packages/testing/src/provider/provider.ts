import type { Dpop } from "@countersign/core";
import type { RevocationStore } from "@countersign/core/state";
import type { Clock } from "@countersign/core/wire";
import type { Issuer, KeyRing, RegisteredClient, TokenAnswer } from "@countersign/issuer";
import type { AuthorizationRequest } from "./authorization-request.ts";
import type { DeviceLogin, DeviceScript } from "./device.ts";
import type { LoginScript, TestLogin } from "./login.ts";
import type { Tickets } from "./tickets.ts";

/** A client of a test issuer. */
export interface TestClient extends RegisteredClient {
  /** Where `/authorize` may send users back to, to the letter; absent: anywhere. */
  readonly redirectUris?: readonly string[];
}

/** What is behind an authorization code. */
export interface CodeTicket {
  readonly request: AuthorizationRequest;
  readonly login: TestLogin;
  /** What it is exchanged for: taken back when the code comes again (RFC 6749 §4.1.2). */
  answer?: Promise<TokenAnswer>;
}

/** All that the endpoints share which a test issuer has beside those of the issuer. */
export interface Provider {
  readonly url: string;
  readonly audience: string;
  readonly clock: Clock;
  readonly keys: KeyRing;
  readonly clients: ReadonlyMap<string, TestClient>;
  readonly login: LoginScript;
  readonly device: DeviceScript;
  readonly dpop: Dpop;
  readonly revocations: RevocationStore;
  readonly trusts: ReadonlyMap<string, NonNullable<RegisteredClient["jwks"]>>;
  readonly codes: Tickets<CodeTicket>;
  readonly pushed: Tickets<ReadonlyMap<string, string>>;
  readonly devices: Tickets<DeviceLogin>;
  /** The latest logins, by subject, for userinfo. */
  readonly profiles: Map<string, TestLogin>;
  /** The real one, which issues all tokens but ID tokens. */
  readonly issuer: Issuer;
}
