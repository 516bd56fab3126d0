import { calculateJwkThumbprint, exportJWK } from "jose";
import { describe, expect, test } from "vitest";
import { jwkThumbprint, type PublicJwk } from "./jwk-thumbprint.ts";

describe("jwkThumbprint", () => {
  test("gives the RSA example of RFC 7638 §3.1, whatever else the key says", async () => {
    const jwk = {
      kty: "RSA",
      n: "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
      e: "AQAB",
      alg: "RS256",
      kid: "2011-04-29",
    } as const;
    expect(await jwkThumbprint(jwk)).toBe("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
  });

  test("gives the Ed25519 example of RFC 8037 appendix A.3", async () => {
    const x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    const jwk = { kty: "OKP", crv: "Ed25519", x } as const;
    expect(await jwkThumbprint(jwk)).toBe("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  });

  test("gives the jkt of RFC 9449 §6.1 for the key of §4.1", async () => {
    const jwk = {
      kty: "EC",
      x: "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs",
      y: "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA",
      crv: "P-256",
    } as const;
    expect(await jwkThumbprint(jwk)).toBe("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
  });

  test.each([
    { name: "ECDSA", namedCurve: "P-384" },
    { name: "ECDSA", namedCurve: "P-521" },
    { name: "Ed25519" },
  ])("agrees with jose: %o", async (params) => {
    const pair = await crypto.subtle.generateKey(params, true, ["sign", "verify"]);
    const jwk = await exportJWK("publicKey" in pair ? pair.publicKey : pair);
    expect(await jwkThumbprint(jwk as PublicJwk)).toBe(await calculateJwkThumbprint(jwk));
  });
});
