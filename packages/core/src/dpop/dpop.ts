import type { CheckedBinding } from "../binding/presentation.ts";
import type { TokenAuthScheme } from "../guard/authorization.ts";
import { bearerChallenge, errorParams, metadataParams } from "../guard/challenges.ts";
import { requireOwnUrl } from "../guard/reach.ts";
import type { AuthContext, Check, Scheme, Surroundings } from "../guard/scheme.ts";
import type { Rejection } from "../guard/verdict.ts";
import { asymmetricAlgorithms, type SigningAlgorithm } from "../keys/algorithms.ts";
import type { ReplayStore } from "../state/replay.ts";
import type { Challenge } from "../wire/challenge.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import type { MaybePromise } from "../wire/maybe-promise.ts";
import type { Secret } from "../wire/secret.ts";
import { type BoundToken, boundTokenChecks, checkBoundToken } from "./bound-token.ts";
import { createNonces } from "./nonces.ts";
import { type KeyRequest, type ProvenKey, verifyProof } from "./verify-proof.ts";

/** How DPoP proofs are checked. */
export interface DpopOptions {
  /**
   * Remembers proofs for as long as they could be used again, some 75 seconds:
   * `createMemoryReplays()` for one process, a shared store where several serve one API.
   */
  readonly replays: ReplayStore;
  /**
   * At least 32 random bytes. When given, every proof needs a recent nonce of ours (RFC 9449 §9), so
   * that none can be made in advance. All servers of one API have the same.
   */
  readonly nonceSecret?: string | Uint8Array | Secret;
  /** What proofs may be signed with. Default: ES256, ES384, ES512, Ed25519, EdDSA, PS256, RS256. */
  readonly algorithms?: readonly SigningAlgorithm[];
}

/** The check of DPoP proofs, for the schemes whose tokens may be bound to a key. */
export interface Dpop {
  /** What challenges name (RFC 9449 §7.1). */
  readonly algorithms: readonly SigningAlgorithm[];
  /** Whether a token comes from who holds the key that it is bound to. `undefined`: this is not about keys. */
  check(bound: BoundToken): MaybePromise<CheckedBinding | Rejection> | undefined;
  /** The key that a request without an access token shows to hold: at a token endpoint, at a login. */
  prove(request: KeyRequest): Promise<ProvenKey | Rejection>;
  /** What `check` looks at in a token that is sent in this way, in its order. */
  checks(authScheme: TokenAuthScheme | undefined): readonly Check[];
  /** What a scheme offers whose tokens may be bound to a key. */
  readonly challenges: Scheme["challenges"];
  /** What such a scheme asks of its guard: a proof is good for one URL. */
  readonly requires: (guard: Surroundings) => void;
}

const usual: readonly SigningAlgorithm[] = [
  "ES256",
  "ES384",
  "ES512",
  "Ed25519",
  "EdDSA",
  "PS256",
  "RS256",
];

/**
 * Takes access tokens that are bound to a key of the client's (DPoP, RFC 9449): `Authorization: DPoP …`
 * with a proof of the key in the `DPoP` field. The guard needs its `publicUrl`, since a proof is good
 * for one URL.
 *
 * @throws ConfigurationError when the options cannot be right or safe
 * @example
 * jwt({ issuer, audience, dpop: dpop({ replays: createMemoryReplays() }) });
 */
export function dpop(options: DpopOptions): Dpop {
  const { replays, nonceSecret, algorithms = usual } = options;
  if (typeof replays?.reserve !== "function") {
    throw new ConfigurationError("dpop: replays must be a ReplayStore: createMemoryReplays().");
  }
  const known: readonly string[] = asymmetricAlgorithms;
  if (algorithms.length === 0 || !algorithms.every((alg) => known.includes(alg))) {
    throw new ConfigurationError(
      `dpop: algorithms must list at least one of ${known.join(", ")}, and nothing else. ` +
        "A proof is signed with a private key, never with a shared secret.",
    );
  }
  const policy = {
    algorithms: Object.freeze([...algorithms]),
    replays,
    nonces: nonceSecret === undefined ? undefined : createNonces(nonceSecret),
  };
  return Object.freeze<Dpop>({
    algorithms: policy.algorithms,
    check: (token) => checkBoundToken(token, (bound) => verifyProof(bound, bound, policy)),
    checks: boundTokenChecks,
    prove: (request) => verifyProof(request, undefined, policy),
    challenges: (rejection, context) => tokenChallenges(rejection, context, policy.algorithms),
    requires: (guard) => requireOwnUrl(guard, "A DPoP proof is good for one URL"),
  });
}

/**
 * The challenges of a scheme whose tokens are sent as Bearer or, with a proof, as DPoP (RFC 9449 §7.1):
 * the one that the caller went by says what was wrong, and comes first.
 */
function tokenChallenges(
  rejection: Rejection | undefined,
  context: AuthContext,
  algorithms: readonly string[],
): readonly Challenge[] {
  const bearer = (error?: Rejection) => bearerChallenge(error, context);
  const dpop = (error?: Rejection): Challenge => ({
    scheme: "DPoP",
    params: {
      ...metadataParams(error, context),
      algs: algorithms.join(" "),
      ...errorParams(error),
    },
  });
  return rejection?.authScheme === "DPoP"
    ? [dpop(rejection), bearer()]
    : [bearer(rejection), dpop()];
}
