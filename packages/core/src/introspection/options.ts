import type { Dpop } from "../dpop/dpop.ts";
import type { Fetch } from "../keys/fetch-json.ts";
import type { KeyOptions } from "../keys/key-options.ts";
import { toKeySource } from "../keys/to-key-source.ts";
import type { ClaimsSchema } from "../token/claims-schema.ts";
import type { ReadingOptions } from "../token/token-principal.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { requireSecureUrl } from "../wire/loopback.ts";
import { type Secret, toSecret } from "../wire/secret.ts";
import type { AnswerLifetime } from "./answers.ts";
import type { ClientAuthentication, IssuerToAsk } from "./ask-issuer.ts";
import type { AnswerSigner } from "./signed-answer.ts";

/** How tokens are introspected. */
export type IntrospectionOptions<
  N extends string = "introspection",
  S extends ClaimsSchema = ClaimsSchema,
> = IssuerOrEndpoint &
  IntrospectedAudience &
  ReadingOptions<S> & {
    /** Our own client: who asks. */
    readonly clientId: string;
    readonly clientSecret: string | Secret;
    /** Default: what the issuer's metadata offers, else `client_secret_basic`. */
    readonly clientAuthentication?: ClientAuthentication;
    /** What principals call this scheme. Default `"introspection"`. */
    readonly name?: N;
    /** How long answers are remembered, and how many. */
    readonly cache?: AnswerLifetime;
    /** Takes tokens bound to a key: `dpop({ replays })`. Without it they are refused. */
    readonly dpop?: Dpop;
    /** What the issuer is asked with. Default: the global `fetch`. */
    readonly fetch?: Fetch;
    /** Milliseconds that the issuer has for its answer. Default 5000. */
    readonly timeout?: number;
  };

/** Whom to ask: an issuer, whose endpoint is discovered; an endpoint; or both. */
export type IssuerOrEndpoint =
  | {
      /** The issuer exactly as it names itself; another `iss` in its answers is refused. */
      readonly issuer: string;
      /** Its introspection endpoint. Default: as its metadata says. */
      readonly endpoint?: string | URL;
      /** Takes signed answers only (RFC 9701): they can be kept as evidence. Default false. */
      readonly signed?: boolean;
      /** The keys that answers are signed with. Default: as its metadata says. */
      readonly jwks?: KeyOptions["jwks"];
    }
  | {
      readonly issuer?: undefined;
      readonly endpoint: string | URL;
      readonly signed?: false;
      readonly jwks?: undefined;
    };

/** Whom tokens must be meant for. It must be said: a token for another service is not for this one. */
export type IntrospectedAudience =
  | {
      /** What `aud` must hold, at least one of them. */
      readonly audience: string | readonly string[];
      /** The clients whose tokens are taken (`client_id`). Default: all. */
      readonly clientIds?: string | readonly string[];
    }
  | {
      /** `null` takes tokens for any audience, as from issuers that name none. */
      readonly audience: null;
      /** Then the client must be one of these. */
      readonly clientIds: string | readonly string[];
    };

/**
 * Whom the options say to ask.
 *
 * @throws ConfigurationError when they do not, or when the token would travel unprotected
 */
export function toIssuerToAsk(options: IntrospectionOptions<string>): IssuerToAsk {
  const { issuer, endpoint, clientId, signed = false, timeout = 5000 } = options;
  const clientSecret = toSecret(options.clientSecret);
  // As from an environment variable that is not set.
  if (typeof clientId !== "string" || clientId === "" || !clientSecret?.reveal()) {
    throw new ConfigurationError(
      "introspection: clientId and clientSecret must not be empty. Register this API as a client of the issuer.",
    );
  }
  if (issuer === undefined && (endpoint === undefined || signed || options.jwks)) {
    throw new ConfigurationError(
      "introspection: name the issuer, exactly as it names itself. Its endpoint is discovered, or given beside it.",
    );
  }
  if (!(timeout > 0 && timeout <= 60_000)) {
    throw new ConfigurationError(
      "introspection: timeout is in milliseconds, 60000 at most: 5000 is usual.",
    );
  }
  return {
    issuer,
    endpoint: endpoint === undefined ? undefined : requireSecureUrl(endpoint, "endpoint").href,
    clientId,
    clientSecret,
    clientAuthentication: options.clientAuthentication,
    signer: issuer === undefined ? undefined : toSigner(issuer, options),
    signed,
    timeout,
    fetch: options.fetch,
  };
}

/** The issuer itself signs: its keys are found as they are for its JWTs. */
function toSigner(issuer: string, options: IntrospectionOptions<string>): AnswerSigner {
  const { clientId, audience, jwks, fetch } = options;
  const where = { ...(jwks && { jwks }), ...(fetch && { fetch }) };
  return {
    issuer,
    ourNames: [clientId].concat(audience ?? []),
    keys: toKeySource({ issuer, ...where }),
  };
}

/**
 * How long to remember answers, as the options say.
 *
 * @throws ConfigurationError when that is longer than a revoked token may live
 */
export function toLifetime(cache: AnswerLifetime = {}): Required<AnswerLifetime> {
  const { active = 30, inactive = 5, limit = 10_000 } = cache;
  for (const [name, seconds] of Object.entries({ active, inactive })) {
    if (seconds >= 0 && seconds <= 30) continue;
    throw new ConfigurationError(
      `introspection: cache.${name} is in seconds, from 0 to 30: for so long a change is not noticed.`,
    );
  }
  if (Number.isInteger(limit) && limit > 0) return { active, inactive, limit };
  throw new ConfigurationError(
    "introspection: cache.limit is a number of answers: 10000 is usual.",
  );
}
