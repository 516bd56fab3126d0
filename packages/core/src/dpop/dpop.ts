import type { Rejection } from "../guard/verdict.ts";
import { asymmetricAlgorithms, type SigningAlgorithm } from "../keys/algorithms.ts";
import type { ReplayStore } from "../state/replay.ts";
import { ConfigurationError } from "../wire/configuration-error.ts";
import type { Secret } from "../wire/secret.ts";
import { createNonces } from "./nonces.ts";
import { type BoundRequest, type ProofHolds, verifyProof } from "./verify-proof.ts";

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
  /** Whether a request comes from who holds the key that its token is bound to. */
  check(bound: BoundRequest): Promise<ProofHolds | Rejection>;
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
    check: (bound) => verifyProof(bound, policy),
  });
}
