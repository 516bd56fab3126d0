import type { MaybePromise } from "@countersign/core/wire";

/** Somebody who can log in at a test issuer. */
export interface TestUser {
  /** `sub`; no client may have it for an id. */
  readonly subject: string;
  /** Who they are, for ID tokens and at userinfo: `name`, `email`, …. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Of the access tokens. */
  readonly roles?: readonly string[];
  /** Further claims of the access tokens. */
  readonly accessTokenClaims?: Readonly<Record<string, unknown>>;
}

/** How somebody logged in, and what they consented to. */
export interface TestLogin extends TestUser {
  /** Less than was asked for, or something else; default: all of it. */
  readonly scope?: string;
  /** When they proved who they are (`auth_time`), in seconds since the epoch; default: now. */
  readonly authenticatedAt?: number;
  /** How they did: `amr`. */
  readonly methods?: readonly string[];
  /** How far that is to be trusted; default: the first of the `acr_values` asked for. */
  readonly acr?: string;
}

/** A client that wants a user's consent. */
export interface LoginRequest {
  readonly clientId: string;
  /** What it asks for, separated by spaces. */
  readonly scope: string;
  /** `"redirect"` at `/authorize`, `"device"` on another machine. */
  readonly kind: "redirect" | "device";
  /** All that it sent: `login_hint`, `prompt`, `max_age`, …. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** The user before the screen: logs in as somebody, or says no. */
export type LoginScript = (request: LoginRequest) => MaybePromise<TestLogin | "deny">;

/** Consents at once: as the user whom `login_hint` names, or else as the first. */
export function consentAs(users: readonly TestUser[]): LoginScript {
  return ({ parameters }) => {
    const hinted = users.find(({ subject }) => subject === parameters.get("login_hint"));
    return hinted ?? users[0] ?? "deny";
  };
}
