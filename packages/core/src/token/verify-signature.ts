import type { VerificationKey } from "../keys/verification-key.ts";
import type { MaybePromise } from "../wire/maybe-promise.ts";
import type { ParsedToken } from "./parse-token.ts";

/** Whether the signature holds under this key, with the algorithm that the header names and no other. */
export function verifySignature(token: ParsedToken, key: VerificationKey): MaybePromise<boolean> {
  const { alg } = token.header;
  return key.algorithms.has(alg) && key.check(token, alg);
}
