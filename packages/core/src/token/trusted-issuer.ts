import { asymmetricAlgorithms, hmacAlgorithms } from "../keys/algorithms.ts";
import type { KeySource } from "../keys/key-source.ts";
import { toKeySource } from "../keys/to-key-source.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { normalizeType } from "./check-claims.ts";
import type { IssuerOptions } from "./issuer-options.ts";

/** An issuer's options, checked and ready for use. */
export interface TrustedIssuer {
  readonly issuer: string;
  /** `undefined`: any. */
  readonly audiences: readonly string[] | undefined;
  /** `undefined`: any. */
  readonly clientIds: readonly string[] | undefined;
  /** The algorithms worth looking for a key for; the key has the last word. */
  readonly algorithms: readonly string[];
  readonly types: readonly string[];
  /** Seconds. */
  readonly clockTolerance: number;
  readonly keys: KeySource;
}

/**
 * The issuers that options name, one or several.
 *
 * @throws ConfigurationError when the options cannot be right or safe
 */
export function toTrustedIssuers(
  options: IssuerOptions | { readonly issuers: readonly IssuerOptions[] },
): readonly TrustedIssuer[] {
  const issuers = ("issuers" in options ? options.issuers : [options]).map(toTrustedIssuer);
  const names = issuers.map(({ issuer }) => issuer);
  if (names.length > 0 && new Set(names).size === names.length) return issuers;
  throw new ConfigurationError("issuers must name at least one issuer, and each of them once.");
}

function toTrustedIssuer(options: IssuerOptions): TrustedIssuer {
  const { issuer, audience, clientId, clockTolerance = 30, types = ["JWT", "at+jwt"] } = options;
  if (typeof issuer !== "string" || issuer === "") {
    throw new ConfigurationError("issuer must be the exact `iss` of the tokens to trust.");
  }
  if (!(Number.isFinite(clockTolerance) && clockTolerance >= 0)) {
    throw new ConfigurationError(
      "clockTolerance is in seconds and must not be negative: 30 is usual.",
    );
  }
  return {
    issuer,
    audiences: toAudiences(audience, clientId),
    clientIds: clientId === undefined ? undefined : toNames(clientId, "clientId"),
    algorithms: toAlgorithms(options),
    types: types.map((type) => normalizeType(type) ?? ""),
    clockTolerance,
    keys: toKeySource(options),
  };
}

function toAudiences(
  audience: IssuerOptions["audience"],
  clientId: IssuerOptions["clientId"],
): readonly string[] | undefined {
  if (audience !== null) {
    return toNames(audience, "audience", "Without it, tokens meant for other services are let in.");
  }
  if (clientId === undefined) {
    throw new ConfigurationError(
      "audience: null takes tokens for any audience; say which clients' tokens are meant: { audience: null, clientId: … }.",
    );
  }
  return undefined;
}

function toNames(value: string | readonly string[], option: string, why = ""): readonly string[] {
  const names = typeof value === "string" ? [value] : value;
  if (
    Array.isArray(names) &&
    names.length > 0 &&
    names.every((name) => name && typeof name === "string")
  ) {
    return [...names];
  }
  throw new ConfigurationError(
    `${option} must be a string, or an array of strings, none of them empty. ${why}`.trim(),
  );
}

function toAlgorithms({ secret, algorithms }: IssuerOptions): readonly string[] {
  const possible: readonly string[] =
    secret === undefined ? asymmetricAlgorithms : Object.keys(hmacAlgorithms);
  const wrong = algorithms?.find((alg) => !possible.includes(alg));
  if (wrong === undefined && algorithms?.length !== 0) return algorithms ?? possible;
  throw new ConfigurationError(
    `algorithms must list at least one of ${possible.join(", ")}${
      wrong === undefined ? "" : `; "${wrong}" does not fit the configured key`
    }. To take tokens of two kinds, list two issuers.`,
  );
}
