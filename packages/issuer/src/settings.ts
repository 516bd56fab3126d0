import type { Dpop } from "@countersign/core";
import {
  createMemoryRefreshTokens,
  type RefreshTokenStore,
  type RevocationStore,
} from "@countersign/core/state";
import {
  type Clock,
  ConfigurationError,
  requireSecureUrl,
  toSeconds,
} from "@countersign/core/wire";
import { type KnownClient, toClients } from "./client/registered-client.ts";
import { type EndpointUrls, toEndpointUrls } from "./endpoint/endpoint-urls.ts";
import { type IssuerEvent, toListener } from "./event.ts";
import type { ExchangePolicy } from "./exchange.ts";
import { type ExtensionGrant, toGrants } from "./extension-grant.ts";
import { createKeyRing } from "./keys/create-key-ring.ts";
import type { KeyRing } from "./keys/key-ring.ts";
import { type Limits, toLimits } from "./limits.ts";
import type { IssuerOptions } from "./options.ts";
import { requireText } from "./require-text.ts";
import { toAudience } from "./token/audience.ts";

const day = 86_400;
const maximalReplayWindow = 30;

/** The options, checked and with every default in its place: all that the issuer's parts share. */
export interface Settings {
  /** The issuer identifier, in the spelling it was configured with. */
  readonly url: string;
  readonly endpoints: EndpointUrls;
  readonly audience: readonly string[];
  readonly store: RefreshTokenStore;
  readonly revocations: RevocationStore | undefined;
  readonly keys: KeyRing;
  readonly clients: ReadonlyMap<string, KnownClient>;
  readonly defaultClientId: string;
  readonly dpop: Dpop | undefined;
  readonly exchange: ExchangePolicy | undefined;
  readonly grants: ReadonlyMap<string, ExtensionGrant>;
  readonly limits: Limits;
  readonly accessTokenLifetime: number;
  readonly refreshTokenLifetime: number;
  readonly loginLifetime: number;
  readonly replayWindow: number;
  readonly clock: Clock;
  /** Seconds since the epoch. */
  now(): number;
  tell(event: IssuerEvent): void;
}

/** @throws ConfigurationError */
export function toSettings(options: IssuerOptions): Settings {
  const { clock = Date, revocations, dpop, exchange } = options;
  const url = toIssuerUrl(options.url);
  const endpoints = toEndpointUrls(url);
  const defaultClientId = requireText(options.defaultClientId ?? url, "defaultClientId");
  const accessTokenLifetime = toLifetime(options.accessTokenLifetime ?? 300, "accessTokenLifetime");
  return {
    url,
    endpoints,
    audience: toAudience(options.audience),
    store: options.store ?? createMemoryRefreshTokens({ clock }),
    revocations,
    keys: toKeys(options, clock, accessTokenLifetime),
    clients: toClients(options.clients ?? [], {
      defaultClientId,
      passwords: options.passwords,
      // RFC 7523 §3: the issuer, or the token endpoint, which older clients name.
      audiences: [url, endpoints.token],
      replays: options.replays,
      clock,
    }),
    defaultClientId,
    dpop,
    exchange,
    grants: toGrants(options.grants ?? {}),
    limits: toLimits(options.throttle),
    accessTokenLifetime,
    refreshTokenLifetime: toLifetime(
      options.refreshTokenLifetime ?? 14 * day,
      "refreshTokenLifetime",
    ),
    loginLifetime: toLifetime(options.loginLifetime ?? 90 * day, "loginLifetime"),
    replayWindow: toReplayWindow(options.replayWindow ?? 10),
    clock,
    now: () => toSeconds(clock.now()),
    tell: toListener(options.onEvent),
  };
}

function toKeys({ keys }: IssuerOptions, clock: Clock, lifetime: number): KeyRing {
  // A minute beyond the last token, for verifiers whose clocks are behind.
  if (keys === undefined) return createKeyRing({ clock, retention: lifetime + 60 });
  if (keys.retention === undefined || keys.retention >= lifetime) return keys;
  throw new ConfigurationError(
    `keys stay published for ${keys.retention} s after their last signature, and access tokens live ` +
      `for ${lifetime} s: give createKeyRing a retention of ${lifetime + 60}.`,
  );
}

/**
 * Verifiers compare `iss` character by character (RFC 8414 §3.3), so it needs the one spelling that
 * URL parsers also give, but for the slash of an empty path.
 */
function toIssuerUrl(value: string | URL): string {
  const url = requireSecureUrl(value, "url");
  const text = String(value);
  if (/[?#]/.test(text)) {
    throw new ConfigurationError("url must have no query and no fragment (RFC 8414 §2).");
  }
  if (typeof value !== "string") return url.href.replace(/\/$/, "");
  if (text !== url.href && `${text}/` !== url.href) {
    throw new ConfigurationError(`url must be spelt as parsers spell it: write "${url.href}".`);
  }
  return text;
}

function toLifetime(value: number, name: string): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new ConfigurationError(`${name} must be a positive whole number of seconds.`);
}

function toReplayWindow(value: number): number {
  if (Number.isSafeInteger(value) && value >= 0 && value <= maximalReplayWindow) return value;
  throw new ConfigurationError(
    `replayWindow must be a whole number of seconds from 0 to ${maximalReplayWindow}: ` +
      "who has stolen a token may use it for as long.",
  );
}
