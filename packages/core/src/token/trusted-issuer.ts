import { asymmetricAlgorithms, hmacAlgorithms } from "../keys/algorithms.ts";
import type { KeySource } from "../keys/key-source.ts";
import { toKeySource } from "../keys/to-key-source.ts";
import { requireThat } from "../wire/configuration-error.ts";
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
 * The issuers that options name, one or several, by their names.
 *
 * @throws ConfigurationError when the options cannot be right or safe
 */
export function toTrustedIssuers(
  options: IssuerOptions | { readonly issuers: readonly IssuerOptions[] },
): ReadonlyMap<unknown, TrustedIssuer> {
  const given = "issuers" in options ? options.issuers : [options];
  const issuers = new Map(given.map((each) => [each.issuer, toTrustedIssuer(each)]));
  requireThat(
    issuers.size > 0 && issuers.size === given.length,
    "issuers must name at least one issuer, and each of them once.",
  );
  return issuers;
}

function toTrustedIssuer(given: IssuerOptions): TrustedIssuer {
  // A copy: what is pushed to the caller's array later changes nothing.
  const options = given.algorithms ? { ...given, algorithms: [...given.algorithms] } : given;
  const { issuer, clockTolerance = 30, profile } = options;
  const types = options.types ?? (profile ? ["at+jwt"] : ["JWT", "at+jwt"]);
  requireThat(
    issuer && typeof issuer === "string",
    "issuer must be the exact `iss` of the tokens to trust.",
  );
  requireThat(
    Number.isFinite(clockTolerance) && clockTolerance >= 0,
    "clockTolerance is in seconds and must not be negative: 30 is usual.",
  );
  requireThat(
    profile === undefined || (profile === "rfc9068" && options.types === undefined),
    'profile can be "rfc9068" only, and fixes the `typ` of tokens: leave types out.',
  );
  return {
    issuer,
    ...toRecipients(options),
    algorithms: toAlgorithms(options),
    types: types.map(normalizeType),
    profile,
    clockTolerance,
    keys: toKeySource(options),
  };
}

function toAlgorithms({ secret, algorithms }: IssuerOptions): readonly string[] {
  const possible: readonly string[] =
    secret === undefined ? asymmetricAlgorithms : Object.keys(hmacAlgorithms);
  const wanted: readonly string[] = algorithms ?? possible;
  requireThat(
    wanted.length > 0 && wanted.every((alg) => possible.includes(alg)),
    `algorithms must be some of ${possible.join(", ")}, which fit the configured key.`,
  );
  return wanted;
}
