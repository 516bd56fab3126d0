import { Buffer } from "node:buffer";
import { createPublicKey, type KeyObject } from "node:crypto";
import { element, integer, objectIdentifier, sequence } from "./der-node.ts";

/** RFC 8017 Appendix A.2.3 and B.2.1. */
const rsassaPss = "2a864886f70d01010a";
const mgf1 = "2a864886f70d010108";

/**
 * An RSA key, made to be for PSS alone, with one hash and a salt as long (RFC 4055 §1.2, §3.1): it says
 * itself what it takes, and needs no options beside it.
 *
 * @param hash the object identifier of the hash, in hexadecimal (RFC 8017 Appendix B.1)
 * @param saltLength in bytes
 */
export function pssKey(key: KeyObject, hash: string, saltLength: number): KeyObject {
  const hashAlgorithm = sequence(objectIdentifier(hash));
  const parameters = sequence(
    element(0xa0, hashAlgorithm),
    element(0xa1, sequence(objectIdentifier(mgf1), hashAlgorithm)),
    element(0xa2, integer(Buffer.from([saltLength]))),
  );
  const bits = element(0x03, Buffer.from([0]), key.export({ type: "pkcs1", format: "der" }));
  const info = sequence(sequence(objectIdentifier(rsassaPss), parameters), bits);
  return createPublicKey({ key: info, format: "der", type: "spki" });
}
