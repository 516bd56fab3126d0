import { compactVerify } from "jose";
import type { KeyMaterial, SignatureCheck } from "./signature.ts";

/** By jose, on what every runtime has. It imports a key once for each algorithm. */
export function signatureCheck(material: KeyMaterial): SignatureCheck {
  return async ({ text }, alg) => {
    try {
      await compactVerify(text, material, { algorithms: [alg] });
      return true;
    } catch {
      return false;
    }
  };
}
