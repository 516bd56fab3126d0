import type { Grant } from "@countersign/core/state";
import { ConfigurationError } from "@countersign/core/wire";
import { requireText } from "../require-text.ts";
import type { Settings } from "../settings.ts";
import { toAudience } from "./audience.ts";
import { parseScope } from "./scope.ts";

/**
 * What {@link Issuer.issue} is told about a login.
 *
 * @example
 * const login: IssueOptions = { subject: "user-1", scope: "orders:read", authenticatedAt: "now", refreshable: true };
 */
export interface IssueOptions {
  /** Who the token stands for: `sub`. */
  readonly subject: string;
  /** `"orders:read orders:write"`, or a list; no scope by default. */
  readonly scope?: string | readonly string[] | undefined;
  /** The issuer's by default. */
  readonly audience?: string | readonly string[] | undefined;
  /** Whom the tokens are issued to; absent for a first-party login. */
  readonly clientId?: string | undefined;
  /** Further claims of the access tokens, plain JSON. Claims with a meaning here are refused. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
  readonly roles?: readonly string[] | undefined;
  /** When the user proved who they are (`auth_time`), in seconds since the epoch, or `"now"`. */
  readonly authenticatedAt?: number | "now" | undefined;
  /** How they did: `amr`, from RFC 8176 (`"pwd"`, `"otp"`, …). */
  readonly methods?: readonly string[] | undefined;
  /** How far that is to be trusted: `acr`, which APIs may ask for (RFC 9470). */
  readonly acr?: string | undefined;
  /**
   * The thumbprint (RFC 7638) of a DPoP key that the login request proved to hold: the tokens are bound
   * to it (RFC 9449 §5). `dpop({ … }).prove(request)` of `@countersign/core` gives it.
   */
  readonly dpopKey?: string | undefined;
  /** Whether a refresh token goes along; not by default. */
  readonly refreshable?: boolean | undefined;
}

/** Set by the issuer itself, or by which guards tell an ID token from an access token. */
const reservedClaims = new Set(
  (
    "iss sub aud client_id iat nbf exp jti scope auth_time amr acr roles sid cnf act " +
    "typ token_use nonce at_hash c_hash"
  ).split(" "),
);

/** Clocks of the servers that log in and that issue may differ by this much, in seconds. */
const clockTolerance = 60;

/**
 * The grant of a login: checked, and a frozen copy, which no later change of the options reaches.
 *
 * @throws ConfigurationError for what the program got wrong
 * @throws IssuerError `invalid_scope`
 */
export function toGrant(settings: Settings, options: IssueOptions, now: number): Grant {
  const { subject, audience, scope = [], roles, methods } = options;
  const clientId = toHolder(settings, options.clientId);
  requireText(subject, "subject");
  // A client acts under its id as subject; a user with the same one could pass for it (RFC 9700 §4.15).
  if (settings.clients.has(subject) && clientId !== subject) {
    throw new ConfigurationError(
      "subject is the id of a registered client. Give users subjects that no client has for an id.",
    );
  }
  const claims = {
    ...toClaims(options.claims),
    ...(roles && { roles: roles.map((role) => requireText(role, "roles")) }),
  };
  return freeze({
    subject,
    ...(clientId !== undefined && { clientId }),
    audience: audience === undefined ? settings.audience : toAudience(audience),
    scopes: parseScope(scope),
    ...(Object.keys(claims).length > 0 && { claims }),
    ...toAuthenticationTime(options.authenticatedAt, now),
    ...(methods && { methods: methods.map((method) => requireText(method, "methods")) }),
    ...(options.acr !== undefined && { acr: requireText(options.acr, "acr") }),
    ...bindTo(settings, clientId, options.dpopKey),
  });
}

/** Whom tokens are issued to: the first party is `undefined`, under its own name too. */
export function toHolder(settings: Settings, clientId: string | undefined): string | undefined {
  if (clientId === undefined || clientId === settings.defaultClientId) return undefined;
  return requireText(clientId, "clientId");
}

/**
 * Refresh tokens of public clients are bound to the key of a proof; a confidential client shows who it
 * is at every refresh, and its access tokens are bound to the key of the day (RFC 9449 §5).
 *
 * @throws ConfigurationError
 */
export function bindTo(
  { clients }: Settings,
  clientId: string | undefined,
  dpopKey: string | undefined,
): Pick<Grant, "dpopKey"> {
  if (dpopKey === undefined) return {};
  if (!/^[\w-]{43}$/.test(dpopKey)) {
    throw new ConfigurationError("dpopKey must be the thumbprint of a key: SHA-256 in base64url.");
  }
  return clientId !== undefined && clients.get(clientId)?.isConfidential ? {} : { dpopKey };
}

/**
 * The further claims of a token: a copy of plain JSON.
 *
 * @throws ConfigurationError
 */
export function toClaims(claims: IssueOptions["claims"]): Record<string, unknown> {
  if (claims === undefined) return {};
  let copy: unknown;
  try {
    copy = JSON.parse(JSON.stringify(claims));
  } catch {
    copy = undefined;
  }
  if (typeof copy !== "object" || copy === null || Array.isArray(copy)) {
    throw new ConfigurationError("claims must be an object of plain JSON.");
  }
  for (const name of Object.keys(copy)) {
    if (reservedClaims.has(name)) {
      throw new ConfigurationError(
        `claims must not hold "${name}", which the issuer sets itself or refuses. ` +
          "For roles, amr, acr and auth_time use the options roles, methods, acr and authenticatedAt.",
      );
    }
  }
  return copy as Record<string, unknown>;
}

function toAuthenticationTime(
  value: number | "now" | undefined,
  now: number,
): Pick<Grant, "authenticatedAt"> {
  if (value === undefined) return {};
  if (value === "now") return { authenticatedAt: now };
  if (Number.isSafeInteger(value) && value >= 0 && value <= now + clockTolerance) {
    return { authenticatedAt: value };
  }
  throw new ConfigurationError(
    'authenticatedAt must be a past time in whole seconds since the epoch, or "now".',
  );
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) freeze(member);
  }
  return value;
}
