import { compactVerify } from "jose";
import type { VerificationKey } from "../keys/verification-key.ts";
import type { ParsedToken } from "./parse-token.ts";

/** Whether the signature holds under this key, with the algorithm that the header names and no other. */
export async function verifySignature(token: ParsedToken, key: VerificationKey): Promise<boolean> {
  const { alg } = token.header;
  if (!key.algorithms.has(alg)) return false;
  try {
    await compactVerify(token.text, await key.material(alg), { algorithms: [alg] });
    return true;
  } catch {
    // Whatever keeps a signature from being verified, it has not been.
    return false;
  }
}
