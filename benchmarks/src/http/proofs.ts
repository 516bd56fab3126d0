import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { jwkThumbprint } from "@countersign/core/wire";
import type { Minter } from "../tokens.ts";
import type { Headers } from "./load.ts";

/** One bound token with as many proofs of its key, each good for one request (RFC 9449 §4.2). */
export async function toProofs(minter: Minter, url: string, count: number): Promise<Headers[]> {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = publicKey.export({ format: "jwk" });
  const token = minter.mint({ cnf: { jkt: await jwkThumbprint(jwk as never) } });
  const ath = createHash("sha256").update(token).digest("base64url");
  const header = encode({ typ: "dpop+jwt", alg: "ES256", jwk });
  const iat = Math.floor(Date.now() / 1000);
  return Array.from({ length: count }, () => {
    const input = `${header}.${encode({ jti: randomUUID(), htm: "GET", htu: url, iat, ath })}`;
    const key = { key: privateKey, dsaEncoding: "ieee-p1363" as const };
    const signature = sign("sha256", Buffer.from(input), key).toString("base64url");
    return { authorization: `DPoP ${token}`, dpop: `${input}.${signature}` };
  });
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
