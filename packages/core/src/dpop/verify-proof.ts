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
 * Checks the proof that goes with a bound token, which has been verified already (RFC 9449 §4.3, §7.1).
 * What is remembered comes last, so that only a proof that holds takes up room.
 */
export async function verifyProof(
  { request, token, thumbprint, now, rehearsal = false }: BoundRequest,
  { algorithms, replays, nonces }: ProofPolicy,
): Promise<ProofHolds | Rejection> {
  const field = request.header("dpop");
  if (field === undefined) return wrong("dpop_proof_missing", "a DPoP field", "none");
  // Two field lines come joined by a comma, which no proof has in it.
  const proof = parseProof(field, algorithms);
  if ("expected" in proof) return wrong("dpop_proof_malformed", proof.expected, proof.found);

  const shown = await jwkThumbprint(proof.jwk);
  if (shown !== thumbprint) return wrong("dpop_key_mismatch", thumbprint, shown);
  if (!(await verifySignature(proof.jws, proof.key))) {
    return wrong("dpop_signature_invalid", "a signature by the key in jwk", "another");
  }

  const { claims } = proof;
  const ath = await sha256(token);
  if (claims.ath !== ath)
    return wrong("dpop_token_mismatch", "ath: the SHA-256 of the token", "another");
  const { method } = request;
  if (claims.htm !== method) return wrong("dpop_method_mismatch", `htm ${method}`, claims.htm);
  const htu = toDpopTarget(request.url);
  const meant = toDpopTarget(claims.htu);
  if (htu === undefined || meant !== htu) {
    return wrong("dpop_url_mismatch", `htu ${htu}`, meant ?? "no absolute URL");
  }

  const time = toSeconds(now);
  if (claims.iat < time - oldest || claims.iat > time + newest) {
    const window = `iat from ${time - oldest} to ${time + newest}`;
    return wrong("dpop_proof_untimely", window, String(claims.iat));
  }
  const answer = nonces === undefined ? {} : await checkNonce(claims, nonces, now);
  if ("kind" in answer) return answer;

  const id = await sha256(`${thumbprint} ${htu} ${claims.jti}`);
  // Until no server takes it any more, be its clock behind by as much as a client's may be ahead.
  const until = Math.ceil(claims.iat) + oldest + newest + 1;
  const isFirst = await takeOnce(replays, `dpop:${id}`, until, rehearsal);
  return isFirst === true ? answer : wrong("dpop_proof_replayed", "a jti of its own", "a used one");
}

/** What {@link verifyProof} checks, in its order. */
export const proofChecks = [
  "dpop_proof_missing",
  "dpop_proof_malformed",
  "dpop_key_mismatch",
  "dpop_signature_invalid",
  "dpop_token_mismatch",
  "dpop_method_mismatch",
  "dpop_url_mismatch",
  "dpop_proof_untimely",
  "dpop_nonce_required",
  "dpop_proof_replayed",
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
  return { ...wrong("dpop_nonce_required", "a nonce of ours", found), headers };
}
