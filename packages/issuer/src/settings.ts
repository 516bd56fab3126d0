import { createMemoryRefreshTokens, type RefreshTokenStore } from "@countersign/core/state";
import { ConfigurationError, requireSecureUrl, toSeconds } from "@countersign/core/wire";
import { type KnownClient, toClients } from "./client.ts";
import { type IssuerEvent, toListener } from "./event.ts";
import type { KeyRing } from "./keys/key-ring.ts";
import { createKeyRing } from "./keys/memory-key-ring.ts";
import type { IssuerOptions } from "./options.ts";
import { requireText } from "./require-text.ts";
import { toAudience } from "./token/audience.ts";

const day = 86_400;
const maximalReplayWindow = 30;

/** The options, checked and with every default in its place: all that the issuer's parts share. */
export interface Settings {
  /** The issuer identifier, in the spelling it was configured with. */
  readonly url: string;
  readonly audience: readonly string[];
  readonly store: RefreshTokenStore;
  readonly keys: KeyRing;
  readonly clients: ReadonlyMap<string, KnownClient>;
  readonly defaultClientId: string;
  readonly accessTokenLifetime: number;
  readonly refreshTokenLifetime: number;
  readonly loginLifetime: number;
  readonly replayWindow: number;
  /** Seconds since the epoch. */
  now(): number;
  tell(event: IssuerEvent): void;
}

/** @throws ConfigurationError */
export function toSettings(options: IssuerOptions): Settings {
  const { clock = Date, clients = [] } = options;
  const url = toIssuerUrl(options.url);
  const defaultClientId = requireText(options.defaultClientId ?? url, "defaultClientId");
  const accessTokenLifetime = toLifetime(options.accessTokenLifetime ?? 300, "accessTokenLifetime");
  return {
    url,
    audience: toAudience(options.audience),
    store: options.store ?? createMemoryRefreshTokens({ clock }),
    // A minute beyond the last token, for verifiers whose clocks are behind.
    keys: options.keys ?? createKeyRing({ clock, retention: accessTokenLifetime + 60 }),
    clients: toClients(clients, defaultClientId),
    defaultClientId,
    accessTokenLifetime,
    refreshTokenLifetime: toLifetime(
      options.refreshTokenLifetime ?? 14 * day,
      "refreshTokenLifetime",
    ),
    loginLifetime: toLifetime(options.loginLifetime ?? 90 * day, "loginLifetime"),
    replayWindow: toReplayWindow(options.replayWindow ?? 10),
    now: () => toSeconds(clock.now()),
    tell: toListener(options.onEvent),
  };
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
  if (url.username !== "" || url.password !== "") {
    throw new ConfigurationError("url must hold no user name and no password: it is public.");
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
