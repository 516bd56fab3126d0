import {
  dpopKeyMismatch,
  dpopMethodMismatch,
  dpopNonceRequired,
  dpopProofMalformed,
  dpopProofMissing,
  dpopProofReplayed,
  dpopProofUntimely,
  dpopSignatureInvalid,
  dpopTokenMismatch,
  dpopUrlMismatch,
} from "../guard/refusals.ts";
import type { AuthRequest } from "../guard/request.ts";
import { type HeaderField, type Rejection, wrong } from "../guard/verdict.ts";
import type { SigningAlgorithm } from "../keys/algorithms.ts";
import { type ReplayStore, takeOnce } from "../state/replay.ts";
import { verifySignature } from "../token/verify-signature.ts";
import { toSeconds } from "../wire/clock.ts";
import { toDpopTarget } from "../wire/dpop-target.ts";
import { jwkThumbprint } from "../wire/jwk-thumbprint.ts";
import { sha256 } from "../wire/sha256.ts";
import type { Nonces } from "./nonces.ts";
import { type ProofClaims, parseProof } from "./parse-proof.ts";

/** A request that presents a bound token, and the key that the token is bound to. */
export interface BoundRequest {
  readonly request: AuthRequest;
  readonly token: string;
  /** `cnf.jkt` (RFC 9449 §6.1). */
  readonly thumbprint: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whether the proof may be used once more: then it is not reserved. Default false. */
  readonly rehearsal?: boolean;
}

/** A proof holds; the fields go with the answer. */
export interface ProofHolds {
  readonly headers?: readonly HeaderField[];
}

/** A request that presents no access token, as to a token endpoint (RFC 9449 §5). */
export type KeyRequest = Pick<BoundRequest, "request" | "now" | "rehearsal">;

/** A request comes from who holds this key. */
export interface ProvenKey extends ProofHolds {
  /** Its SHA-256 thumbprint (RFC 7638), for `cnf.jkt`. */
  readonly thumbprint: string;
}

/** What proofs are checked with. */
export interface ProofPolicy {
  readonly algorithms: readonly SigningAlgorithm[];
  readonly replays: ReplayStore;
  /** `undefined`: none are asked for. */
  readonly nonces: Nonces | undefined;
}

/** Seconds that a proof may be old, or ahead of our clock (RFC 9449 §11.1). */
const oldest = 60;
const newest = 15;

/**
 * Checks the proof of a request (RFC 9449 §4.3, §7.1). What is remembered comes last, so that only a
 * proof that holds takes up room.
 *
 * @param bound the token that it goes with, which has been verified already, and the key of that token
 */
export async function verifyProof(
  { request, now, rehearsal = false }: KeyRequest,
  bound: Pick<BoundRequest, "token" | "thumbprint"> | undefined,
  { algorithms, replays, nonces }: ProofPolicy,
): Promise<ProvenKey | Rejection> {
  const field = request.header("dpop");
  if (field === undefined) return wrong(dpopProofMissing, "a DPoP field", "none");
  // Two field lines come joined by a comma, which no proof has in it.
  const proof = parseProof(field, algorithms, bound !== undefined);
  if ("expected" in proof) return wrong(dpopProofMalformed, proof.expected, proof.found);

  const thumbprint = await jwkThumbprint(proof.jwk);
  if (bound && thumbprint !== bound.thumbprint) {
    return wrong(dpopKeyMismatch, bound.thumbprint, thumbprint);
  }
  if (!(await verifySignature(proof.jws, proof.key))) {
    return wrong(dpopSignatureInvalid, "a signature by the key in jwk", "another");
  }

  const { claims } = proof;
  if (bound && claims.ath !== (await sha256(bound.token))) {
    return wrong(dpopTokenMismatch, "ath: the SHA-256 of the token", "another");
  }
  const { method } = request;
  if (claims.htm !== method) return wrong(dpopMethodMismatch, `htm ${method}`, claims.htm);
  const htu = toDpopTarget(request.url);
  const meant = toDpopTarget(claims.htu);
  if (htu === undefined || meant !== htu) {
    return wrong(dpopUrlMismatch, `htu ${htu}`, meant ?? "no absolute URL");
  }

  const time = toSeconds(now);
  if (claims.iat < time - oldest || claims.iat > time + newest) {
    const window = `iat from ${time - oldest} to ${time + newest}`;
    return wrong(dpopProofUntimely, window, String(claims.iat));
  }
  const answer = nonces === undefined ? {} : await checkNonce(claims, nonces, now);
  if ("kind" in answer) return answer as Rejection;

  const id = await sha256(`${thumbprint} ${htu} ${claims.jti}`);
  // Until no server takes it any more, be its clock behind by as much as a client's may be ahead.
  const until = Math.ceil(claims.iat) + oldest + newest + 1;
  const isFirst = await takeOnce(replays, `dpop:${id}`, until, rehearsal);
  if (isFirst !== true) return wrong(dpopProofReplayed, "a jti of its own", "a used one");
  return { thumbprint, ...answer };
}

/** What {@link verifyProof} checks, in its order. */
export const proofChecks = [
  dpopProofMissing,
  dpopProofMalformed,
  dpopKeyMismatch,
  dpopSignatureInvalid,
  dpopTokenMismatch,
  dpopMethodMismatch,
  dpopUrlMismatch,
  dpopProofUntimely,
  dpopNonceRequired,
  dpopProofReplayed,
] as const;

/** A nonce of ours that is not too old (RFC 9449 §9); past half of its life, the next one goes along. */
async function checkNonce(
  { nonce }: ProofClaims,
  nonces: Nonces,
  now: number,
): Promise<ProofHolds | Rejection> {
  const state = nonce === undefined ? undefined : await nonces.check(nonce, now);
  if (state === "good") return {};
  const headers: readonly HeaderField[] = [["dpop-nonce", await nonces.issue(now)]];
  if (state === "ageing") return { headers };
  const found = nonce === undefined ? "none" : "another, or one too old";
  return { ...wrong(dpopNonceRequired, "a nonce of ours", found), headers };
}
