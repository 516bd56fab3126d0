import type { Clock, Secret } from "@countersign/core/wire";
import type { Fetch } from "../../fetch/fetch.ts";
import type { BearerToken, DpopToken } from "../token-source.ts";
import type { ClientAuthentication } from "./client-authentication.ts";
import type { DpopKeys } from "./dpop-keys.ts";

/** The client and its issuer: what every source of tokens has to know. */
export interface ClientOptions<B extends DpopKeys | undefined = undefined> {
  /** The issuer's URL, exactly as it states it itself. https, or http on this machine. */
  readonly issuer: string | URL;
  readonly clientId: string;
  /** Is sent as the issuer's metadata offers (RFC 6749 §2.3.1). Without any of these two: a public client. */
  readonly clientSecret?: string | Secret;
  /** Another way to prove who the client is, or a certain one. */
  readonly clientAuthentication?: ClientAuthentication;
  /** Has tokens bound to a key (RFC 9449), for `dpop(source)`. Without: bearer tokens. */
  readonly dpop?: B;
  /** What talks to the issuer. Default: the global fetch. */
  readonly fetch?: Fetch;
  /** Default: `Date`. */
  readonly clock?: Clock;
  /** Milliseconds the issuer has for each answer. Default: 10,000. */
  readonly timeout?: number;
}

/** What tokens are asked for. */
export interface TokenTarget {
  /** Scopes, separated by spaces. */
  readonly scope?: string;
  /** The API the token is for, as Auth0 and others name it. */
  readonly audience?: string;
  /** The API the token is for, as RFC 8707 names it. */
  readonly resource?: string;
}

/** The tokens that a client gets: bound to a key if it has such. */
export type TokenFor<B extends DpopKeys | undefined> = B extends DpopKeys ? DpopToken : BearerToken;

/** A form of what there is; what is `undefined` is left out. */
export function toForm(parameters: Readonly<Record<string, string | undefined>>): URLSearchParams {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return new URLSearchParams(given as [string, string][]);
}
