import { asymmetricAlgorithms, hmacAlgorithms } from "../keys/algorithms.ts";
import type { KeySource } from "../keys/key-source.ts";
import { toKeySource } from "../keys/to-key-source.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import { type Recipients, toRecipients } from "./audience.ts";
import type { IssuerOptions } from "./issuer-options.ts";
import { normalizeType } from "./normalize-type.ts";

/** An issuer's options, checked and ready for use. */
export interface TrustedIssuer extends Recipients {
  readonly issuer: string;
  /** The algorithms worth looking for a key for; the key has the last word. */
  readonly algorithms: readonly string[];
  readonly types: readonly string[];
  readonly profile: "rfc9068" | undefined;
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

function toTrustedIssuer(given: IssuerOptions): TrustedIssuer {
  // A copy: what is pushed to the caller's array later changes nothing.
  const options = given.algorithms ? { ...given, algorithms: [...given.algorithms] } : given;
  const { issuer, clockTolerance = 30, profile } = options;
  const types = options.types ?? (profile ? ["at+jwt"] : ["JWT", "at+jwt"]);
  if (typeof issuer !== "string" || issuer === "") {
    throw new ConfigurationError("issuer must be the exact `iss` of the tokens to trust.");
  }
  if (!(Number.isFinite(clockTolerance) && clockTolerance >= 0)) {
    throw new ConfigurationError(
      "clockTolerance is in seconds and must not be negative: 30 is usual.",
    );
  }
  if (profile !== undefined && (profile !== "rfc9068" || options.types !== undefined)) {
    throw new ConfigurationError(
      'profile can be "rfc9068" only, and fixes the `typ` of tokens: leave types out.',
    );
  }
  return {
    issuer,
    ...toRecipients(options),
    algorithms: toAlgorithms(options),
    types: types.map((type) => normalizeType(type) ?? ""),
    profile,
    clockTolerance,
    keys: toKeySource(options),
  };
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
