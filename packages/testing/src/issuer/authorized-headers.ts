import { createDpopProof, type DpopKeyPair, jwkThumbprint } from "@countersign/core/wire";
import { exportJWK } from "jose";
import type { MintOptions } from "./mint.ts";

/** A minted token, as any test client sends it. */
export type BearerHeaders = { readonly authorization: string };

/** A token that is bound to a key, and the proof that goes along. */
export type DpopHeaders = { readonly authorization: string; readonly dpop: string };

/** What a proof is made for: it is good for one request (RFC 9449 §4.2). */
export interface ProofTarget {
  readonly method: string;
  /** As the API knows itself: its `publicUrl` and the path. */
  readonly url: string;
  /** Default: a key of the issuer's, the same for all its proofs. */
  readonly key?: DpopKeyPair;
  /** The nonce that the API asked for. */
  readonly nonce?: string;
}

/** A key to bind tokens to. */
export async function generateProofKey(): Promise<DpopKeyPair> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  return crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
}

/** The headers of a request with a token that is bound to a key. */
export async function authorizeWithProof(
  mint: (options: MintOptions) => Promise<string>,
  options: MintOptions,
  target: ProofTarget & { readonly key: DpopKeyPair; readonly now: number },
): Promise<DpopHeaders> {
  const jkt = await jwkThumbprint((await exportJWK(target.key.publicKey)) as never);
  const token = await mint({ ...options, claims: { cnf: { jkt }, ...options.claims } });
  const proof = await createDpopProof({ ...target, token });
  return { authorization: `DPoP ${token}`, dpop: proof };
}
